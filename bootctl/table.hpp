// SPDX-License-Identifier: MIT
//
// Tables for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kindling {

/// How output on a stream may look.
struct OutputStyle {
    std::size_t columns = 0; ///< of the terminal; 0 is no terminal: nothing is cut
    bool use_color = false;
    bool use_unicode = true;
    bool has_legend = true; ///< headers and footers
};

struct Column {
    std::string title;
    bool is_right_aligned = false;
    bool may_shrink = false; ///< is cut with an ellipsis if the table is too wide
};

struct Table {
    std::vector<Column> columns;
    std::vector<std::vector<std::string>> rows; ///< an empty cell is shown as "-"
};

/// The table with a header, columns two blanks apart, aligned by display width. Control characters
/// are escaped. Lines end without blanks.
std::string render(const Table& table, const OutputStyle& style);

/// `text` from outside as a terminal may see it: control characters and bytes that are not UTF-8
/// become \xNN.
std::string escaped(std::string_view text);

/// `text` in bold, or as it is. For headings and marks; colour never carries a meaning alone.
std::string emphasized(std::string_view text, const OutputStyle& style);

} // namespace kindling
