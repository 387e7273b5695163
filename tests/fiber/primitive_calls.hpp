// SPDX-License-Identifier: MIT
//
// The calls of primitives that may suspend, and those that wait for time.
#pragma once

#include "fiber/barrier.hpp"
#include "fiber/channel.hpp"
#include "fiber/event.hpp"
#include "fiber/lock.hpp"
#include "fiber/once.hpp"
#include "fiber/rate_limiter.hpp"
#include "fiber/rw_lock.hpp"
#include "fiber/semaphore.hpp"
#include "fiber/wait_group.hpp"
#include "tests/fiber/suspending_call.hpp"

#include <optional>
#include <utility>

namespace kindling::fiber {

struct LockCall : SuspendingCall {
    void block(Group&) override { held.emplace(mutex.lock().value()); }
    Result<void> call() override {
        Guard guard = TRY(mutex.lock());
        return {};
    }
    void complete() override { held.reset(); }
    std::size_t state() const override { return mutex.holder() != nullptr; }

    Mutex mutex;
    std::optional<Guard> held;
};

struct ConditionCall : SuspendingCall {
    Result<void> call() override {
        Guard guard = mutex.lock_shielded();
        auto result = condition.wait(guard);
        ASSERT(mutex.holder() == Loop::current()->running());
        return result;
    }
    void complete() override { condition.notify_one(); }
    std::size_t state() const override { return mutex.holder() != nullptr; }

    Mutex mutex;
    Condition condition;
};

/// Notified while the mutex is held, which is then what the waiter waits for.
struct ConditionMovedCall : ConditionCall {
    void complete() override {
        Guard guard = mutex.lock_shielded();
        condition.notify_one();
    }
};

struct SemaphoreCall : SuspendingCall {
    void block(Group&) override { (void)semaphore.try_acquire(2); }
    Result<void> call() override {
        Permit permit = TRY(semaphore.hold(2));
        return {};
    }
    void complete() override { semaphore.release(2); }
    std::size_t state() const override { return semaphore.available(); }

    Semaphore semaphore{2};
};

struct EventCall : SuspendingCall {
    void make_ready() override { event.set(); }
    Result<void> call() override { return event.wait(); }
    void complete() override { event.set(); }
    std::size_t state() const override { return event.is_set(); }

    Event event;
};

struct BatonCall : SuspendingCall {
    void make_ready() override { baton.post(); }
    Result<void> call() override { return baton.wait(); }
    void complete() override { baton.post(); }
    std::size_t state() const override { return baton.is_posted(); }

    Baton baton;
};

struct WaitGroupCall : SuspendingCall {
    void block(Group&) override { work.add(); }
    Result<void> call() override { return work.wait(); }
    void complete() override { work.done(); }
    std::size_t state() const override { return work.count(); }

    WaitGroup work;
};

/// An interrupted wait breaks a barrier, and that is all that it changes.
struct BarrierCall : SuspendingCall {
    Result<void> call() override { return barrier.arrive_and_wait(); }
    void complete() override {
        while (barrier.waiting_count() > 0) barrier.arrive_and_drop();
    }
    std::size_t state() const override { return barrier.parties() + barrier.waiting_count(); }

    Barrier barrier{100};
};

struct ReadCall : SuspendingCall {
    void block(Group&) override { held.emplace(lock.write().value()); }
    Result<void> call() override {
        ReadGuard guard = TRY(lock.read());
        return {};
    }
    void complete() override { held.reset(); }
    std::size_t state() const override { return lock.readers_count(); }

    RwLock lock;
    std::optional<WriteGuard> held;
};

struct WriteCall : SuspendingCall {
    void block(Group&) override { held.emplace(lock.read().value()); }
    Result<void> call() override {
        WriteGuard guard = TRY(lock.write());
        return {};
    }
    void complete() override { held.reset(); }
    std::size_t state() const override { return lock.writer() != nullptr; }

    RwLock lock;
    std::optional<ReadGuard> held;
};

struct OnceCall : SuspendingCall {
    void block(Group& group) override {
        auto make = [this]() -> Result<void> {
            TRY(cell.get_or_init([this]() -> Result<int> {
                TRY(gate.wait());
                return 1;
            }));
            return this_fiber::sleep_for_us(10); // so that its end is no part of what is measured
        };
        (void)group.spawn("maker", make, Priority{3});
        (void)this_fiber::yield();
    }
    Result<void> call() override {
        TRY(cell.get_or_init([]() -> Result<int> { return 1; }));
        return {};
    }
    void complete() override {
        gate.post();
        (void)this_fiber::yield(); // the maker goes first
    }
    std::size_t state() const override { return cell.get() != nullptr; }

    mutable OnceCell<int> cell;
    Baton gate;
};

/// Something that tells whether it was moved from, and needs no memory.
struct Item {
    explicit Item(int number) : value(number) {}
    Item(Item&& other) noexcept : value(std::exchange(other.value, 0)) {}
    int value;
};

struct PushCall : SuspendingCall {
    void block(Group&) override { (void)channel.push(Item(1)); }
    Result<void> call() override {
        Item item(2);
        auto pushed = channel.push(item);
        ASSERT(pushed.has_value() == (item.value == 0));
        return pushed;
    }
    void complete() override { (void)channel.try_pop(); }
    std::size_t state() const override { return channel.size() + 10 * channel.waiting_senders(); }

    Channel<Item> channel{1};
};

/// A channel without room: each waits for the other.
struct PushAcrossCall : SuspendingCall {
    Result<void> call() override {
        Item item(2);
        auto pushed = channel.push(item);
        ASSERT(pushed.has_value() == (item.value == 0));
        return pushed;
    }
    void complete() override { (void)channel.try_pop(); }
    std::size_t state() const override { return channel.waiting_senders(); }

    Channel<Item> channel{0};
};

struct PopAcrossCall : SuspendingCall {
    Result<void> call() override {
        ASSERT(TRY(channel.pop()).value == 2);
        return {};
    }
    void complete() override {
        Item item(2);
        (void)channel.try_push(item);
    }
    std::size_t state() const override { return channel.waiting_receivers(); }

    Channel<Item> channel{0};
};

struct PopCall : SuspendingCall {
    void make_ready() override { (void)channel.push(1); }
    Result<void> call() override {
        TRY(channel.pop());
        return {};
    }
    void complete() override { (void)channel.push(1); }
    std::size_t state() const override { return channel.size() + 10 * channel.waiting_receivers(); }

    Channel<int> channel{1};
};

/// What ends a wait is the time; the driver comes first then, because of its priority.
struct TimeCall : SuspendingCall {
    static constexpr std::uint64_t us = 1'000;
    void complete() override {
        std::uint64_t now_ns = Loop::current()->now_ns();
        (void)this_fiber::sleep_for_us(due_ns > now_ns ? (due_ns - now_ns) / 1'000 : us);
    }
    std::uint64_t due_ns = 0;
};

struct RateCall : TimeCall {
    void block(Group&) override {
        (void)limiter.try_acquire();
        due_ns = Deadline::in_us(us);
    }
    Result<void> call() override { return limiter.acquire(); }

    RateLimiter limiter{1'000'000 / us, 1};
};

struct SleepCall : TimeCall {
    Result<void> call() override {
        due_ns = Deadline::in_us(us);
        return this_fiber::sleep_for_us(us);
    }
};

struct SleepUntilCall : TimeCall {
    Result<void> call() override {
        due_ns = Deadline::in_us(us);
        return this_fiber::sleep_until_ns(due_ns);
    }
};

} // namespace kindling::fiber
