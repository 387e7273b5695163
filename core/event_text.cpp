// SPDX-License-Identifier: MIT
#include "core/event_text.hpp"

#include "base/hex.hpp"
#include "base/text.hpp"

namespace kindling::pcr {

namespace {

/// Four digits of a code point below U+10000.
std::string escape_code_point(std::uint32_t value) {
    std::vector<std::byte> bytes{static_cast<std::byte>(value >> 8),
                                 static_cast<std::byte>(value & 0xff)};
    return "\\u" + to_hex(bytes);
}

std::string escape_byte(char c) {
    return "\\x" + to_hex(to_bytes({&c, 1}));
}

/// The code point of two or three bytes at the start of valid UTF-8; 0 for others.
std::uint32_t short_code_point(std::string_view text) {
    auto byte = [&](std::size_t i) -> std::uint32_t { return static_cast<unsigned char>(text[i]); };
    if ((byte(0) & 0xe0) == 0xc0) return (byte(0) & 0x1f) << 6 | (byte(1) & 0x3f);
    if ((byte(0) & 0xf0) == 0xe0)
        return (byte(0) & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
    return 0;
}

/// As many whole characters as a line holds.
std::string_view beginning_of(std::string_view text) {
    if (text.size() <= line_size_max) return text;
    std::size_t end = line_size_max;
    while (line_size_max - end < 3 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) end--;
    return text.substr(0, end);
}

bool changes_the_terminal(std::uint32_t point) {
    return (point >= 0x80 && point <= 0x9f) || point == 0x061c || // C1, Arabic letter mark
           point == 0x200e || point == 0x200f ||                  // direction marks
           (point >= 0x2028 && point <= 0x202e) ||                // separators, embeddings
           (point >= 0x2066 && point <= 0x2069) || point == 0xfeff;
}

} // namespace

std::string decode_text(Bytes bytes) {
    std::string_view text = kindling::to_text(bytes);
    std::size_t first_nul = text.find('\0');
    bool has_nul_inside = first_nul != std::string_view::npos && first_nul + 1 < text.size();
    if (has_nul_inside && text.size() % 2 == 0) return from_ucs2_bytes(bytes);
    text = text.substr(0, first_nul);
    return is_utf8(text) ? std::string(text) : std::string();
}

std::string one_line(std::string_view text) {
    std::string_view shown = beginning_of(text);
    bool is_valid = is_utf8(shown);
    std::string out;
    out.reserve(shown.size());
    for (std::size_t i = 0; i < shown.size(); i++) {
        unsigned char byte = static_cast<unsigned char>(shown[i]);
        std::uint32_t point = is_valid && byte >= 0xc0 ? short_code_point(shown.substr(i)) : 0;
        if (byte < 32 || byte == 127 || (byte >= 0x80 && !is_valid)) {
            out += escape_byte(shown[i]);
        } else if (changes_the_terminal(point)) {
            out += escape_code_point(point);
            i += point < 0x800 ? 1 : 2;
        } else {
            out += shown[i];
        }
    }
    return shown.size() < text.size() ? out + "..." : out;
}

} // namespace kindling::pcr
