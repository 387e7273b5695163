// SPDX-License-Identifier: MIT
#include "options/option_value.hpp"

#include <string.h>
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

enum class Amount : uint8_t { size, duration };
uint64_t size_factor(Text unit);
uint64_t time_factor(Text unit);

/// Takes "1.5h" from the start of a text and adds it to the sum. Sizes are the whole text.
[[gnu::cold]] ValueError take_amount(Amount amount, Text& text, Text bare_unit, uint64_t& sum) {
    constexpr uint64_t parts_max = 1'000'000'000'000'000;
    uint64_t whole = 0, part = 0, parts = 1; // and `part` of `parts`
    bool is_too_large = false;
    size_t at = 0, end = text.size();
    for (; at < end && is_digit(text[at]); at++) {
        is_too_large |= __builtin_mul_overflow(whole, 10u, &whole);
        is_too_large |= __builtin_add_overflow(whole, digit_of(text[at]), &whole);
    }
    if (at == 0) return ValueError::malformed;
    if (at + 1 < end && text[at] == '.' && is_digit(text[at + 1])) {
        for (at++; at < end && is_digit(text[at]); at++) {
            if (parts == parts_max) continue; // Too small to matter.
            part = part * 10 + digit_of(text[at]);
            parts *= 10;
        }
    }
    size_t behind = at;
    if (amount == Amount::duration)
        while (behind < end && text[behind] >= 'a' && text[behind] <= 'z') behind++;
    else
        behind = end;
    Text unit(text.data() + at, behind - at);
    text = from(text, behind);
    uint64_t factor = amount == Amount::size ? size_factor(unit)
                                             : time_factor(unit.is_empty() ? bare_unit : unit);
    // "1 000" is no sum: a number without a unit is all there is.
    bool is_in_sum = unit.is_empty() && !text.is_empty();
    if (!factor || is_in_sum) return ValueError::malformed;
    is_too_large |= __builtin_mul_overflow(whole, factor, &whole);
    unsigned __int128 product = static_cast<unsigned __int128>(part) * factor;
    is_too_large |= __builtin_add_overflow(whole, static_cast<uint64_t>(product / parts), &whole);
    is_too_large |= __builtin_add_overflow(sum, whole, &sum);
    return is_too_large || sum == infinity ? ValueError::out_of_range : ValueError::none;
}

