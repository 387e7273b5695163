// SPDX-License-Identifier: MIT
//
// Text as our formats use it: UTF-8 with ASCII rules for blanks, case and digits.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace kindling {

constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t';
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// `text` with ASCII letters in lower case; other bytes stay.
std::string to_lower(std::string_view text);

/// All parts in one text. Costs the loader a fraction of the code that a chain of '+' does.
std::string concat(std::initializer_list<std::string_view> parts);

/// The same behind what `text` holds already.
void append(std::string& text, std::initializer_list<std::string_view> parts);

/// Comparisons that ignore the case of ASCII letters only.
bool equals_ignoring_case(std::string_view a, std::string_view b);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);
bool ends_with_ignoring_case(std::string_view text, std::string_view suffix);

/// `text` without spaces and tabs at both ends; points into `text`.
std::string_view trim_blanks(std::string_view text);

/// True if `accepts` takes every character; also of an empty text.
bool consists_of(std::string_view text, bool (*accepts)(char));

/// True if every byte is below 0x80.
bool is_ascii(std::string_view text);

/// A whole text of decimal digits, without sign or blanks.
///
/// Errors: invalid (empty, other characters), too_large (over `value_max`).
Result<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t value_max);

/// The digits of `value`, without zeros before them.
std::string to_decimal(std::uint64_t value);

/// True if `text` is well-formed UTF-8: no overlong forms, no surrogates, at most U+10FFFF.
bool is_utf8(std::string_view text);

/// Bytes of the character that `text`, which is not empty, starts with; 0 if these bytes are not
/// UTF-8 as `is_utf8` has it.
std::size_t utf8_size(std::string_view text);

/// UTF-8 as UCS-2 code units, without terminator. Invalid sequences and code points above U+FFFF
/// are dropped, as boot loaders do.
std::u16string to_ucs2(std::string_view text);

/// UCS-2 as UTF-8. Ends at the first NUL; surrogates are dropped.
std::string to_utf8(std::u16string_view text);

/// The bytes of `text` in UTF-16LE with a terminating NUL: how load options, event texts and EFI
/// variables are stored and hashed.
std::vector<std::byte> to_ucs2_bytes(std::string_view text);

/// The reverse for text in an EFI variable: UTF-8 up to the first NUL. A missing NUL and an odd
/// last byte are tolerated.
std::string from_ucs2_bytes(Bytes bytes);

} // namespace kindling
