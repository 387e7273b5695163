// SPDX-License-Identifier: MIT
#include "base/hex.hpp"

namespace kindling {

std::string to_hex(Bytes bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (std::byte b : bytes) {
        text.push_back(digits[std::to_integer<std::size_t>(b >> 4)]);
        text.push_back(digits[std::to_integer<std::size_t>(b & std::byte{15})]);
    }
    return text;
}

std::optional<std::uint8_t> hex_digit_value(char digit) {
    if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
    if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
    if (digit >= 'A' && digit <= 'F') return static_cast<std::uint8_t>(digit - 'A' + 10);
    return std::nullopt;
}

Result<std::vector<std::byte>> from_hex(std::string_view text) {
    if (text.size() % 2 != 0)
        return Error{Errc::invalid, "odd number of hex digits", text.size()};
    std::vector<std::byte> bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        auto high = hex_digit_value(text[i]);
        auto low = hex_digit_value(text[i + 1]);
        if (!high) return Error{Errc::invalid, "not a hex digit", i};
        if (!low) return Error{Errc::invalid, "not a hex digit", i + 1};
        bytes.push_back(static_cast<std::byte>(*high << 4 | *low));
    }
    return bytes;
}

} // namespace kindling
