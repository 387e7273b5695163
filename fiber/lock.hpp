// SPDX-License-Identifier: MIT
//
// Mutex and condition for the fibers of one loop. First come, first served; a mutex that is given
// back is the first waiter's at once, so nobody can get in between. A wait that was interrupted has
// changed nothing. Only fibers may wait.
#pragma once

#include "fiber/wait.hpp"

#include <utility>

namespace kindling::fiber {

class Mutex;

/// Holds a mutex until its scope ends.
class [[nodiscard]] Guard {
public:
    Guard(Guard&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
    Guard& operator=(Guard&&) = delete;
    ~Guard();

    Mutex& mutex() const { return *mutex_; }

private:
    friend class Condition;
    friend class Mutex;
    explicit Guard(Mutex& mutex) : mutex_(&mutex) {}

    Mutex* mutex_;
};

/// Needed only for what must hold across a wait: between two waits no other fiber runs. Ending a
/// fiber that holds one is a bug.
class Mutex {
public:
    /// `name` is static text for people.
    explicit Mutex(const char* name = "") : waiting_(*this, name) {}
    /// Destroying one that is held or waited for is a bug.
    ~Mutex();

    /// Locking twice is a bug: it would wait for itself. Errors: cancelled, timed_out.
    Result<Guard> lock();

    /// Errors: would_block, if it is held or waited for.
    Result<Guard> try_lock();

    /// For clean-up: is not interrupted.
    Guard lock_shielded();

    const Fiber* holder() const { return holder_; }
    const char* name() const { return waiting_.name(); }

private:
    friend class Condition;
    friend class Guard;
    friend class Loop;

    struct Waiting : WaitQueue {
        Waiting(const Mutex& owner, const char* name) : WaitQueue(name), mutex(owner) {}
        const Fiber* holder(const Fiber* after) const override {
            return after ? nullptr : mutex.holder_;
        }
        const Mutex& mutex;
    };

    void give_to(Fiber& fiber);
    void unlock();
    [[noreturn]] void holder_ended() const;

    Fiber* holder_ = nullptr;
    Mutex* next_held_ = nullptr; ///< what the holder locked before, if it still holds that
    Waiting waiting_;
};

/// Lets fibers wait for a change of what a mutex protects.
class Condition {
public:
    /// `name` is static text for people.
    explicit Condition(const char* name = "") : waiting_(name) {}

    /// Unlocks, waits to be notified, and locks again before it returns, on every way out. A
    /// notification that came before an interruption counts. Errors: cancelled, timed_out.
    Result<void> wait(Guard& guard);

    /// The same until the predicate holds, which is looked at with the mutex held.
    template <class Predicate>
    Result<void> wait(Guard& guard, Predicate holds) {
        while (!holds()) TRY(wait(guard));
        return {};
    }

    /// The first that waits, or all, go on to wait for the mutex, behind those who do already. So
    /// nobody runs only to find it held.
    void notify_one();
    void notify_all();

private:
    struct Waiter : Wait {
        explicit Waiter(Mutex& held) : Wait("condition"), mutex(held) {}
        Mutex& mutex;
    };

    WaitQueue waiting_;
};

} // namespace kindling::fiber
