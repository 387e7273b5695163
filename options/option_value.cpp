// SPDX-License-Identifier: MIT
#include "options/option_value.hpp"

#include <string.h>
#include <sys/stat.h>

#include "options/option_suggest.hpp"

namespace kindling::options {
namespace {

/// What a unit stands for. A row of them ends with a factor of 0.
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
    {"", 0},
};
constexpr uint64_t kilo = 1000, kibi = 1024;
constexpr uint64_t mega = kilo * kilo, mebi = kibi * kibi;
constexpr uint64_t giga = mega * kilo, gibi = mebi * kibi;
constexpr Unit size_units[] = {
    {"B", 1},           {"K", kibi},         {"KiB", kibi},       {"KB", kilo},
    {"M", mebi},        {"MiB", mebi},       {"MB", mega},        {"G", gibi},
    {"GiB", gibi},      {"GB", giga},        {"T", gibi* kibi},   {"TiB", gibi* kibi},
    {"TB", giga* kilo}, {"P", gibi* mebi},   {"PiB", gibi* mebi}, {"PB", giga* mega},
    {"E", gibi* gibi},  {"EiB", gibi* gibi}, {"EB", giga* giga},  {"", 0},
};
constexpr uint64_t pid_last = 0x7fffffff;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    c = folded(c);
    return c >= 'a' && c <= 'z';
}

unsigned digit_of(char c) {
    if (is_digit(c)) return static_cast<unsigned>(c - '0');
    c = folded(c);
    return c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a' + 10) : 99;
}

/// Takes the digits at the start of a text. False if they say more than 64 bits can hold.
[[gnu::cold, gnu::noinline]] bool take_digits(Text& text, unsigned base, uint64_t& value) {
    bool fits = true;
    uint64_t sum = 0;
    size_t count = 0;
    for (; count < text.size(); count++) {
        unsigned digit = digit_of(text[count]);
        if (digit >= base) break;
        fits &= !__builtin_mul_overflow(sum, base, &sum);
        fits &= !__builtin_add_overflow(sum, digit, &sum);
    }
    text = text.from(count);
    value = sum;
    return fits;
}

/// 0 if there is no such unit.
uint64_t factor_of(const Unit* units, Text name) {
    while (units->factor && !equal(units->name, name)) units++;
    return units->factor;
}

/// Takes "1.5h" from the start of a text and adds it to the sum.
[[gnu::cold]] ValueError take_amount(const Unit* units, Text& text, Text bare_unit, uint64_t& sum) {
    uint64_t whole = 0, part = 0;
    size_t size = text.size();
    bool fits = take_digits(text, 10, whole);
    if (text.size() == size) return ValueError::malformed;
    const char* point = text.data();
    if (text.size() > 1 && *point == '.' && is_digit(point[1])) {
        text = text.from(1);
        take_digits(text, 10, part);
    }
    const char* digit = text.data();
    size_t letters = 0;
    while (letters < text.size() && is_letter(text[letters])) letters++;
    uint64_t factor = factor_of(units, letters ? text.first(letters) : bare_unit);
    text = text.from(letters);
    // "1 000" is no sum: a number without a unit is all there is.
    bool is_in_sum = !letters && !text.is_empty();
    if (!factor || is_in_sum) return ValueError::malformed;
    // From the last digit on, the rest of each division does not matter.
    part = 0;
    while (--digit > point) part = (part + static_cast<unsigned>(*digit - '0') * factor) / 10;
    fits &= !__builtin_mul_overflow(whole, factor, &whole);
    fits &= !__builtin_add_overflow(sum, whole, &sum);
    fits &= !__builtin_add_overflow(sum, part, &sum);
    return fits && sum != infinity ? ValueError::none : ValueError::out_of_range;
}

/// 1 for yes, 0 for no, -1 for auto; -2 for what is none of them.
[[gnu::cold]] int truth_of(Text text) {
    Items words("1 yes y true t on 0 no n false f off auto", ' ');
    Text word;
    for (int i = 0; words.next(word); i++)
        if (equal_when_folded(text, word)) return 1 - i / 6;
    return -2;
}

