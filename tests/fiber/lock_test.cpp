// SPDX-License-Identifier: MIT
#include "fiber/lock.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/death.hpp"
#include "tests/fiber/model.hpp"

#include <memory>
#include <optional>

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

namespace {

/// A mutex and a condition. In the queue are: those that wait for the mutex, those that wait to be
/// notified, and those that were and wait for the mutex, which nothing interrupts.
class LockModel : public Model {
public:
    using Model::Model;

private:
    enum Kind : std::uint64_t { locking, waiting, again };

    void act() override {
        if (one_in(4)) return notify(one_in(3));
        auto worker = idle();
        if (!worker) return;
        if (holder_ != worker) return lock(*worker);
        one_in(2) ? unlock(*worker) : wait(*worker);
    }

    void lock(std::size_t worker) {
        if (one_in(4)) return try_lock();
        bool begins = start(worker, [this, worker]() -> Result<void> {
            guards_[worker].emplace(TRY(mutex_.lock()));
            return {};
        });
        if (!begins) return;
        if (holder_) return enqueue(worker, locking);
        holder_ = worker;
        expect(worker, Outcome::ok);
    }

    void try_lock() {
        if (mutex_.try_lock().has_value() == holder_.has_value()) differ("try_lock");
    }

    void unlock(std::size_t worker) {
        do_now(worker, [this, worker]() -> Result<void> {
            guards_[worker].reset();
            return {};
        });
        hand_over();
    }

    void wait(std::size_t worker) {
        if (!start(worker, [this, worker] { return condition_.wait(*guards_[worker]); })) return;
        enqueue(worker, waiting);
        hand_over();
    }

    void notify(bool all) {
        all ? condition_.notify_all() : condition_.notify_one();
        do {
            auto place = place_of_kind(waiting);
            if (!place) return;
            std::size_t worker = queue[*place].worker;
            if (holder_) {
                queue.erase(queue.begin() + static_cast<std::ptrdiff_t>(*place));
                lock_again(worker, Outcome::ok);
            } else {
                holder_ = worker;
                grant(*place);
            }
        } while (all);
    }

    void lock_again(std::size_t worker, Outcome outcome) {
        outcomes_[worker] = outcome;
        is_promised[worker] = true;
        expect(worker, Outcome::pending);
        enqueue(worker, again);
    }

    void hand_over() {
        holder_.reset();
        for (std::size_t i = 0; i < queue.size(); i++) {
            if (queue[i].kind == waiting) continue;
            std::size_t worker = queue[i].worker;
            holder_ = worker;
            is_promised[worker] = false;
            return grant(i, queue[i].kind == again ? outcomes_[worker] : Outcome::ok);
        }
    }

    void left(const Waiter& waiter) override {
        if (waiter.kind == waiting) has_left_[waiter.worker] = true;
    }

    void ran(std::size_t worker) override {
        if (!std::exchange(has_left_[worker], false)) return;
        if (holder_) return lock_again(worker, expected(worker));
        holder_ = worker;
    }

    bool is_same() override { return mutex_.holder() == (holder_ ? fiber_of(*holder_) : nullptr); }

    void finish() override {
        for (;;) {
            settle();
            notify(true);
            settle();
            if (!holder_) return;
            unlock(*holder_);
        }
    }

    Mutex mutex_;
    Condition condition_;
    std::array<std::optional<Guard>, workers_count> guards_;
    std::optional<std::size_t> holder_;
    std::array<Outcome, workers_count> outcomes_{};
    std::array<bool, workers_count> has_left_{};
};

} // namespace

TEST_CASE("a mutex is held by one, and handed on in order", "[fiber][lock]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Mutex mutex;
        Group group;
        for (const char* name : {"a", "b", "c"})
            TRY(group.spawn(name, [&]() -> Result<void> {
                Guard guard = TRY(mutex.lock());
                here.say(std::string(this_fiber::name()) + "+");
                TRY(this_fiber::sleep_for_us(10));
                here.say(std::string(this_fiber::name()) + "-");
                return {};
            }));
        TRY(this_fiber::sleep_for_us(1));
        here.say(mutex.try_lock() ? "locked" : "held");
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"a+", "held", "a-", "b+", "b-", "c+", "c-"});
}

