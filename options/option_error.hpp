// SPDX-License-Identifier: MIT
//
// What was wrong with a command line, for programs and for people.
#pragma once

#include "options/option_table.hpp"
#include "options/option_value.hpp"

namespace kindling::options {

enum class ErrorKind : uint8_t {
    none,
    unknown,       ///< no option of that name, or no name at all
    ambiguous,     ///< a beginning of several names
    missing,       ///< the option requires an argument
    superfluous,   ///< the option takes none
    in_bundle,     ///< the option took the next word, but others follow in its bundle
    invalid_value, ///< the argument is not of the option's type, or the program rejected it
    no_words,      ///< not even a program name
    extra_word,    ///< a positional more than the program takes
    missing_word,  ///< one less than it needs
};

/// Exit status of a program whose command line was wrong.
constexpr int exit_usage = 2;

struct ParseError;

/// Writes to which verb an unknown option belongs; false if to none.
using WriteOwner = bool (*)(const Sink& sink, const ParseError& error);
[[gnu::cold]] bool write_owner(const Sink& sink, const ParseError& error);

/// A wrong word. Points into the command line and the table.
struct ParseError {
    ErrorKind kind = ErrorKind::none;
    ValueError value_error = ValueError::none; ///< of an argument that is not of its type
    bool is_behind_dashes = false;             ///< of an extra word
    bool is_behind_word = false; ///< of an extra word: options ended at the first positional
    int word_index = 0;          ///< in the vector that was parsed
    Text typed;                  ///< the name as typed, with its dashes; of a bundle "x"
    Scope scope;
    size_t offset = 0;              ///< of the wrong part, in bytes of the word
    const char* word = "";          ///< the whole word
    Option option;                  ///< what it was taken for; nothing if unknown or ambiguous
    Text argument;                  ///< the rejected or superfluous one, or the word behind `after`
    const char* expected = nullptr; ///< of an argument that the program rejected
    Table verbs;                    ///< those of the program, if the parser knows them
    WriteOwner write_owner = nullptr; ///< then this too
    Option after; ///< of an extra word: the option before it or an earlier one, if its argument is
                  ///< optional and was not given

    explicit operator bool() const { return kind != ErrorKind::none; }

    /// The options that an ambiguous word could mean, in order: pass nothing to get the first.
    [[gnu::cold]] Option next_candidate(Option previous) const;

    /// What was probably meant; nothing if nothing is near.
    [[gnu::cold]] Option suggestion() const;

    /// The verb that has an option of the unknown name; nothing if none has.
    [[gnu::cold]] Option owner() const;
};

/// Prints a cause and, where there is something to say, what to do about it: "error: ..." and
/// "hint: ...".
[[gnu::cold]] void write_error(const Sink& sink, const ParseError& error, Text program) noexcept;

/// The same in two pieces without a label or line break, for programs with messages of their own.
[[gnu::cold]] void write_cause(const Sink& sink, const ParseError& error) noexcept;
[[gnu::cold]] void write_hint(const Sink& sink, const ParseError& error, Text program) noexcept;

/// What is known about the wrong word beyond its cause, as a sentence; false if that is nothing.
[[gnu::cold]] bool write_remedy(const Sink& sink, const ParseError& error);

/// The option that `name` (without dashes) was probably meant to be, see `Nearest`.
[[gnu::cold]] Option suggest_long(const Scope& scope, Text name);

/// "--name" or "-n"; of a verb or group the name.
[[gnu::cold]] void write_name(const Sink& sink, Option option);

/// The names that `next` gives, the first when it is handed nothing, until it gives nothing. The
/// separator stands before the first; before the others a comma.
using NextName = Option (*)(const void* about, Option previous);
[[gnu::cold]] void write_names(const Sink& sink, Text separator, NextName next, const void* about);

} // namespace kindling::options
