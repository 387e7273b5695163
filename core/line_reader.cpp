// SPDX-License-Identifier: MIT
#include "core/line_reader.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kindling::bls {

namespace {

/// Takes the first line off `text`, with whatever ends it.
std::string_view take_line(std::string_view& text) {
    std::size_t size = std::min(text.find_first_of("\r\n"), text.size());
    std::string_view line = text.substr(0, size);
    text.remove_prefix(size);
    if (text.starts_with("\r\n"))
        text.remove_prefix(2);
    else if (!text.empty())
        text.remove_prefix(1);
    return line;
}

std::string_view without_quotes(std::string_view value) {
    if (value.size() < 2 || value.front() != value.back()) return value;
    if (value.front() != '"' && value.front() != '\'') return value;
    return value.substr(1, value.size() - 2);
}

} // namespace

void add_remark(std::vector<Remark>& remarks, std::uint64_t line, const char* what) {
    if (remarks.size() == remarks_max) return;
    auto place = remarks.end();
    while (place != remarks.begin() && (place - 1)->line > line) --place;
    remarks.insert(place, Remark{line, what});
}

LineReader::LineReader(std::string_view text) : rest_(text.substr(0, text.find('\0'))) {}

std::optional<Line> LineReader::next() {
    while (!rest_.empty()) {
        std::string_view text = trim_blanks(take_line(rest_));
        number_++;
        std::size_t key_size = text.find_first_of(" \t");
        if (text.starts_with('#') || key_size == text.npos) continue;
        std::string_view value = trim_blanks(text.substr(key_size));
        return Line{text.substr(0, key_size), without_quotes(value), number_};
    }
    return std::nullopt;
}

} // namespace kindling::bls
