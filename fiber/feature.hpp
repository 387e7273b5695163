// SPDX-License-Identifier: MIT
//
// Features of the kernel that can be switched off, so that a machine without them can be tested on
// one that has them.
#pragma once

#include <string_view>

namespace kindling::fiber {

/// True if KINDLING_FIBER_DISABLE, a list of names with commas between, has `feature`.
bool is_disabled(std::string_view feature);

} // namespace kindling::fiber
