// SPDX-License-Identifier: MIT
#include "core/version.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <initializer_list>

namespace kindling::bls {

namespace {

bool is_letter(char c) {
    return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}

/// Other characters separate and mean nothing.
bool has_meaning(char c) {
    return is_digit(c) || is_letter(c) || c == '~' || c == '-' || c == '^' || c == '.';
}

void skip_separators(std::string_view& text) {
    while (!text.empty() && !has_meaning(text.front())) text.remove_prefix(1);
}

/// Takes the longest beginning that consists of `is_member`; it may be empty.
template <class Predicate>
std::string_view take_run(std::string_view& text, Predicate is_member) {
    std::size_t size = 0;
    while (size < text.size() && is_member(text[size])) size++;
    std::string_view run = text.substr(0, size);
    text.remove_prefix(size);
    return run;
}

/// The text that starts with `mark` is lower. If both do, both lose it.
std::weak_ordering compare_mark(std::string_view& a, std::string_view& b, char mark) {
    bool in_a = a.starts_with(mark), in_b = b.starts_with(mark);
    if (in_a && in_b) {
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    return in_b <=> in_a;
}

/// Compares runs of digits by value, of any length; no digits are lower than any.
std::weak_ordering compare_numbers(std::string_view a, std::string_view b) {
    if (a.empty() || b.empty()) return !a.empty() <=> !b.empty();
    a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
    b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
    if (a.size() != b.size()) return a.size() <=> b.size();
    return a <=> b;
}

} // namespace

std::weak_ordering compare_versions(std::string_view a, std::string_view b) {
    // Each round decides, or takes something off both.
    while (true) {
        skip_separators(a);
        skip_separators(b);
        if (auto order = compare_mark(a, b, '~'); order != 0) return order;
        if (a.empty() || b.empty()) return !a.empty() <=> !b.empty();
        for (char mark : {'-', '^', '.'})
            if (auto order = compare_mark(a, b, mark); order != 0) return order;
        bool is_number = (!a.empty() && is_digit(a.front())) || (!b.empty() && is_digit(b.front()));
        std::weak_ordering order =
            is_number ? compare_numbers(take_run(a, is_digit), take_run(b, is_digit))
                      : take_run(a, is_letter) <=> take_run(b, is_letter);
        if (order != 0) return order;
    }
}

} // namespace kindling::bls
