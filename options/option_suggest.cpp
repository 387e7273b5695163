// SPDX-License-Identifier: MIT
#include "options/option_suggest.hpp"

namespace kindling::options {
namespace {

constexpr unsigned mistakes_max = 3;
// Better than any number of mistakes. A longer name is the better the shorter it is.
constexpr unsigned distance_same = 0;
constexpr unsigned distance_longer = 1;
constexpr unsigned distance_mistakes = 1u << 31;

unsigned mistakes_allowed(Text typed) {
    return typed.size() < 3 ? 1 : typed.size() < 6 ? 2 : mistakes_max;
}

} // namespace

char folded(char c) {
    if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
    return c == '_' ? '-' : c;
}

bool equal_when_folded(Text a, Text b) {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); i++)
        if (folded(a[i]) != folded(b[i])) return false;
    return true;
}

bool Nearest::look_at(Text name) {
    if (typed_.size() < 2) return false;
    unsigned distance;
    if (equal_when_folded(name, typed_)) {
        distance = distance_same;
    } else if (starts_with(name, typed_)) {
        distance = distance_longer + static_cast<unsigned>(name.size() - typed_.size());
    } else {
        unsigned allowed = mistakes_allowed(typed_);
        unsigned mistakes = edit_distance(name, typed_, allowed);
        if (mistakes > allowed) return false;
        distance = distance_mistakes + mistakes;
    }
    if (distance >= distance_) return false;
    distance_ = distance;
    name_ = name;
    return true;
}

} // namespace kindling::options