/// The two ends of "0..23", "1.." or "..9"; what lacks is empty.
struct Bounds {
    Text ends[2];
};
[[gnu::cold, gnu::noinline]] Bounds bounds_of(Text parameter) {
    size_t at = position_of(parameter, '.');
    if (at + 1 >= parameter.size()) return {};
    return {{parameter.first(at), parameter.from(at + 2)}};
}

/// Of signed numbers the bits, compared as such.
struct Range {
    bool is_signed;
    uint64_t min, max;
};

[[gnu::cold]] ValueError parse_number(Text text, const Range& range, uint64_t& value) {
    uint64_t sign = uint64_t{range.is_signed} << 63;
    bool is_negative = false;
    if (sign && !text.is_empty() && (text[0] == '-' || text[0] == '+')) {
        is_negative = text[0] == '-';
        text = text.from(1);
    }
    unsigned base = 10;
    if (text.size() > 2 && text[0] == '0') {
        char prefix = folded(text[1]);
        base = prefix == 'x' ? 16 : prefix == 'o' ? 8 : prefix == 'b' ? 2 : 10;
        if (base != 10) text = text.from(2);
    }
    uint64_t digits = 0;
    bool is_empty = text.is_empty(), fits = take_digits(text, base, digits);
    if (is_empty || !text.is_empty()) return ValueError::malformed;
    if (!fits || digits > sign - 1 + is_negative) return ValueError::out_of_range;
    if (is_negative) digits = 0 - digits;
    if ((digits ^ sign) < (range.min ^ sign) || (digits ^ sign) > (range.max ^ sign))
        return ValueError::out_of_range;
    value = digits;
    return ValueError::none;
}

[[gnu::cold]] ValueError convert_number(const Type& type, Text text, Value& value) {
    bool is_signed = type.kind == TypeKind::integer;
    uint64_t lowest = uint64_t{is_signed} << 63;
    Range range{is_signed, lowest, lowest - 1};
    if (type.kind == TypeKind::pid) range = {false, 1, pid_last};
    Bounds bounds = bounds_of(type.parameter);
    parse_number(bounds.ends[0], range, range.min);
    parse_number(bounds.ends[1], range, range.max);
    return parse_number(text, range, value.number);
}

[[gnu::cold]] ValueError convert_key_value(Text text, Value& value) {
    size_t equals = position_of(text, '=');
    if (equals == 0 || equals == text.size()) return ValueError::malformed;
    value.key = text.first(equals);
    value.text = text.from(equals + 1);
    return ValueError::none;
}

[[gnu::cold]] ValueError convert_name(const Type& type, Text text) {
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

// By the kind of the type; a choice is what it says.
constexpr char expected[] = "a text that is not empty\0"
                            "yes or no\0"
                            "yes, no or auto\0"
                            "a number\0"
                            "a number\0"
                            "a size such as 512, 10K or 1.5G\0"
                            "a duration such as 30s, 1.5h or 5min 20s\0"
                            "a path\0"
                            "a file\0"
                            "a directory\0"
                            "a host\0"
                            "a user\0"
                            "a group\0"
                            "a unit\0"
                            "the number of a process\0"
                            "KEY=VALUE\0"
                            "\0"
                            "a text that is not empty";

// Behind "a number"; by whether there is an upper bound, and 2 more if there is a lower one.
constexpr char ranges[] = "\0"
                          " not above %b\0"
                          " not below %a\0"
                          " from %a to %b";

[[gnu::cold]] void write_range(const Sink& sink, const Type& type) {
    if (type.kind == TypeKind::unsigned_integer && type.parameter.is_empty())
        return sink(" of 0 or more");
    Bounds bounds = bounds_of(type.parameter);
    unsigned which = 2u * !bounds.ends[0].is_empty() + !bounds.ends[1].is_empty();
    write_message(sink, message_at(ranges, which), bounds.ends);
}

} // namespace

