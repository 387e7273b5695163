// SPDX-License-Identifier: MIT
//
// GUIDs of partitions, variables and protocols.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <string>
#include <string_view>

namespace kindling {

/// A GUID in the byte order of UEFI and GPT: the first three groups little-endian.
/// Source: UEFI 2.10, appendix A.
struct Guid {
    std::array<std::byte, 16> bytes{};

    friend bool operator==(const Guid&, const Guid&) = default;
};

/// "8be4df61-93ca-11d2-aa0d-00e098032b8c"; hex digits of either case.
///
/// Errors: invalid (another shape; `where` is the offset).
Result<Guid> parse_guid(std::string_view text);

/// The 16 bytes at the start of `bytes`. Errors: truncated.
Result<Guid> read_guid(Bytes bytes);

/// Lower case with dashes.
std::string to_text(const Guid& guid);

/// Reached only by a malformed literal; not constexpr, so the literal does not compile.
void malformed_guid_literal();

/// A GUID written in our source; a malformed one does not compile.
consteval Guid operator""_guid(const char* text, std::size_t size) {
    constexpr std::array<std::size_t, 16> position{6,  4,  2,  0,  11, 9,  16, 14,
                                                   19, 21, 24, 26, 28, 30, 32, 34};
    auto digit = [](char c) {
        if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
        if (c < 'a' || c > 'f') malformed_guid_literal();
        return static_cast<unsigned>(c - 'a' + 10);
    };
    if (size != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
        malformed_guid_literal();
    Guid guid;
    for (std::size_t i = 0; i < 16; i++)
        guid.bytes[i] =
            static_cast<std::byte>(digit(text[position[i]]) << 4 | digit(text[position[i] + 1]));
    return guid;
}

} // namespace kindling
