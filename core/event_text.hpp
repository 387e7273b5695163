// SPDX-License-Identifier: MIT
//
// Text in event logs: decoding it, and showing it without harm.
#pragma once

#include "base/bytes.hpp"

#include <string>
#include <string_view>

namespace kindling::pcr {

/// Bytes of a text that `one_line` shows at most.
constexpr std::size_t line_size_max = 4096;

/// The text of an event up to its first NUL, in UTF-8. Writers differ: loaders and stubs of systemd
/// write UTF-16, Linux, shim and GRUB bytes. It is UTF-16 if its size is even and there is a NUL
/// byte before the last byte. Bytes that are not UTF-8 give nothing.
std::string decode_text(Bytes bytes);

/// `text` in one line that does nothing to a terminal: control characters, line separators and
/// marks that change the direction of writing become "\x1b" and "\u202e", bytes of invalid UTF-8
/// "\xff". What is over `line_size_max` becomes "...".
std::string one_line(std::string_view text);

} // namespace kindling::pcr
