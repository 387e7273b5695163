// SPDX-License-Identifier: MIT
//
// Verbs: the first positional word decides what the others mean. A verb is a case of the switch
// over the choice's id, as an option is:
//
//     VerbChoice choice = choose_verb(VERB_TABLE, parser);
//     switch (choice.id) {
//     VERB_NOARG("list", "Show the boot menu entries"):
//         return list(arguments);
//     VERB_ERROR:
//         write_error(sink, choice, "bootctl");
//         return exit_usage;
//     }
#pragma once

#include "options/option_parser.hpp"

namespace kindling::options {

enum class VerbError : uint8_t {
    none,
    unknown,
    none_given,
    too_few,
    too_many,
    wrong_option, ///< the parser has failed, see its error
};

/// The verb of a command line, or what is wrong with it.
struct VerbChoice {
    int id = error_id; ///< the case value; `error_id` if there is none
    Option verb;       ///< nothing if none was found
    VerbError error = VerbError::none;
    const char* typed = "";                 ///< the word that was to be a verb
    const char* const* arguments = nullptr; ///< behind the verb
    size_t arguments_count = 0;
    Table table;

    /// What an unknown verb was probably meant to be; nothing if nothing is near.
    Option suggestion() const;
};

/// Finds the verb and checks the number of its arguments. Names match exactly. Without words the
/// default verb is chosen, if there is one.
VerbChoice choose_verb(Table verbs, size_t words_count, const char* const* words);

/// The same for what a parser has left. After an error of the parser no verb is chosen, not even
/// the default one.
VerbChoice choose_verb(Table verbs, const Parser& parser);

/// The verb of exactly this name; nothing if there is none.
Option find_verb(Table verbs, Text name);

/// Prints a cause and what to do about it, in two lines.
void write_error(Sink sink, const VerbChoice& choice, Text program);

} // namespace kindling::options
