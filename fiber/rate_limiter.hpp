// SPDX-License-Identifier: MIT
//
// Bounds how often something happens.
#pragma once

#include "fiber/lock.hpp"

#include <compare>

namespace kindling::fiber {

/// A token bucket in the form of one time, the one at which the bucket would be full again. In any
/// window of w seconds at most `burst + per_second * w` are let through. Late wake-ups lower the
/// rate only where the burst does not make up for them.
///
/// Source: ITU-T I.371, annex A, generic cell rate algorithm, as virtual scheduling.
class RateLimiter {
public:
    static constexpr std::uint64_t per_second_max = 1'000'000'000;
    static constexpr std::uint64_t burst_max = 1'000'000'000;

    /// Both from 1 to their maximum. A new limiter lets a whole burst through at once. `name` is
    /// static text for people. Destroying one that is waited for is a bug.
    RateLimiter(std::uint64_t per_second, std::uint64_t burst, const char* name = "rate limiter");

    /// Waits until `count` more may happen, behind all who asked before. Who is interrupted has
    /// used up nothing, and those behind move up.
    ///
    /// Errors: invalid (`count` is over the burst, so would never be let through); too_large (that
    /// is beyond the range of the clock); cancelled, timed_out.
    Result<void> acquire(std::uint64_t count = 1);

    /// Errors: invalid and too_large, as above; would_block, if not all may happen now, or if
    /// others wait.
    Result<void> try_acquire(std::uint64_t count = 1);

    /// For those whose turn to be let through next has not come yet.
    void set_rate(std::uint64_t per_second);

private:
    /// A time, finer than the clock: what one costs need not be whole nanoseconds.
    struct Time {
        std::uint64_t ns = 0;
        std::uint64_t fraction = 0; ///< in 2^-32 ns
        auto operator<=>(const Time&) const = default;
    };

    Time cost_of(std::uint64_t count) const;
    Result<Time> full_after(std::uint64_t count) const;
    std::uint64_t due_ns(const Time& full) const;

    std::uint64_t per_second_;
    std::uint64_t burst_;
    Time full_;
    Mutex turn_; ///< of the one that is let through next; those behind it have reserved nothing
};

} // namespace kindling::fiber
