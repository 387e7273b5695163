// SPDX-License-Identifier: MIT
#include "options/option_value.hpp"

#include <sys/stat.h>

#include "options/option_suggest.hpp"

namespace kindling::options {
namespace {

/// Without pointers, which would have to be relocated when a program starts.
struct TypeName {
    char name[10];
    TypeKind kind;
};
constexpr TypeName type_names[] = {
    {"path", TypeKind::path},
    {"file", TypeKind::file},
    {"uint", TypeKind::unsigned_integer},
    {"bool", TypeKind::boolean},
    {"dir", TypeKind::directory},
    {"size", TypeKind::size},
    {"duration", TypeKind::duration},
    {"int", TypeKind::integer},
    {"text", TypeKind::text},
    {"tristate", TypeKind::tristate},
    {"host", TypeKind::host},
    {"user", TypeKind::user},
    {"group", TypeKind::group},
    {"unit", TypeKind::unit},
    {"pid", TypeKind::pid},
    {"key=value", TypeKind::key_value},
    {"dynamic", TypeKind::dynamic},
};

struct Unit {
    char name[6];
    uint64_t factor;
};
// Source: systemd.time(7), "Parsing time spans"; a month is a twelfth of 365.25 days.
constexpr uint64_t second = 1'000'000;
constexpr Unit time_units[] = {
    {"us", 1},
    {"ms", 1000},
    {"s", second},
    {"min", 60 * second},
    {"h", 3600 * second},
    {"d", 86400 * second},
    {"w", 7 * 86400 * second},
    {"month", 2629800 * second},
    {"y", 31557600 * second},
};
constexpr uint64_t pid_last = 0x7fffffff;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_in_any_case(Text text, Text word) {
    if (text.size() != word.size()) return false;
    for (size_t i = 0; i < text.size(); i++)
        if (lower(text[i]) != word[i]) return false;
    return true;
}

Text from(Text text, size_t at) {
    return {text.data() + at, text.size() - at};
}

/// Where `c` is first; the size of the text if it is nowhere.
size_t find(Text text, char c) {
    size_t at = 0;
    while (at < text.size() && text[at] != c) at++;
    return at;
}

unsigned digit_of(char c) {
    c = lower(c);
    if (is_digit(c)) return static_cast<unsigned>(c - '0');
    return c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a' + 10) : 99;
}

/// Digits behind an optional 0x, 0o or 0b.
ValueError parse_digits(Text text, uint64_t& value) {
    unsigned base = 10;
    if (text.size() > 2 && text[0] == '0' && !is_digit(text[1])) {
        char prefix = lower(text[1]);
        base = prefix == 'x' ? 16 : prefix == 'o' ? 8 : prefix == 'b' ? 2 : 10;
        if (base != 10) text = from(text, 2);
    }
    if (text.is_empty()) return ValueError::malformed;
    uint64_t sum = 0;
    bool is_too_large = false;
    for (size_t i = 0; i < text.size(); i++) {
        unsigned digit = digit_of(text[i]);
        if (digit >= base) return ValueError::malformed;
        is_too_large |= __builtin_mul_overflow(sum, base, &sum);
        is_too_large |= __builtin_add_overflow(sum, digit, &sum);
    }
    if (is_too_large) return ValueError::out_of_range;
    value = sum;
    return ValueError::none;
}

/// A decimal fraction at the start of a text: the whole, and what follows the point.
struct Fraction {
    uint64_t whole = 0;
    uint64_t part = 0, parts = 1; ///< `part` of `parts`
    size_t size = 0;              ///< bytes read; 0 if there is no number
    bool is_too_large = false;
};

Fraction read_fraction(Text text) {
    constexpr uint64_t parts_max = 1'000'000'000'000'000;
    Fraction read;
    size_t at = 0;
    for (; at < text.size() && is_digit(text[at]); at++) {
        read.is_too_large |= __builtin_mul_overflow(read.whole, 10u, &read.whole);
        read.is_too_large |= __builtin_add_overflow(read.whole, digit_of(text[at]), &read.whole);
    }
    if (at == 0) return read;
    if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
        for (at++; at < text.size() && is_digit(text[at]); at++) {
            if (read.parts == parts_max) continue; // Too small to matter.
            read.part = read.part * 10 + digit_of(text[at]);
            read.parts *= 10;
        }
    }
    read.size = at;
    return read;
}

/// `fraction` times `factor`, rounded down.
ValueError scale(const Fraction& fraction, uint64_t factor, uint64_t& value) {
    uint64_t product = 0;
    if (fraction.is_too_large || __builtin_mul_overflow(fraction.whole, factor, &product))
        return ValueError::out_of_range;
    unsigned __int128 part = static_cast<unsigned __int128>(fraction.part) * factor;
    uint64_t small = static_cast<uint64_t>(part / fraction.parts);
    if (__builtin_add_overflow(product, small, &product) || product == infinity)
        return ValueError::out_of_range;
    value = product;
    return ValueError::none;
}

/// What K, KB, KiB and so on stand for; 0 if `unit` is none of them.
uint64_t size_factor(Text unit) {
    constexpr Text letters = "KMGTPE";
    if (unit.is_empty() || equal(unit, "B")) return 1;
    size_t power = find(letters, unit[0]);
    if (power == letters.size()) return 0;
    Text rest = from(unit, 1);
    bool is_decimal = equal(rest, "B");
    if (!is_decimal && !rest.is_empty() && !equal(rest, "iB")) return 0;
    uint64_t factor = 1;
    for (size_t i = 0; i <= power; i++) factor *= is_decimal ? 1000 : 1024;
    return factor;
}

uint64_t time_factor(Text unit) {
    for (const Unit& each : time_units)
        if (equal(each.name, unit)) return each.factor;
    return 0;
}

/// The bounds of "0..23", "1.." or "..9"; what lacks stays.
struct Bounds {
    Text min, max;
};
Bounds bounds_of(Text parameter) {
    for (size_t i = 0; i + 1 < parameter.size(); i++)
        if (parameter[i] == '.' && parameter[i + 1] == '.')
            return {{parameter.data(), i}, from(parameter, i + 2)};
    return {};
}

ValueError convert_number(const Type& type, Text text, Value& value) {
    Bounds bounds = bounds_of(type.parameter);
    if (type.kind == TypeKind::integer) {
        int64_t min = INT64_MIN, max = INT64_MAX;
        parse_integer(bounds.min, INT64_MIN, INT64_MAX, min);
        parse_integer(bounds.max, INT64_MIN, INT64_MAX, max);
        return parse_integer(text, min, max, value.integer);
    }
    uint64_t min = 0, max = UINT64_MAX;
    if (type.kind == TypeKind::pid) {
        min = 1;
        max = pid_last;
    }
    parse_unsigned(bounds.min, 0, UINT64_MAX, min);
    parse_unsigned(bounds.max, 0, UINT64_MAX, max);
    return parse_unsigned(text, min, max, value.number);
}

ValueError convert_choice(const Type& type, Text text, bool accepts_prefix, Value& value) {
    Choices choices(type);
    size_t place = 0, found = 0;
    for (Choice each; choices.next(each); place++) {
        bool is_exact = equal(each.name, text);
        if (!is_exact && !(accepts_prefix && !text.is_empty() && starts_with(each.name, text)))
            continue;
        value.number = place;
        if (is_exact) return ValueError::none;
        found++;
    }
    return found == 1 ? ValueError::none : found ? ValueError::ambiguous : ValueError::malformed;
}

ValueError convert_key_value(Text text, Value& value) {
    size_t equals = find(text, '=');
    if (equals == 0 || equals == text.size()) return ValueError::malformed;
    value.key = {text.data(), equals};
    value.text = from(text, equals + 1);
    return ValueError::none;
}

ValueError convert_name(const Type& type, Text text) {
    if (text.is_empty()) return ValueError::malformed;
    if (!equal(type.parameter, "exists")) return ValueError::none;
    // An argument that is an item of a list does not end in a NUL.
    char name[4096];
    if (text.size() >= sizeof(name)) return ValueError::not_there;
    __builtin_memcpy(name, text.data(), text.size());
    name[text.size()] = 0;
    struct stat status;
    if (stat(name, &status) != 0) return ValueError::not_there;
    bool is_directory = S_ISDIR(status.st_mode);
    if (type.kind == TypeKind::path) return ValueError::none;
    return is_directory == (type.kind == TypeKind::directory) ? ValueError::none
                                                              : ValueError::not_there;
}

void write_choices(Sink sink, const Type& type) {
    Choices choices(type);
    Choice each, next;
    bool has_next = choices.next(next);
    for (bool is_first = true; has_next; is_first = false) {
        each = next;
        has_next = choices.next(next);
        if (!is_first) sink(has_next ? ", " : " or ");
        sink(each.name);
    }
}

void write_range(Sink sink, Text what, Text parameter) {
    Bounds bounds = bounds_of(parameter);
    sink(what);
    if (!bounds.min.is_empty()) sink(bounds.max.is_empty() ? " not below " : " from ");
    sink(bounds.min);
    if (!bounds.max.is_empty()) sink(bounds.min.is_empty() ? " not above " : " to ");
    sink(bounds.max);
}

} // namespace

