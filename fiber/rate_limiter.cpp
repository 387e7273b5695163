// SPDX-License-Identifier: MIT
#include "fiber/rate_limiter.hpp"

#include "fiber/loop.hpp"

#include <algorithm>

namespace kindling::fiber {

namespace {

constexpr std::uint64_t ns_per_second = 1'000'000'000;
constexpr unsigned fraction_bits = 32;

std::uint64_t now_ns() {
    ASSERT(Loop::current());
    return Loop::current()->now_ns();
}

} // namespace

RateLimiter::RateLimiter(std::uint64_t per_second, std::uint64_t burst, const char* name)
    : burst_(burst), turn_(name) {
    ASSERT(burst > 0 && burst <= burst_max);
    set_rate(per_second);
}

void RateLimiter::set_rate(std::uint64_t per_second) {
    ASSERT(per_second > 0 && per_second <= per_second_max);
    per_second_ = per_second;
}

/// Rounded up, so that no rounding lets too many through.
RateLimiter::Time RateLimiter::cost_of(std::uint64_t count) const {
    static_assert(burst_max <= ~std::uint64_t{0} / ns_per_second);
    std::uint64_t dividend = count * ns_per_second;
    std::uint64_t rest = dividend % per_second_ << fraction_bits;
    Time cost{dividend / per_second_, (rest + per_second_ - 1) / per_second_};
    cost.ns += cost.fraction >> fraction_bits;
    cost.fraction &= (std::uint64_t{1} << fraction_bits) - 1;
    return cost;
}

/// When the bucket is full again if `count` more are taken out.
Result<RateLimiter::Time> RateLimiter::full_after(std::uint64_t count) const {
    if (count > burst_) return Error{Errc::invalid, "more at once than the burst"};
    Time full = std::max(full_, Time{now_ns(), 0});
    Time cost = cost_of(count);
    full.fraction += cost.fraction;
    std::uint64_t carry = full.fraction >> fraction_bits;
    full.fraction &= (std::uint64_t{1} << fraction_bits) - 1;
    if (__builtin_add_overflow(full.ns, cost.ns + carry, &full.ns))
        return Error{Errc::too_large, "the limiter is used up for centuries"};
    return full;
}

/// The first time of the clock at which no more than a whole bucket is missing.
std::uint64_t RateLimiter::due_ns(const Time& full) const {
    Time burst = cost_of(burst_);
    if (full <= burst) return 0;
    return full.ns - burst.ns + (full.fraction > burst.fraction ? 1 : 0);
}

Result<void> RateLimiter::acquire(std::uint64_t count) {
    TRY(check_interruption());
    if (count > burst_) return Error{Errc::invalid, "more at once than the burst"};
    Guard turn = TRY(turn_.lock());
    Time full = TRY(full_after(count));
    if (due_ns(full) > now_ns()) {
        Wait wait("rate limiter");
        TRY(Loop::current()->park(wait, nullptr, due_ns(full)));
        // By the time it is now: one that is late must not be followed too closely.
        full = TRY(full_after(count));
    }
    full_ = full;
    return {};
}

Result<void> RateLimiter::try_acquire(std::uint64_t count) {
    if (turn_.holder()) return Error{Errc::would_block, "others wait"};
    Time full = TRY(full_after(count));
    if (due_ns(full) > now_ns()) return Error{Errc::would_block, "too many for now"};
    full_ = full;
    return {};
}

} // namespace kindling::fiber
