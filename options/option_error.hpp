// SPDX-License-Identifier: MIT
//
// What was wrong with a command line, for programs and for people.
#pragma once

#include "options/option_table.hpp"

namespace kindling::options {

enum class ErrorKind : uint8_t {
    none,
    unknown,       ///< no option of that name, or no name at all
    ambiguous,     ///< a beginning of several names
    missing,       ///< the option requires an argument
    superfluous,   ///< the option takes none
    in_bundle,     ///< the option took the next word, but others follow in its bundle
    invalid_value, ///< the program rejected the argument
    no_words,      ///< not even a program name
};

/// Exit status of a program whose command line was wrong.
constexpr int exit_usage = 2;

/// A wrong word. Points into the command line and the table.
struct ParseError {
    ErrorKind kind = ErrorKind::none;
    int word_index = 0;        ///< in the vector that was parsed
    size_t offset = 0;         ///< of the wrong part, in bytes of the word
    const char* word = "";     ///< the whole word
    Text typed;                ///< the name as typed, with its dashes; of a bundle "-x"
    Option option;             ///< what it was taken for; nothing if unknown or ambiguous
    const char* argument = ""; ///< the rejected or superfluous one
    const char* expected = ""; ///< of a rejected argument
    Scope scope;

    /// The options that an ambiguous word could mean, in order: pass nothing to get the first.
    Option next_candidate(Option previous) const;

    /// What was probably meant; nothing if nothing is near.
    Option suggestion() const;
};

/// Prints a cause and what to do about it, in two lines: "error: ..." and "hint: ...".
void write_error(Sink sink, const ParseError& error, Text program);

/// The option that `name` (without dashes) was probably meant to be: by case and underscores, as a
/// beginning, or by at most two typing mistakes. Never for names of one character.
Option suggest_long(const Scope& scope, Text name);

} // namespace kindling::options
