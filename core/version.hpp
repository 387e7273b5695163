// SPDX-License-Identifier: MIT
//
// The order of version texts.
#pragma once

#include <compare>
#include <string_view>

namespace kindling::bls {

/// Compares as UAPI.10 says: numbers by value, '~' before everything, '^' and '-' before digits
/// and letters. "1" and "01" are equivalent.
/// Source: UAPI.10, "Version Format Specification".
std::weak_ordering compare_versions(std::string_view a, std::string_view b);

} // namespace kindling::bls
