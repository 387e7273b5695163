// SPDX-License-Identifier: MIT
//
// Whether a declaration's type is one of those in option_value.hpp: asked at compile time in C++, by
// `kindling-options check` of programs in C. No C++ standard header is needed here.
#pragma once

#include <stddef.h>

namespace kindling::options::checks {

/// Part of a text; a type is taken apart without being copied.
struct Part {
    const char* text;
    size_t size;

    constexpr bool is(Part other) const {
        if (other.size != size) return false;
        for (size_t i = 0; i < size; i++)
            if (text[i] != other.text[i]) return false;
        return true;
    }
    constexpr bool is(const char* word) const { return is(Part{word, __builtin_strlen(word)}); }
    /// Where `c` is first; the size if it is nowhere.
    constexpr size_t find(char c) const {
        size_t at = 0;
        while (at < size && text[at] != c) at++;
        return at;
    }
    /// What begins at a place, which is at most the end.
    constexpr Part from(size_t at) const { return {text + at, size - at}; }
    /// What stands behind a character; nothing behind the last.
    constexpr Part behind(size_t at) const { return from(at < size ? at + 1 : size); }
};

constexpr bool is_digits(Part part) {
    for (size_t i = 0; i < part.size; i++)
        if (part.text[i] < '0' || part.text[i] > '9') return false;
    return part.size > 0 && part.size <= 20;
}

/// True if the decimal number `a` is not above `b`; both are digits behind an optional '-'.
constexpr bool is_in_order(Part a, Part b) {
    bool is_a_negative = a.text[0] == '-', is_b_negative = b.text[0] == '-';
    if (is_a_negative != is_b_negative) return is_a_negative;
    if (is_a_negative) return is_in_order(b.behind(0), a.behind(0));
    while (a.size > 1 && a.text[0] == '0') a = a.behind(0);
    while (b.size > 1 && b.text[0] == '0') b = b.behind(0);
    if (a.size != b.size) return a.size < b.size;
    for (size_t i = 0; i < a.size; i++)
        if (a.text[i] != b.text[i]) return a.text[i] < b.text[i];
    return true;
}

/// "1..5", "1.." or "..5".
constexpr bool is_range(Part range, bool has_sign) {
    size_t dots = range.find('.');
    if (dots + 1 >= range.size || range.text[dots + 1] != '.') return false;
    Part min{range.text, dots}, max = range.behind(dots + 1);
    const Part bounds[] = {min, max};
    for (Part part : bounds) {
        bool is_negative = has_sign && part.size && part.text[0] == '-';
        if (part.size && !is_digits(is_negative ? part.behind(0) : part)) return false;
    }
    if (!min.size && !max.size) return false;
    return !min.size || !max.size || is_in_order(min, max);
}

/// The name of a list's first value: what stands before its help.
constexpr Part first_name(Part list) {
    Part item{list.text, list.find('|')};
    return {item.text, item.find(':')};
}

/// Names split by '|', each with its help behind a ':'. None is empty, none comes twice.
constexpr bool is_choice(Part list) {
    for (size_t at = 0; at <= list.size; at += list.from(at).find('|') + 1) {
        Part name = first_name(list.from(at));
        if (name.size == 0) return false;
        for (size_t other = 0; other < at; other += list.from(other).find('|') + 1)
            if (first_name(list.from(other)).is(name)) return false;
    }
    return true;
}

constexpr bool is_one_of(Part part, const char* const* words) {
    for (; *words; words++)
        if (part.is(*words)) return true;
    return false;
}

/// A type of option_value.hpp.
constexpr bool is_type(Part type) {
    constexpr const char* plain[] = {"text", "bool", "tristate",  "host", "user", "group", "unit",
                                     "pid",  "int",  "key=value", "uint", "verb", nullptr};
    constexpr const char* names[] = {"path", "file", "dir", nullptr};
    constexpr const char* units[] = {"us", "ms", "s", "min", "h", "d", "w", "month", "y", nullptr};
    if (type.size && type.text[type.size - 1] == ',') type.size--;
    if (type.find('|') < type.size) return is_choice(type);
    size_t colon = type.find(':');
    Part name{type.text, colon}, parameter = type.behind(colon);
    if (colon == type.size)
        return is_one_of(name, plain) || is_one_of(name, names) || name.is("size") ||
               name.is("duration");
    if (name.is("int") || name.is("uint")) return is_range(parameter, name.is("int"));
    if (name.is("size")) return parameter.is("infinity");
    if (name.is("duration")) return is_one_of(parameter, units);
    if (is_one_of(name, names)) return parameter.is("exists");
    return name.is("dynamic") && parameter.size > 0;
}

} // namespace kindling::options::checks
