// SPDX-License-Identifier: MIT
//
// What has happened, once or again and again, and fibers of one loop that wait for it.
#pragma once

#include "fiber/wait.hpp"

namespace kindling::fiber {

/// A state that, while it is set, lets everybody pass.
class Event {
public:
    /// `name` is static text for people. Destroying one that is waited for is a bug.
    explicit Event(const char* name = "") : waiting_(name) {}

    /// Wakes all. A reset before they run does not put them back to sleep.
    void set();
    void reset() { is_set_ = false; }
    bool is_set() const { return is_set_; }

    /// Errors: cancelled, timed_out.
    Result<void> wait();

private:
    friend class EventArm;
    bool is_set_ = false;
    WaitQueue waiting_;
};

/// One thing that happens once and that one fiber waits for.
class Baton {
public:
    /// `name` is static text for people. Destroying one that is waited for is a bug.
    explicit Baton(const char* name = "") : waiting_(name) {}

    /// The second one is a bug.
    void post();
    bool is_posted() const { return is_posted_; }

    /// Waiting while another one waits, or after a wait that succeeded, is a bug. Errors:
    /// cancelled, timed_out; then it may be tried again.
    Result<void> wait();

private:
    bool is_posted_ = false;
    bool is_taken_ = false;
    WaitQueue waiting_;
};

} // namespace kindling::fiber