Type parse_type(Text text) {
    Type type;
    if (!text.is_empty() && text[text.size() - 1] == ',') {
        type.is_list = true;
        text = {text.data(), text.size() - 1};
    }
    size_t colon = text.size();
    for (size_t i = 0; i < text.size(); i++) {
        if (text[i] == ':' && i < colon) colon = i;
        if (text[i] != '|') continue;
        type.kind = TypeKind::choice;
        type.parameter = text;
        return type;
    }
    Text name(text.data(), colon);
    for (const TypeName& each : type_names) {
        if (name.is_empty() || each.name[0] != name[0] || !equal(each.name, name)) continue;
        type.kind = each.kind;
        break;
    }
    if (colon < text.size()) type.parameter = from(text, colon + 1);
    return type;
}

bool Choices::next(Choice& choice) {
    while (!rest_.is_empty()) {
        size_t end = find(rest_, '|');
        Text item(rest_.data(), end);
        rest_ = from(rest_, end < rest_.size() ? end + 1 : end);
        if (item.is_empty()) continue;
        size_t colon = find(item, ':');
        choice.name = {item.data(), colon};
        choice.help = colon < item.size() ? from(item, colon + 1) : Text();
        return true;
    }
    return false;
}

ValueError parse_bool(Text text, bool& value) {
    constexpr Text yes[] = {"1", "yes", "y", "true", "t", "on"};
    constexpr Text no[] = {"0", "no", "n", "false", "f", "off"};
    for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
        bool is_yes = equal_in_any_case(text, yes[i]);
        if (!is_yes && !equal_in_any_case(text, no[i])) continue;
        value = is_yes;
        return ValueError::none;
    }
    return ValueError::malformed;
}

