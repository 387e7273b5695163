// SPDX-License-Identifier: MIT
//
// Trying again what may fail for a while.
//
//     TRY(retry({.attempts_max = 5}, [&] { return connect(address); }));
#pragma once

#include "fiber/wait.hpp"

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace kindling::fiber {

struct RetryPolicy {
    std::uint32_t attempts_max = 3; ///< at least 1
    /// Before the second attempt; twice as long each time, up to the maximum. How long it is in
    /// fact is spread at random from half of that to all, so that many who failed together do not
    /// come back together.
    std::uint64_t pause_us = 100'000;
    std::uint64_t pause_max_us = 10'000'000;
};

/// What `retry` counts.
class Retries {
public:
    explicit Retries(const RetryPolicy& policy) : policy_(policy), pause_us_(policy.pause_us) {}

    /// After an attempt that failed: pauses. False if it was the last, because there are no more,
    /// because the fiber was interrupted, or because the pause would not end before a deadline.
    bool pause();

private:
    RetryPolicy policy_;
    std::uint64_t pause_us_;
    std::uint32_t attempts_count_ = 0;
};

/// Calls `function`, which returns a Result, until it succeeds, and pauses in between. Never goes
/// on beyond a deadline around it or when it is cancelled. Off a fiber pauses are not spread.
///
/// Errors: that of the last attempt; cancelled and timed_out if there was none.
template <std::invocable Function>
std::invoke_result_t<Function&> retry(const RetryPolicy& policy, Function function) {
    TRY(check_interruption());
    for (Retries retries(policy);;) {
        auto result = function();
        if (result || !retries.pause()) return result;
    }
}

} // namespace kindling::fiber
