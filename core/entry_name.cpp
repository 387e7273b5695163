// SPDX-License-Identifier: MIT
#include "core/entry_name.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kindling::bls {

namespace {

/// A file name with a counter. The views point into it.
struct CountedName {
    std::string_view name; ///< before the '+'
    std::string_view left; ///< digits
    std::string_view done; ///< digits; empty if there is no DONE
    std::string_view suffix;
    Tries tries;
};

std::string_view take_digits(std::string_view& text) {
    std::string_view digits = text.substr(0, std::min(text.find_first_not_of("0123456789"), //
                                                      text.size()));
    text.remove_prefix(digits.size());
    return digits;
}

/// Takes the counter apart; nothing if there is none. A name that would be empty without its
/// counter has none either.
std::optional<CountedName> find_counter(std::string_view file_name, std::string_view suffix) {
    std::size_t plus = file_name.rfind('+');
    if (plus == file_name.npos || plus == 0) return std::nullopt;
    CountedName counted{.name = file_name.substr(0, plus)};
    std::string_view rest = file_name.substr(plus + 1);
    counted.left = take_digits(rest);
    bool has_done = rest.starts_with('-');
    if (has_done) {
        rest.remove_prefix(1);
        counted.done = take_digits(rest);
    }
    if (!equals_ignoring_case(rest, suffix)) return std::nullopt;
    counted.suffix = rest;
    auto left = parse_decimal(counted.left, tries_max);
    auto done = parse_decimal(has_done ? counted.done : "0", tries_max);
    if (!left || !done) return std::nullopt;
    counted.tries = {static_cast<std::uint32_t>(*left), static_cast<std::uint32_t>(*done)};
    return counted;
}

/// `value` in decimal, with zeros before it up to `width` digits.
void append_number(std::string& to, std::uint32_t value, std::size_t width) {
    std::string digits = to_decimal(value);
    if (digits.size() < width) to.append(width - digits.size(), '0');
    to += digits;
}

} // namespace

bool is_entry_name(std::string_view file_name, std::string_view suffix) {
    return ends_with_ignoring_case(file_name, suffix) && !file_name.starts_with('.') &&
           !starts_with_ignoring_case(file_name, "auto-");
}

EntryName parse_entry_name(std::string_view file_name, std::string_view suffix) {
    auto counted = find_counter(file_name, suffix);
    EntryName name{to_lower(counted ? counted->name : file_name), std::nullopt};
    if (!counted) return name;
    name.id += to_lower(counted->suffix);
    name.tries = counted->tries;
    return name;
}

std::optional<std::string> count_down(std::string_view file_name, std::string_view suffix) {
    auto counted = find_counter(file_name, suffix);
    if (!counted) return std::nullopt;
    auto [left, done] = counted->tries;
    std::string next(counted->name);
    next += '+';
    append_number(next, left == 0 ? 0 : left - 1, counted->left.size());
    next += '-';
    append_number(next, std::min(done, tries_max - 1) + 1, counted->done.size());
    next += counted->suffix;
    return next;
}

std::string strip_counter(std::string_view file_name, std::string_view suffix) {
    auto counted = find_counter(file_name, suffix);
    if (!counted) return std::string(file_name);
    std::string name(counted->name);
    name += counted->suffix;
    return name;
}

} // namespace kindling::bls