ValueError parse_integer(Text text, int64_t min, int64_t max, int64_t& value) {
    bool is_negative = !text.is_empty() && text[0] == '-';
    if (is_negative || (!text.is_empty() && text[0] == '+')) text = from(text, 1);
    uint64_t digits = 0;
    ValueError error = parse_digits(text, digits);
    if (error != ValueError::none) return error;
    uint64_t limit = static_cast<uint64_t>(INT64_MAX) + (is_negative ? 1 : 0);
    if (digits > limit) return ValueError::out_of_range;
    int64_t result = static_cast<int64_t>(is_negative ? 0 - digits : digits);
    if (result < min || result > max) return ValueError::out_of_range;
    value = result;
    return ValueError::none;
}

ValueError parse_unsigned(Text text, uint64_t min, uint64_t max, uint64_t& value) {
    uint64_t digits = 0;
    ValueError error = parse_digits(text, digits);
    if (error != ValueError::none) return error;
    if (digits < min || digits > max) return ValueError::out_of_range;
    value = digits;
    return ValueError::none;
}

ValueError parse_size(Text text, uint64_t& bytes) {
    Fraction number = read_fraction(text);
    if (!number.size) return ValueError::malformed;
    uint64_t factor = size_factor(from(text, number.size));
    return factor ? scale(number, factor, bytes) : ValueError::malformed;
}

