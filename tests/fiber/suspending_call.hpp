// SPDX-License-Identifier: MIT
//
// A call that may suspend, as a test of all of them sees it: how it is made to wait, how that wait
// is ended, and what an interrupted call must not have changed.
#pragma once

#include "tests/fiber/virtual_loop.hpp"

#include <cstddef>
#include <memory>

namespace kindling::fiber {

/// What is called on, used by one driver and by some fibers that call. The driver makes and
/// destroys it.
struct SuspendingCall {
    virtual ~SuspendingCall() = default;
    /// Makes a call succeed at once, where that is possible.
    virtual void make_ready() {}
    /// Makes calls wait.
    virtual void block(Group&) {}
    virtual Result<void> call() = 0;
    /// Ends the wait of the first, or of all if that is what the call does.
    virtual void complete() = 0;
    /// What an interrupted call must leave as it was.
    virtual std::size_t state() const { return 0; }
};

struct CallTraits {
    bool is_ready_by_itself = true; ///< a call may succeed at once
    bool takes_many = true;         ///< several fibers may wait, and none minds what another does
    /// What `complete` does is nothing to the loop until it looks at its poller or at its posts.
    /// An interruption before that look comes first; what was to end the wait stays for the next.
    bool ends_outside = false;
    /// What is there already is no wait, and so no interruption shows.
    bool result_comes_first = false;
};

struct CallRow {
    const char* name;
    std::unique_ptr<SuspendingCall> (*make)();
    CallTraits traits;
};

template <class Call>
constexpr CallRow row(const char* name, CallTraits traits = {}) {
    auto make = []() -> std::unique_ptr<SuspendingCall> { return std::make_unique<Call>(); };
    return {name, make, traits};
}

} // namespace kindling::fiber
