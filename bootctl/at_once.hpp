// SPDX-License-Identifier: MIT
//
// Work on many things that wait for the disk.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <functional>
#include <string_view>

namespace kindling {

constexpr std::size_t at_once_max = 8; ///< more of them would only queue up at the disk

/// Calls `work` for every number below `count`: on a fiber up to `at_once_max` of them at once, on
/// fibers called `name`; off a fiber one after the other.
///
/// Errors: that of the call that failed first, which cancels the others; cancelled; no_memory.
Result<void> for_each_at_once(std::string_view name, std::size_t count,
                              const std::function<Result<void>(std::size_t)>& work);

} // namespace kindling
