// SPDX-License-Identifier: MIT
//
// Values of arguments: a type is a text of the declaration, so that parsing, help, errors,
// completions and introspection all read the same one.
//
// type              | accepts                                          | `Value` holds
// text              | anything but nothing                             | text
// bool              | yes y true t on 1, no n false f off 0, any case  | integer: 1, 0
// tristate          | the same, and auto                               | integer: 1, 0, -1
// int, int:-5..5    | decimal, 0x, 0o, 0b                              | integer
// uint, uint:0..23  | the same without a sign; either bound may lack   | number
// size              | 512, 10K, 1.5G: KMGTPE and KiB are powers of     | number: bytes
//                   | 1024, KB of 1000; size:infinity also "infinity"  |
// duration          | 90, 1.5h, "5min 20s": us ms s min h d w month y; | number: microseconds
//                   | duration:ms is the unit of a bare number, else s |
// path file dir     | a name; file:exists must be there                | text
// host user group unit | a name; verb is that of a verb                | text
// pid               | a process number                                 | number
// key=value         | split at the first '='                           | key, text
// a|b:its help|c    | one of these                                     | number: its place
// dynamic:WHAT      | a name; completed by the program itself          | text
//
// A ',' at the end makes it a list: "uint:0..23,". An empty argument then is an empty list, which
// by convention forgets what was given before.
#pragma once

#include "options/option_table.hpp"

namespace kindling::options {

enum class TypeKind : uint8_t {
    text,
    boolean,
    tristate,
    integer,
    unsigned_integer,
    size,
    duration,
    path,
    file,
    directory,
    host,
    user,
    group,
    unit,
    pid,
    key_value,
    choice,
    dynamic,
};

/// A type text, taken apart. Points into it.
struct Type {
    TypeKind kind = TypeKind::text;
    bool is_list = false;
    Text parameter; ///< behind the colon; of a choice the whole list
};

/// Never fails: what it does not know is text.
Type parse_type(Text type);

/// One of the values of a choice.
struct Choice {
    Text name;
    Text help; ///< empty if it has none
};
/// Walks them, in order.
class Choices {
public:
    explicit Choices(const Type& type)
        : items_(type.kind == TypeKind::choice ? type.parameter : Text(), '|') {}
    bool next(Choice& choice);

private:
    Items items_;
};

struct Value {
    TypeKind kind = TypeKind::text;
    union {
        int64_t integer = 0;
        uint64_t number;
    };
    Text key;
    Text text; ///< as it was given; of key=value what follows the '='
};

constexpr uint64_t infinity = ~uint64_t{0}; ///< of a size or duration

enum class ValueError : uint8_t {
    none,
    malformed,
    out_of_range,
    ambiguous, ///< a beginning of several choices
    not_there, ///< a file or directory that must exist
};

/// Reads one value, not a list. `accepts_prefix`: a unique beginning of a choice will do.
ValueError convert(const Type& type, Text text, bool accepts_prefix, Value& value);

/// The same for all types but choices; `value` has nothing but its kind and text yet.
ValueError convert_but_choice(const Type& type, Text text, Value& value);

/// True if a text, of a list each of its items, is a value; the beginning of a choice is none.
[[gnu::cold]] bool accepts(const Type& type, Text text);

/// "a number from 0 to 23", "pretty, short or off".
[[gnu::cold]] void write_expected(const Sink& sink, const Type& type);

/// "a, b and c", of "a|b|c" with or without help texts.
[[gnu::cold]] void write_enumeration(const Sink& sink, Text list, Text conjunction);

/// The choice that was probably meant; an empty text if none is near.
[[gnu::cold]] Text suggest_choice(const Type& type, Text text);

// What `convert` is made of, for arguments of a program's own. They change nothing on errors.

[[gnu::cold]] ValueError parse_bool(Text text, bool& value);
/// Decimal, 0x, 0o, 0b; whole text.
ValueError parse_integer(Text text, int64_t min, int64_t max, int64_t& value);
ValueError parse_unsigned(Text text, uint64_t min, uint64_t max, uint64_t& value);
[[gnu::cold]] ValueError parse_size(Text text, uint64_t& bytes);
/// `unit` is that of a bare number: "s" or another of the list above.
[[gnu::cold]] ValueError parse_duration(Text text, Text unit, uint64_t& microseconds);

} // namespace kindling::options
