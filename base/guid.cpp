// SPDX-License-Identifier: MIT
#include "base/guid.hpp"

#include "base/hex.hpp"

#include <algorithm>

namespace kindling {

namespace {

/// Where in the text each byte of the GUID stands.
constexpr std::array<std::size_t, 16> text_position{6,  4,  2,  0,  11, 9,  16, 14,
                                                    19, 21, 24, 26, 28, 30, 32, 34};
constexpr std::array<std::size_t, 4> dash_position{8, 13, 18, 23};

} // namespace

Result<Guid> parse_guid(std::string_view text) {
    if (text.size() != 36) return Error{Errc::invalid, "a GUID has 36 characters", text.size()};
    for (std::size_t dash : dash_position)
        if (text[dash] != '-') return Error{Errc::invalid, "expected a dash in the GUID", dash};
    Guid guid;
    for (std::size_t i = 0; i < 16; i++) {
        auto high = hex_digit_value(text[text_position[i]]);
        auto low = hex_digit_value(text[text_position[i] + 1]);
        if (!high || !low)
            return Error{Errc::invalid, "not a hex digit in the GUID", text_position[i]};
        guid.bytes[i] = static_cast<std::byte>(*high << 4 | *low);
    }
    return guid;
}

Result<Guid> read_guid(Bytes bytes) {
    Bytes raw = TRY(slice(bytes, 0, 16));
    Guid guid;
    std::copy(raw.begin(), raw.end(), guid.bytes.begin());
    return guid;
}

std::string to_text(const Guid& guid) {
    std::string text(36, '-');
    for (std::size_t i = 0; i < 16; i++) {
        std::string pair = to_hex(Bytes(guid.bytes).subspan(i, 1));
        text[text_position[i]] = pair[0];
        text[text_position[i] + 1] = pair[1];
    }
    return text;
}

} // namespace kindling