ValueError parse_bool(Text text, bool& value) {
    int truth = truth_of(text);
    if (truth < 0) return ValueError::malformed;
    value = truth != 0;
    return ValueError::none;
}

ValueError parse_integer(Text text, int64_t min, int64_t max, int64_t& value) {
    uint64_t bits = 0;
    const Range range{true, static_cast<uint64_t>(min), static_cast<uint64_t>(max)};
    ValueError error = parse_number(text, range, bits);
    if (error == ValueError::none) value = static_cast<int64_t>(bits);
    return error;
}

ValueError parse_unsigned(Text text, uint64_t min, uint64_t max, uint64_t& value) {
    return parse_number(text, {false, min, max}, value);
}

ValueError parse_size(Text text, uint64_t& bytes) {
    uint64_t sum = 0;
    ValueError error = take_amount(size_units, text, "B", sum);
    if (error == ValueError::none && !text.is_empty()) return ValueError::malformed;
    if (error == ValueError::none) bytes = sum;
    return error;
}

ValueError parse_duration(Text text, Text unit, uint64_t& microseconds) {
    uint64_t sum = 0;
    ValueError error = ValueError::malformed;
    while (!text.is_empty()) {
        if (text[0] == ' ') {
            text = text.from(1);
            continue;
        }
        error = take_amount(time_units, text, unit, sum);
        if (error != ValueError::none) return error;
        unit = {}; // From the second number on each has its own.
    }
    if (error == ValueError::none) microseconds = sum;
    return error;
}

ValueError convert_but_choice(const Type& type, Text text, Value& value) {
    switch (type.kind) {
    case TypeKind::boolean:
    case TypeKind::tristate:
        value.integer = truth_of(text);
        if (value.integer >= (type.kind == TypeKind::boolean ? 0 : -1)) return ValueError::none;
        return ValueError::malformed;
    case TypeKind::integer:
    case TypeKind::unsigned_integer:
    case TypeKind::pid:
        return convert_number(type, text, value);
    case TypeKind::size:
    case TypeKind::duration:
        value.number = infinity;
        if (equal(text, "infinity") &&
            (type.kind == TypeKind::duration || equal(type.parameter, text)))
            return ValueError::none;
        if (type.kind == TypeKind::size) return parse_size(text, value.number);
        return parse_duration(text, type.parameter.is_empty() ? Text("s") : type.parameter,
                              value.number);
    case TypeKind::key_value:
        return convert_key_value(text, value);
    default:
        return convert_name(type, text);
    }
}

bool accepts(const Type& type, Text text) {
    Value value;
    if (!type.is_list) return convert(type, text, false, value) == ValueError::none;
    Items items(text, ',');
    for (Text item; items.next(item);)
        if (convert(type, item, false, value) != ValueError::none) return false;
    return true;
}

void write_enumeration(const Sink& sink, Text list, Text conjunction) {
    Choices choices({TypeKind::choice, false, list});
    Text separator;
    Choice each;
    for (bool has_more = choices.next(each); has_more; separator = ", ") {
        Text name = each.name;
        has_more = choices.next(each);
        sink(has_more || separator.is_empty() ? separator : conjunction);
        sink(name);
    }
}

void write_expected(const Sink& sink, const Type& type) {
    if (type.kind == TypeKind::choice) return write_enumeration(sink, type.parameter, " or ");
    sink(message_at(expected, static_cast<unsigned>(type.kind)));
    if (type.kind == TypeKind::integer || type.kind == TypeKind::unsigned_integer)
        write_range(sink, type);
    else if (type.kind >= TypeKind::path && type.kind <= TypeKind::directory &&
             equal(type.parameter, "exists"))
        sink(" that is there");
}

Text suggest_choice(const Type& type, Text text) {
    Nearest nearest(text);
    Choices choices(type);
    for (Choice each; choices.next(each);) nearest.look_at(each.name);
    return nearest.name();
}

} // namespace kindling::options
