// SPDX-License-Identifier: MIT
#include "bootctl/table.hpp"

#include "base/result.hpp"
#include "options/option_text.hpp"

#include <algorithm>

namespace kindling {

namespace {

constexpr std::size_t gap = 2;              // columns between columns
constexpr std::size_t shrunk_width_min = 8; // a text that is cut shows at least so much

options::Text to_options_text(std::string_view text) {
    return {text.data(), text.size()};
}

std::size_t width_of(std::string_view text) {
    return options::width_of(to_options_text(text));
}

/// `text`, or as much of it as fits with an ellipsis behind it.
std::string cut(const std::string& text, std::size_t width, const OutputStyle& style) {
    if (width_of(text) <= width) return text;
    std::string_view ellipsis = style.use_unicode ? "…" : "...";
    std::string_view start = options::fit(to_options_text(text), width - width_of(ellipsis));
    return std::string(start) + std::string(ellipsis);
}

using Cells = std::vector<std::string>;

/// Takes columns away from the widest that may shrink, until the table fits or nothing is left.
void shrink(std::vector<std::size_t>& widths, const Table& table, std::size_t columns) {
    std::size_t total = gap * (widths.size() - 1);
    for (std::size_t width : widths) total += width;
    for (; total > columns; total--) {
        std::size_t* widest = nullptr;
        for (std::size_t i = 0; i < widths.size(); i++)
            if (table.columns[i].may_shrink && widths[i] > shrunk_width_min &&
                (!widest || widths[i] > *widest))
                widest = &widths[i];
        if (!widest) return;
        --*widest;
    }
}

std::string line_of(const Cells& cells, const std::vector<std::size_t>& widths, const Table& table,
                    const OutputStyle& style) {
    std::string line;
    std::size_t blanks = 0; // owed before the next text
    for (std::size_t i = 0; i < cells.size(); i++) {
        std::string text = cut(cells[i], widths[i], style);
        std::size_t padding = widths[i] - width_of(text);
        bool is_right = table.columns[i].is_right_aligned;
        line.append(blanks + (is_right ? padding : 0), ' ');
        line += text;
        blanks = gap + (is_right ? 0 : padding);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

} // namespace

std::string render(const Table& table, const OutputStyle& style) {
    if (table.columns.empty()) return {};
    Cells titles;
    std::vector<std::size_t> widths;
    for (const Column& column : table.columns) {
        titles.push_back(escaped(column.title));
        widths.push_back(style.has_legend ? width_of(titles.back()) : 0);
    }
    std::vector<Cells> rows;
    for (const auto& row : table.rows) {
        ASSERT(row.size() == table.columns.size());
        Cells& cells = rows.emplace_back();
        for (std::size_t i = 0; i < row.size(); i++) {
            cells.push_back(row[i].empty() ? "-" : escaped(row[i]));
            widths[i] = std::max(widths[i], width_of(cells[i]));
        }
    }
    if (style.columns != 0) shrink(widths, table, style.columns);
    std::string out;
    if (style.has_legend) out = emphasized(line_of(titles, widths, table, style), style) + '\n';
    for (const Cells& cells : rows) out += line_of(cells, widths, table, style) + '\n';
    return out;
}

std::string escaped(std::string_view text) {
    std::string out;
    auto append = [](void* context, const char* data, std::size_t size) {
        static_cast<std::string*>(context)->append(data, size);
    };
    options::write_escaped({append, &out}, to_options_text(text));
    return out;
}

std::string emphasized(std::string_view text, const OutputStyle& style) {
    if (!style.use_color || text.empty()) return std::string(text);
    return "\x1b[1m" + std::string(text) + "\x1b[0m";
}

} // namespace kindling
