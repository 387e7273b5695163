// SPDX-License-Identifier: MIT
//
// Hexadecimal text of digests and identifiers.
#pragma once

#include "base/bytes.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kindling {

/// Two lower-case digits per byte, first byte first.
std::string to_hex(Bytes bytes);

/// Errors: invalid (odd length, or a character that is not a digit; `where` is its offset).
Result<std::vector<std::byte>> from_hex(std::string_view text);

/// The value of one digit of either case; nothing for other characters.
std::optional<std::uint8_t> hex_digit_value(char digit);

} // namespace kindling
