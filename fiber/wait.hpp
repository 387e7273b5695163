// SPDX-License-Identifier: MIT
//
// How a fiber waits: a node on its own stack in the queue of what it waits for. Futures, groups,
// channels and locks are all built on this, so that no wait allocates and each can be interrupted.
#pragma once

#include "base/result.hpp"

#include <cstdint>

namespace kindling::fiber {

class Fiber;
class WaitQueue;
struct Operation;

/// One wait of one fiber.
class Wait {
public:
    /// `what` is static text for people: "mutex".
    explicit Wait(const char* what) : what_(what) {}
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

    const char* what() const { return what_; }
    Fiber* fiber() const { return fiber_; }
    Wait* next() const { return next_; }

private:
    friend class WaitQueue;
    friend class Loop;

    const char* what_;
    Fiber* fiber_ = nullptr;
    Operation* operation_ = nullptr; ///< first of those it waits for, if for any
    WaitQueue* queue_ = nullptr;
    Wait* previous_ = nullptr;
    Wait* next_ = nullptr;
    bool is_done_ = false; ///< what it waited for has happened, whatever happens now
};

/// Waiting fibers, first come, first served.
class WaitQueue {
public:
    WaitQueue() = default;
    WaitQueue(const WaitQueue&) = delete;
    WaitQueue& operator=(const WaitQueue&) = delete;
    /// Destroying one that is waited in is a bug.
    virtual ~WaitQueue() { ASSERT(!first_); }

    bool is_empty() const { return !first_; }
    Wait* first() const { return first_; }

    /// Parks the running fiber until it is woken. Errors: cancelled, timed_out; then the wait has
    /// left the queue, at the moment of the interruption, and nothing has happened. A wait that was
    /// woken first succeeds, and the interruption shows at the next one.
    ///
    /// Does not look for an interruption that is there already: `check_interruption` does, before a
    /// call has any effect.
    Result<void> park(Wait& wait);

    /// Ends the wait of the first fiber, or of all; they run later. False if there is none.
    bool wake_one();
    void wake_all();

    /// Called when an interrupted wait has left: those behind it may go on now.
    virtual void left() {}

private:
    friend class Loop;

    void append(Wait& wait) {
        wait.queue_ = this;
        wait.previous_ = last_;
        (last_ ? last_->next_ : first_) = &wait;
        last_ = &wait;
    }

    void remove(Wait& wait) {
        (wait.previous_ ? wait.previous_->next_ : first_) = wait.next_;
        (wait.next_ ? wait.next_->previous_ : last_) = wait.previous_;
        wait.queue_ = nullptr;
        wait.previous_ = wait.next_ = nullptr;
    }

    Wait* first_ = nullptr;
    Wait* last_ = nullptr;
};

/// What every call that may suspend begins with. Errors: cancelled, timed_out. Off a fiber nothing.
Result<void> check_interruption();

} // namespace kindling::fiber
