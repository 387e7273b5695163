// SPDX-License-Identifier: MIT
//
// The line syntax that entries and loader.conf share.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace kindling::bls {

/// A line that says something. Points into the text.
struct Line {
    std::string_view key;
    std::string_view value;
    std::uint64_t number = 0; ///< from 1; CR LF ends one line
};

/// Something a person should know about a file that is used all the same. Static text.
struct Remark {
    std::uint64_t line = 0;
    const char* what = "";
};

constexpr std::size_t remarks_max = 64; ///< about one file

/// Adds a remark, behind those about earlier lines and the same. Does nothing if there are
/// `remarks_max` already: nobody reads more, and a hostile file could have a million.
void add_remark(std::vector<Remark>& remarks, std::uint64_t line, const char* what);

/// Reads "key value" lines. Comments, empty lines and lines without a value are passed over; a NUL
/// ends the text. Lines end at LF, CR or both. Blanks (space, tab) around a line and between key
/// and value mean nothing. A value that starts with ' or " loses both quotes if the line ends with
/// another of the same; there are no escapes. So only quotes make a value that is empty.
/// Source: UAPI.1, "Type #1 Boot Loader Specification Entries"; systemd-boot for the quotes.
class LineReader {
public:
    explicit LineReader(std::string_view text);

    /// The next line that says something; nothing at the end.
    std::optional<Line> next();

private:
    std::string_view rest_;
    std::uint64_t number_ = 0;
};

} // namespace kindling::bls
