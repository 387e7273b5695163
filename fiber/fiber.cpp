// SPDX-License-Identifier: MIT
#include "fiber/fiber.hpp"

#include "fiber/loop.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>

namespace kindling::fiber::this_fiber {

namespace {

void block_for_us(std::uint64_t microseconds) {
    timespec left{static_cast<time_t>(microseconds / 1'000'000),
                  static_cast<long>(microseconds % 1'000'000 * 1000)};
    while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

} // namespace

Result<void> yield() {
    Fiber* fiber = Loop::current_fiber();
    if (!fiber) return {};
    TRY(Loop::current()->check_interruption(*fiber));
    Loop::current()->yield();
    return {};
}

Result<void> sleep_for_us(std::uint64_t microseconds) {
    if (Loop::of_fiber()) return sleep_until_ns(Deadline::in_us(microseconds));
    block_for_us(microseconds);
    return {};
}

Result<void> sleep_until_ns(std::uint64_t at_ns) {
    if (!Loop::current_fiber()) {
        timespec until{static_cast<time_t>(at_ns / 1'000'000'000),
                       static_cast<long>(at_ns % 1'000'000'000)};
        while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
        }
        return {};
    }
    if (at_ns <= Loop::current()->now_ns()) return yield();
    TRY(check_interruption());
    Wait wait("sleep");
    return Loop::current()->park(wait, nullptr, at_ns);
}

bool is_cancelled() {
    Fiber* fiber = Loop::current_fiber();
    return fiber && fiber->interruption(Loop::current()->now_ns()) == Errc::cancelled;
}

std::string_view name() {
    Fiber* fiber = Loop::current_fiber();
    return fiber ? fiber->name() : std::string_view();
}

} // namespace kindling::fiber::this_fiber
