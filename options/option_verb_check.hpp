// SPDX-License-Identifier: MIT
//
// What is checked of a verb beyond its name and the number of its words: options that belong to
// other verbs, types of its arguments, and whether it needs the running system. Most programs have
// nothing of that and do not contain this: the macros ask for it by `option_parser_note_group` and
// `option_link_verb_check`, and what is always there refers to it weakly.
#pragma once

#include "options/option_verb.hpp"

namespace kindling::options {

/// Makes the choice an error if something of that is wrong.
[[gnu::cold]] void check_choice(VerbChoice& choice);

/// Parts of the message about it: 'g' the verbs that the option belongs to, 'k' what kind of value
/// the argument takes, 'm' its name, 'o' the option, 's' a suggestion.
[[gnu::cold]] void write_check_part(const Sink& sink, char letter, const VerbChoice& choice);

} // namespace kindling::options
