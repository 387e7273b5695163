// SPDX-License-Identifier: MIT
//
// Mutex, condition, semaphore and event for the fibers of one loop. First come, first served; what
// is given back goes to the first waiter at once, so nobody can get in between. A wait that was
// interrupted has changed nothing. Only fibers may wait.
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

/// Needed only for what must hold across a wait: between two waits no other fiber runs.
class Mutex {
public:
    /// `name` is static text for dumps.
    explicit Mutex(const char* name = "") : name_(name) {}
    /// Destroying a held one is a bug.
    ~Mutex() { ASSERT(!holder_); }

    /// Locking twice is a bug: it would wait for itself. Errors: cancelled, timed_out.
    Result<Guard> lock();

    /// Errors: would_block, if it is held or waited for.
    Result<Guard> try_lock();

    /// For clean-up: is not interrupted.
    Guard lock_shielded();

    const Fiber* holder() const { return holder_; }

private:
    friend class Guard;
    friend class Condition;
    void unlock();

    struct Waiters : WaitQueue {
        explicit Waiters(Mutex& owner) : mutex(owner) {}
        std::string_view name() const override { return mutex.name_; }
        const Fiber* holder(const Fiber* after) const override {
            return after ? nullptr : mutex.holder_;
        }
        Mutex& mutex;
    };

    const char* name_;
    Fiber* holder_ = nullptr;
    Waiters waiting_{*this};
};

/// Lets fibers wait for a change of what a mutex protects.
class Condition {
public:
    /// Unlocks, waits to be notified, and locks again before it returns, on every way out. A
    /// notification that came before an interruption counts. Errors: cancelled, timed_out.
    Result<void> wait(Guard& guard);

    /// The same until the predicate holds, which is looked at with the mutex held.
    template <class Predicate>
    Result<void> wait(Guard& guard, Predicate holds) {
        while (!holds()) TRY(wait(guard));
        return {};
    }

    void notify_one() { waiting_.wake_one(); }
    void notify_all() { waiting_.wake_all(); }

private:
    WaitQueue waiting_;
};

/// Permits that are taken and given back.
class Semaphore {
public:
    explicit Semaphore(std::size_t permits) : waiting_(*this), available_(permits) {}

    /// A large request at the head is not overtaken by small ones behind it. Errors: cancelled,
    /// timed_out.
    Result<void> acquire(std::size_t permits = 1);

    /// Errors: would_block, if there are too few or others wait.
    Result<void> try_acquire(std::size_t permits = 1);

    void release(std::size_t permits = 1);
    std::size_t available() const { return available_; }

private:
    struct Request : Wait {
        explicit Request(std::size_t count) : Wait("semaphore"), permits(count) {}
        std::size_t permits;
    };
    struct Requests : WaitQueue {
        explicit Requests(Semaphore& owner) : semaphore(owner) {}
        void left() override { semaphore.serve(); }
        Semaphore& semaphore;
    };

    void serve();

    Requests waiting_;
    std::size_t available_;
};

/// A condition that once set lets everybody pass.
class Event {
public:
    /// A reset before the woken run does not put them back to sleep.
    void set();
    void reset() { is_set_ = false; }
    bool is_set() const { return is_set_; }

    /// Errors: cancelled, timed_out.
    Result<void> wait();

private:
    bool is_set_ = false;
    WaitQueue waiting_;
};

} // namespace kindling::fiber
