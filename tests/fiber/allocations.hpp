// SPDX-License-Identifier: MIT
//
// Counts what the test program allocates.
#pragma once

#include <cstddef>

namespace kindling::fiber {

/// How often `operator new` was called so far, on any thread.
std::size_t allocations_count();

} // namespace kindling::fiber
