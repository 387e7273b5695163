// SPDX-License-Identifier: MIT
//
// A program, or a verb of one, as a fiber that ends in good order when the user wants it to.
//
//     fiber::Outcome outcome = fiber::run("predict", [&] { return predict(arguments); });
//     if (outcome.was_stopped()) return outcome.exit_status();
#pragma once

#include "base/result.hpp"

#include <functional>
#include <string_view>

namespace kindling::fiber {

/// How a run ended.
struct Outcome {
    Result<void> result; ///< what the function returned, or why it could not be called
    int signal = 0;      ///< SIGINT or SIGTERM, if one came while the function ran; else 0

    /// True if the function gave up because of the signal. One that ended in good order all the
    /// same, as a server does that was told to stop, was not stopped.
    bool was_stopped() const;

    /// 0; 1 for an error; 128 plus the number of the signal if that stopped it.
    int exit_status() const;
};

/// Calls `function` as the first fiber of a loop on this thread, on the poller that
/// `create_poller` chooses, and gives back when all fibers have ended.
///
/// The first SIGINT or SIGTERM cancels the first fiber, which unwinds: what it started is cancelled
/// by its groups, what must be undone is undone in shields. The second one ends the process at
/// once, as if the first had not been caught. Both are seen when a fiber waits or yields: work that
/// does neither keeps them waiting. A signal that was ignored before, as that of the terminal is
/// for jobs of the shell in the background, stays so.
///
/// name  of the fiber, for people
///
/// Errors in the outcome: as those of `create_poller`, `SignalSet::create` and `Group::spawn`; then
/// `function` was not called.
Outcome run(std::string_view name, const std::function<Result<void>()>& function);

} // namespace kindling::fiber
