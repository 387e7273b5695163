// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace kindling::fiber {

/// Nanoseconds of CLOCK_MONOTONIC, which does not run while the machine sleeps: the clock of the
/// loops on the real pollers, and of what takes real time whatever the clock of the loop says.
std::uint64_t monotonic_ns();

} // namespace kindling::fiber
