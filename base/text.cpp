// SPDX-License-Identifier: MIT
#include "base/text.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace kindling {

namespace {

struct CodePoint {
    std::uint32_t value;
    std::size_t size_bytes;
};

/// The code point at the start of `text`; nothing if the bytes there are not UTF-8.
/// Source: Unicode 15, table 3-7, well-formed UTF-8 byte sequences.
std::optional<CodePoint> decode_utf8(std::string_view text) {
    auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    unsigned char first = byte(0);
    if (first < 0x80) return CodePoint{first, 1};
    std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < size) return std::nullopt;
    std::uint32_t value = first & (0xffu >> (size + 1));
    for (std::size_t i = 1; i < size; i++) {
        if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
        value = value << 6 | (byte(i) & 0x3f);
    }
    bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
    bool surrogate = value >= 0xd800 && value <= 0xdfff;
    if (overlong || surrogate || value > 0x10ffff) return std::nullopt;
    return CodePoint{value, size};
}

bool equal_lower(char a, char b) {
    return to_lower(a) == to_lower(b);
}

} // namespace

std::string to_lower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) c = to_lower(c);
    return lower;
}

std::string concat(std::initializer_list<std::string_view> parts) {
    std::string text;
    append(text, parts);
    return text;
}

void append(std::string& text, std::initializer_list<std::string_view> parts) {
    for (std::string_view part : parts) text += part;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal_lower);
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() &&
           equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

bool ends_with_ignoring_case(std::string_view text, std::string_view suffix) {
    return text.size() >= suffix.size() &&
           equals_ignoring_case(text.substr(text.size() - suffix.size()), suffix);
}

std::string_view trim_blanks(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

bool consists_of(std::string_view text, bool (*accepts)(char)) {
    for (char c : text)
        if (!accepts(c)) return false;
    return true;
}

bool is_ascii(std::string_view text) {
    return consists_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Result<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t value_max) {
    if (text.empty()) return Error{Errc::invalid, "expected a number"};
    std::uint64_t value = 0;
    for (char c : text) {
        if (!is_digit(c)) return Error{Errc::invalid, "expected a number"};
        std::uint64_t digit = static_cast<std::uint64_t>(c - '0');
        if (digit > value_max || value > (value_max - digit) / 10)
            return Error{Errc::too_large, "number is too large"};
        value = value * 10 + digit;
    }
    return value;
}

std::string to_decimal(std::uint64_t value) {
    char digits[20];
    char* at = std::end(digits);
    do *--at = static_cast<char>('0' + value % 10);
    while ((value /= 10) != 0);
    return std::string(at, std::end(digits));
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        auto point = decode_utf8(text);
        if (!point) return false;
        text.remove_prefix(point->size_bytes);
    }
    return true;
}

std::size_t utf8_size(std::string_view text) {
    auto point = decode_utf8(text);
    return point ? point->size_bytes : 0;
}

std::u16string to_ucs2(std::string_view text) {
    std::u16string out;
    out.reserve(text.size());
    while (!text.empty()) {
        auto point = decode_utf8(text);
        if (point && point->value <= 0xffff) out.push_back(static_cast<char16_t>(point->value));
        text.remove_prefix(point ? point->size_bytes : 1);
    }
    return out;
}

std::string to_utf8(std::u16string_view text) {
    std::string out;
    out.reserve(text.size());
    for (char16_t unit : text) {
        if (unit == 0) break;
        if (unit >= 0xd800 && unit <= 0xdfff) continue;
        if (unit < 0x80) {
            out.push_back(static_cast<char>(unit));
        } else if (unit < 0x800) {
            out.push_back(static_cast<char>(0xc0 | unit >> 6));
            out.push_back(static_cast<char>(0x80 | (unit & 0x3f)));
        } else {
            out.push_back(static_cast<char>(0xe0 | unit >> 12));
            out.push_back(static_cast<char>(0x80 | (unit >> 6 & 0x3f)));
            out.push_back(static_cast<char>(0x80 | (unit & 0x3f)));
        }
    }
    return out;
}

std::vector<std::byte> to_ucs2_bytes(std::string_view text) {
    std::u16string units = to_ucs2(text);
    std::vector<std::byte> out;
    out.reserve(2 * (units.size() + 1));
    for (char16_t unit : units) append_u16(out, static_cast<std::uint16_t>(unit));
    append_u16(out, 0);
    return out;
}

std::string from_ucs2_bytes(Bytes bytes) {
    std::u16string units;
    units.reserve(bytes.size() / 2);
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2)
        units.push_back(static_cast<char16_t>(std::to_integer<unsigned>(bytes[i]) |
                                              std::to_integer<unsigned>(bytes[i + 1]) << 8));
    return to_utf8(units);
}

} // namespace kindling
