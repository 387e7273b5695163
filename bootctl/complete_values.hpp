// SPDX-License-Identifier: MIT
//
// The hidden verb `complete-values`: what shells offer for values that only this machine knows.
#pragma once

#include "bootctl/boot_source.hpp"

#include <string>

namespace kindling {

/// A line per candidate: the ids of the entries with their titles, for "entries"; see
/// options/option_complete.hpp. Nothing for what is unknown, and where no ESP is found.
std::string complete_values(std::string_view what, const SourceOptions& options);

} // namespace kindling
