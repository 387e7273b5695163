// SPDX-License-Identifier: MIT
//
// Patterns that name entries.
#pragma once

#include <cstddef>
#include <string_view>

namespace kindling::bls {

constexpr std::size_t pattern_size_max = 512; ///< bytes; a longer pattern matches nothing

/// True if all of `text` matches. '*' is any text, '?' one character, [abc] and [a-z] one of a
/// set, '\' takes the next character as it is. No negation, no classes; ']' first and '-' first or
/// last in a set are literal, a set without end is literal text. ASCII case means nothing.
/// Time is at most the product of both lengths.
/// Source: systemd-boot, LoaderEntryDefault; loader.conf(5), "default".
bool matches(std::string_view pattern, std::string_view text);

} // namespace kindling::bls