TEST_CASE("a waiter that is interrupted leaves, one that has it keeps it", "[fiber][lock]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Mutex mutex;
        Group group;
        TRY(group.spawn("holder", [&]() -> Result<void> {
            Guard guard = TRY(mutex.lock());
            return this_fiber::sleep_for_us(100);
        }));
        TRY(group.spawn("impatient", [&]() -> Result<void> {
            Deadline limit(Deadline::in_us(10));
            auto guard = mutex.lock();
            here.say(guard ? "locked" : text_of(Result<void>(guard.error())));
            return {};
        }));
        TRY(group.spawn("patient", [&]() -> Result<void> {
            // The deadline passes in the very turn in which it gets the mutex.
            Deadline limit(Deadline::in_us(100));
            auto guard = mutex.lock();
            here.say(guard ? "locked" : text_of(Result<void>(guard.error())));
            return {};
        }));
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said().front() == "timed out");
    CHECK(here.said().size() == 2);
}

TEST_CASE("a condition has its mutex again on every way out", "[fiber][lock]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Mutex mutex;
        Condition changed;
        int value = 0;
        Group group;
        for (int i = 0; i < 3; i++)
            TRY(group.spawn("waiter", [&]() -> Result<void> {
                Guard guard = TRY(mutex.lock());
                TRY(changed.wait(guard, [&] { return value > 0; }));
                here.say("took " + std::to_string(value--));
                return {};
            }));
        TRY(group.spawn("impatient", [&]() -> Result<void> {
            Deadline limit(Deadline::in_us(5));
            Guard guard = TRY(mutex.lock());
            here.say(text_of(changed.wait(guard, [&] { return value < 0; })));
            CHECK(mutex.holder() != nullptr);
            return {};
        }));
        TRY(this_fiber::sleep_for_us(10));
        for (int i = 0; i < 3; i++) {
            Guard guard = TRY(mutex.lock());
            value++;
            changed.notify_one();
        }
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"timed out", "took 1", "took 1", "took 1"});
}

TEST_CASE("a mutex and its condition do as their reference does", "[fiber][lock][model]") {
    check_model<LockModel>();
}

TEST_CASE("notifying wakes nobody only to find the mutex held", "[fiber][lock]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Mutex mutex("books");
        Condition changed;
        Group group;
        for (const char* name : {"a", "b"})
            TRY(group.spawn(name, [&]() -> Result<void> {
                Guard guard = TRY(mutex.lock());
                here.say(std::string(this_fiber::name()) + " " + text_of(changed.wait(guard)));
                return {};
            }));
        TRY(this_fiber::yield());
        const Fiber* last = here.loop().first_fiber(); // the one spawned last comes first
        {
            Guard guard = TRY(mutex.lock());
            changed.notify_all();
            TRY(this_fiber::yield());
            CHECK(here.said().empty());
            CHECK(last->state() == State::suspended);
            CHECK(std::string(last->waits_for()->what()) == "mutex");
            CHECK(std::string(last->waits_for()->queue()->name()) == "books");
            CHECK(last->waits_for()->queue()->holder(nullptr) == here.loop().running());
            group.cancel(); // comes after the notification, so both have it
        }
        (void)group.wait();
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"a ok", "b ok"});
}

TEST_CASE("misuse of a mutex stops the program and names who did it", "[fiber][lock]") {
    auto in_fiber = [](auto function) {
        return last_words([&] {
            VirtualLoop here;
            (void)here.run([&] { function(here); });
        });
    };
    CHECK_THAT(in_fiber([](VirtualLoop&) {
                   Mutex mutex("books");
                   Guard guard = mutex.lock().value();
                   (void)mutex.lock();
               }),
               Catch::Contains("mutex books locked twice by first"));
    CHECK_THAT(in_fiber([](VirtualLoop&) {
                   std::optional<Guard> guard;
                   Mutex mutex("books");
                   guard.emplace(mutex.lock().value());
               }),
               Catch::Contains("mutex books destroyed while held by first"));
    CHECK_THAT(in_fiber([](VirtualLoop&) {
                   Mutex mutex("books");
                   std::optional<Guard> kept;
                   Group group;
                   (void)group.spawn("forgetful", [&] { kept.emplace(mutex.lock().value()); });
                   (void)group.wait();
               }),
               Catch::Contains("mutex books still held at the end of forgetful"));
    CHECK_THAT(in_fiber([](VirtualLoop&) {
                   auto condition = std::make_unique<Condition>("news");
                   Mutex mutex;
                   Group group;
                   for (const char* name : {"reader", "listener"})
                       (void)group.spawn(name, [&] {
                           Guard guard = mutex.lock().value();
                           (void)condition->wait(guard);
                       });
                   (void)this_fiber::yield();
                   condition.reset();
               }),
               Catch::Contains("condition news destroyed while waited for by reader, listener"));
}