ValueError parse_duration(Text text, Text unit, uint64_t& microseconds) {
    uint64_t sum = 0;
    bool has_number = false;
    while (!text.is_empty()) {
        if (text[0] == ' ') {
            text = from(text, 1);
            continue;
        }
        Fraction number = read_fraction(text);
        if (!number.size) return ValueError::malformed;
        text = from(text, number.size);
        size_t size = 0;
        while (size < text.size() && text[size] >= 'a' && text[size] <= 'z') size++;
        // "1 000" is no sum: a number without a unit is all there is.
        bool is_bare = size == 0;
        if (is_bare && (has_number || !text.is_empty())) return ValueError::malformed;
        uint64_t factor = time_factor(is_bare ? unit : Text(text.data(), size));
        if (!factor) return ValueError::malformed;
        text = from(text, size);
        uint64_t part = 0;
        ValueError error = scale(number, factor, part);
        if (error != ValueError::none) return error;
        if (__builtin_add_overflow(sum, part, &sum) || sum == infinity)
            return ValueError::out_of_range;
        has_number = true;
    }
    if (!has_number) return ValueError::malformed;
    microseconds = sum;
    return ValueError::none;
}

ValueError convert(const Type& type, Text text, bool accepts_prefix, Value& value) {
    value = {};
    value.kind = type.kind;
    value.text = text;
    bool truth = false;
    ValueError error = ValueError::none;
    switch (type.kind) {
    case TypeKind::tristate:
        value.integer = -1;
        if (equal_in_any_case(text, "auto")) return ValueError::none;
        [[fallthrough]];
    case TypeKind::boolean:
        error = parse_bool(text, truth);
        value.integer = truth;
        return error;
    case TypeKind::integer:
    case TypeKind::unsigned_integer:
    case TypeKind::pid:
        return convert_number(type, text, value);
    case TypeKind::size:
        value.number = infinity;
        if (equal(type.parameter, "infinity") && equal(text, "infinity")) return error;
        return parse_size(text, value.number);
    case TypeKind::duration:
        value.number = infinity;
        if (equal(text, "infinity")) return ValueError::none;
        return parse_duration(text, type.parameter.is_empty() ? Text("s") : type.parameter,
                              value.number);
    case TypeKind::choice:
        return convert_choice(type, text, accepts_prefix, value);
    case TypeKind::key_value:
        return convert_key_value(text, value);
    default:
        return convert_name(type, text);
    }
}

void write_expected(Sink sink, const Type& type) {
    bool must_exist = equal(type.parameter, "exists");
    switch (type.kind) {
    case TypeKind::text:
    case TypeKind::dynamic:
        return sink("a text that is not empty");
    case TypeKind::boolean:
        return sink("yes or no");
    case TypeKind::tristate:
        return sink("yes, no or auto");
    case TypeKind::integer:
        return write_range(sink, "a number", type.parameter);
    case TypeKind::unsigned_integer:
        return write_range(sink, "a number", type.parameter.is_empty() ? "0.." : type.parameter);
    case TypeKind::size:
        return sink("a size such as 512, 10K or 1.5G");
    case TypeKind::duration:
        return sink("a duration such as 30s, 1.5h or 5min 20s");
    case TypeKind::path:
        return sink(must_exist ? "a path that is there" : "a path");
    case TypeKind::file:
        return sink(must_exist ? "a file that is there" : "a file");
    case TypeKind::directory:
        return sink(must_exist ? "a directory that is there" : "a directory");
    case TypeKind::host:
        return sink("a host");
    case TypeKind::user:
        return sink("a user");
    case TypeKind::group:
        return sink("a group");
    case TypeKind::unit:
        return sink("a unit");
    case TypeKind::pid:
        return sink("the number of a process");
    case TypeKind::key_value:
        return sink("KEY=VALUE");
    case TypeKind::choice:
        return write_choices(sink, type);
    }
}

Text suggest_choice(const Type& type, Text text) {
    Nearest nearest(text);
    Choices choices(type);
    for (Choice each; choices.next(each);) nearest.look_at(each.name);
    return nearest.name();
}

} // namespace kindling::options
