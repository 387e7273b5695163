// SPDX-License-Identifier: MIT
//
// What the code of a fiber does about itself. Off a fiber the same calls simply block.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string_view>

namespace kindling::fiber::this_fiber {

/// Lets the others of the same priority run first. Errors: cancelled, timed_out.
Result<void> yield();

/// 0 is a yield. Errors: cancelled, timed_out.
Result<void> sleep_for_us(std::uint64_t microseconds);

/// Until a time on the clock of the loop, which Loop::now_ns shows; one that has passed is a yield.
/// Off a fiber the clock is that of the system, which does not run while the machine sleeps.
/// Errors: cancelled, timed_out.
Result<void> sleep_until_ns(std::uint64_t at_ns);

/// True if waits say `cancelled`; for work that waits for nothing.
bool is_cancelled();

/// Empty off a fiber.
std::string_view name();

} // namespace kindling::fiber::this_fiber
