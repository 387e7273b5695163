// SPDX-License-Identifier: MIT
//
// How a fiber waits: a node on its own stack in the queue of what it waits for. Futures, groups,
// channels and locks are all built on this, so that no wait allocates and each can be interrupted.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

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
    /// What it waits in; null if in nothing but time.
    const WaitQueue* queue() const { return queue_; }
    Wait* next() const { return next_; }
    /// First of those that it is for; null if it is for none.
    const Operation* operation() const { return operation_; }
    /// On the clock of the loop.
    std::uint64_t since_ns() const { return since_ns_; }

private:
    friend class Arm;
    friend class WaitQueue;
    friend class Loop;

    const char* what_;
    Fiber* fiber_ = nullptr;
    Operation* operation_ = nullptr; ///< first of those it waits for, if for any
    WaitQueue* queue_ = nullptr;
    std::uint64_t since_ns_ = 0;
    Wait* previous_ = nullptr;
    Wait* next_ = nullptr;
    Wait* next_arm_ = nullptr; ///< a select and its arms form a ring; null in any other wait
    bool is_done_ = false;     ///< what it waited for has happened, whatever happens now
    bool is_promised_ = false; ///< it happens after those before it; nothing interrupts that
};

/// Waiting fibers, first come, first served.
class WaitQueue {
public:
    /// `name` is static text for people, and may be empty.
    explicit WaitQueue(const char* name = "") : name_(name) {}
    WaitQueue(const WaitQueue&) = delete;
    WaitQueue& operator=(const WaitQueue&) = delete;
    /// Destroying one that is waited in is a bug; the message names the fibers.
    virtual ~WaitQueue() {
        if (first_) destroyed_in_use();
    }

    const char* name() const { return name_; }
    bool is_empty() const { return !first_; }
    Wait* first() const { return first_; }
    std::size_t count() const;

    /// Parks the running fiber until it is woken. Errors: cancelled, timed_out; then the wait has
    /// left the queue, at the moment of the interruption, and nothing has happened. A wait that was
    /// woken first succeeds, and the interruption shows at the next one.
    ///
    /// Does not look for an interruption that is there already: `check_interruption` does, before a
    /// call has any effect.
    Result<void> park(Wait& wait);

    /// Ends the wait of the first fiber, or of all; they run later. False if there is none.
    bool wake_one();
    void wake_all() {
        while (first_) wake_one();
    }

    /// Lets the first fiber go on waiting in `queue`, last, as `what`, where nothing interrupts it
    /// any more. There must be one.
    void move_one(WaitQueue& queue, const char* what);

    /// Called when an interrupted wait has left: those behind it may go on now.
    virtual void left() {}

    /// The fibers that have to do something before a wait here can end, one after the other: the
    /// first for null, and so on; null when there are no more, or it is not known.
    virtual const Fiber* holder(const Fiber* after) const {
        static_cast<void>(after);
        return nullptr;
    }

private:
    friend class Arm;
    friend class Loop;

    /// Takes a wait, and all of its ring, out of their queues; those behind them may go on now.
    static void withdraw(Wait& wait);
    [[noreturn]] void destroyed_in_use() const;

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

    const char* name_;
    Wait* first_ = nullptr;
    Wait* last_ = nullptr;
};

/// Stops the program because of a bug around what is called `what` and, where it is not empty,
/// `name`: `problem`, static text, with the name of `fiber` after it unless it is null.
[[noreturn]] void stop_for_bug(const char* what, const char* name, const char* problem,
                               const Fiber* fiber);

/// The fiber that runs. There must be one: only fibers may wait.
Fiber& running_fiber();

/// What every call that may suspend begins with. Errors: cancelled, timed_out. Off a fiber nothing.
Result<void> check_interruption();

} // namespace kindling::fiber
