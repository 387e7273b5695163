// SPDX-License-Identifier: MIT
//
// A loop inside of another event loop: one of ours, on a fiber of which it runs, or a foreign one
// that calls it. In both cases it is not the poller that waits, but somebody else for its
// descriptor.
//
// A loop runs inside the fiber that called `run`, on that fiber's stack, so a thread goes from one
// loop to the other in two places only: when a run begins or ends, and when the inner one waits.
#include "fiber/fiber.hpp"
#include "fiber/io.hpp"
#include "fiber/loop.hpp"

namespace kindling::fiber {

Loop::Entrance::Entrance(Loop& loop) : loop_(loop) {
    ASSERT(!loop.first_); // It runs already.
    Loop* outer = exchange_current(&loop);
    if (outer == &loop) return;
    ASSERT(outer && outer->running_);
    loop.outer_ = outer;
    loop.interruption_.reset();
    loop.context_.forget();
    if (outer->running_->context_.keeps_arithmetic_modes()) loop.context_.keep_arithmetic_modes();
}

Loop::Entrance::~Entrance() {
    if (!loop_.outer_) return;
    exchange_current(std::exchange(loop_.outer_, nullptr));
    // The outer poller forgets a descriptor that may be closed without its knowledge.
    end_operations(loop_.descriptor());
}

/// In microseconds, rounded up: a little early would be again and again.
std::uint64_t Loop::us_until(std::uint64_t deadline_ns) const {
    std::uint64_t now = poller_.now_ns();
    std::uint64_t left = deadline_ns > now ? deadline_ns - now : 0;
    return left / 1000 + (left % 1000 != 0);
}

/// Parks the fiber that runs this loop until something has come, or until the deadline; 0 only lets
/// the others run.
void Loop::wait_outside(std::uint64_t deadline_ns) {
    pollfd entry{poller_.descriptor(), POLLIN, 0};
    std::optional<std::uint64_t> limit_us;
    if (deadline_ns != never_ns) limit_us = us_until(deadline_ns);
    Result<void> waited;
    is_watched_ = true;
    exchange_current(outer_);
    {
        // Once interrupted, the fibers inside unwind in peace.
        std::optional<Shield> shield;
        if (interruption_) shield.emplace(never_ns);
        if (deadline_ns == 0)
            waited = this_fiber::yield();
        else if (auto polled = ppoll({&entry, 1}, limit_us); !polled)
            waited = polled.error();
    }
    exchange_current(this);
    is_watched_ = false;
    if (waited) return;
    interruption_ = waited.error();
    cancel(*first_);
}

/// What a run gives, when its first fiber has ended with `result`.
Result<void> Loop::outcome(const Result<void>& result) const {
    bool is_cancelled = !result && result.error().code == Errc::cancelled;
    return is_cancelled && interruption_ ? *interruption_ : result;
}

bool Loop::run_once() {
    ASSERT(current() == this && !running_);
    if (std::exchange(is_watched_, false)) inbox_.end_sleep();
    if (first_) turn(false);
    if (!first_) {
        run_last_callbacks();
        return false;
    }
    // What posts and timers have begun goes to the system before anybody waits for it.
    take_completions(0);
    is_watched_ = true;
    if (!inbox_.begin_sleep()) poller_.wake();
    return true;
}

std::optional<std::uint64_t> Loop::wait_us() const {
    if (ready_count_ > 0 || callbacks_count() > 0 || !inbox_.is_empty()) return 0;
    if (timers_.is_empty()) return std::nullopt;
    return us_until(timers_.first_time());
}

} // namespace kindling::fiber