/// What K, KB, KiB and so on stand for; 0 if `unit` is none of them.
uint64_t size_factor(Text unit) {
    constexpr Text letters = "KMGTPE";
    if (unit.is_empty() || equal(unit, "B")) return 1;
    size_t power = position_of(letters, unit[0]);
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

/// Of a signed number the bits, compared as such.
ValueError parse_number(Text text, bool is_signed, uint64_t min, uint64_t max, uint64_t& value) {
    uint64_t sign = is_signed ? uint64_t{1} << 63 : 0;
    bool is_negative = false;
    if (is_signed && !text.is_empty() && (text[0] == '-' || text[0] == '+')) {
        is_negative = text[0] == '-';
        text = from(text, 1);
    }
    uint64_t digits = 0;
    ValueError error = parse_digits(text, digits);
    if (error != ValueError::none) return error;
    if (is_signed && digits > sign - !is_negative) return ValueError::out_of_range;
    if (is_negative) digits = 0 - digits;
    if ((digits ^ sign) < (min ^ sign) || (digits ^ sign) > (max ^ sign))
        return ValueError::out_of_range;
    value = digits;
    return ValueError::none;
}

ValueError convert_number(const Type& type, Text text, Value& value) {
    Bounds bounds = bounds_of(type.parameter);
    bool is_signed = type.kind == TypeKind::integer, is_pid = type.kind == TypeKind::pid;
    uint64_t min = is_signed ? uint64_t{1} << 63 : is_pid;
    uint64_t max = is_signed ? INT64_MAX : is_pid ? pid_last : UINT64_MAX;
    uint64_t lowest = is_signed ? min : 0, highest = is_signed ? max : UINT64_MAX;
    parse_number(bounds.min, is_signed, lowest, highest, min);
    parse_number(bounds.max, is_signed, lowest, highest, max);
    uint64_t number = 0;
    ValueError error = parse_number(text, is_signed, min, max, number);
    if (is_signed)
        value.integer = static_cast<int64_t>(number);
    else
        value.number = number;
    return error;
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
    size_t equals = position_of(text, '=');
    if (equals == 0 || equals == text.size()) return ValueError::malformed;
    value.key = {text.data(), equals};
    value.text = from(text, equals + 1);
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

// By the kind of the type; `part_of` says what the letters are.
constexpr char expected[] = "a text that is not empty\0"
                            "yes or no\0"
                            "yes, no or auto\0"
                            "a number%r\0"
                            "a number%u\0"
                            "a size such as 512, 10K or 1.5G\0"
                            "a duration such as 30s, 1.5h or 5min 20s\0"
                            "a path%e\0"
                            "a file%e\0"
                            "a directory%e\0"
                            "a host\0"
                            "a user\0"
                            "a group\0"
                            "a unit\0"
                            "the number of a process\0"
                            "KEY=VALUE\0"
                            "%c\0"
                            "a text that is not empty";

void write_range(Sink sink, Text parameter) {
    Bounds bounds = bounds_of(parameter);
    Text texts[] = {bounds.min, bounds.max};
    if (bounds.min.is_empty() && bounds.max.is_empty()) return;
    const char* message = bounds.max.is_empty() ? " not below %A" : " from %A to %B";
    write_message(sink, bounds.min.is_empty() ? " not above %B" : message, texts);
}

Text part_of(const Sink& sink, char letter, const void* about) {
    Text parameter = *static_cast<const Text*>(about);
    switch (letter) {
    case 'c': // choices
        write_enumeration(sink, parameter, " or ");
        return {};
    case 'e': // exists
        return equal(parameter, "exists") ? " that is there" : Text();
    case 'u': // an unsigned range
        if (parameter.is_empty()) return " of 0 or more";
        [[fallthrough]];
    default: // 'r'
        write_range(sink, parameter);
        return {};
    }
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
    Text item;
    if (!items_.next(item)) return false;
    size_t colon = position_of(item, ':');
    choice.name = {item.data(), colon};
    choice.help = colon < item.size() ? from(item, colon + 1) : Text();
    return true;
}

ValueError parse_bool(Text text, bool& value) {
    constexpr unsigned yes_count = 6, count = 12;
    const char* word = "1\0yes\0y\0true\0t\0on\0000\0no\0n\0false\0f\0off";
    for (unsigned i = 0; i < count; i++, word += strlen(word) + 1) {
        if (!equal_in_any_case(text, word)) continue;
        value = i < yes_count;
        return ValueError::none;
    }
    return ValueError::malformed;
}

ValueError parse_integer(Text text, int64_t min, int64_t max, int64_t& value) {
    uint64_t bits = 0;
    ValueError error =
        parse_number(text, true, static_cast<uint64_t>(min), static_cast<uint64_t>(max), bits);
    if (error == ValueError::none) value = static_cast<int64_t>(bits);
    return error;
}

ValueError parse_unsigned(Text text, uint64_t min, uint64_t max, uint64_t& value) {
    return parse_number(text, false, min, max, value);
}

ValueError parse_size(Text text, uint64_t& bytes) {
    uint64_t sum = 0;
    ValueError error = take_amount(Amount::size, text, {}, sum);
    if (error == ValueError::none) bytes = sum;
    return error;
}

ValueError parse_duration(Text text, Text unit, uint64_t& microseconds) {
    uint64_t sum = 0;
    ValueError error = ValueError::malformed;
    while (!text.is_empty()) {
        if (text[0] == ' ') {
            text = from(text, 1);
            continue;
        }
        error = take_amount(Amount::duration, text, unit, sum);
        if (error != ValueError::none) return error;
        unit = {}; // From the second number on each has its own.
    }
    if (error == ValueError::none) microseconds = sum;
    return error;
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

void write_enumeration(Sink sink, Text list, Text conjunction) {
    Type type{TypeKind::choice, false, list};
    size_t count = 0;
    Choice each;
    for (Choices choices(type); choices.next(each);) count++;
    Choices choices(type);
    for (size_t i = 0; choices.next(each); i++) {
        if (i) sink(i + 1 < count ? ", " : conjunction);
        sink(each.name);
    }
}

void write_expected(Sink sink, const Type& type) {
    write_message(sink, message_at(expected, static_cast<unsigned>(type.kind)), part_of,
                  &type.parameter);
}

Text suggest_choice(const Type& type, Text text) {
    Nearest nearest(text);
    Choices choices(type);
    for (Choice each; choices.next(each);) nearest.look_at(each.name);
    return nearest.name();
}

} // namespace kindling::options
