// SPDX-License-Identifier: MIT
//
// Counts work that is under way, for those who wait until there is none. Prefer a Group, which also
// cancels, bounds and reports; this is for work that has no fiber of its own.
#pragma once

#include "fiber/wait.hpp"

namespace kindling::fiber {

class WaitGroup {
public:
    /// `name` is static text for people.
    explicit WaitGroup(const char* name = "") : waiting_(name) {}
    /// Destroying one with work under way, or before all that it woke have run, is a bug.
    ~WaitGroup();

    /// Adding to none before all that the last end woke have run is a bug: they could not tell the
    /// new work from the old. So is more than a size_t holds.
    void add(std::size_t count = 1);

    /// One piece has ended; more ends than were added are a bug. The last one wakes all.
    void done();

    /// Returns at once if there is none. Errors: cancelled, timed_out.
    Result<void> wait();

    std::size_t count() const { return count_; }

private:
    std::size_t count_ = 0;
    std::size_t returning_count_ = 0; ///< were woken and have not run yet
    WaitQueue waiting_;
};

} // namespace kindling::fiber
