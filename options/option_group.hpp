// SPDX-License-Identifier: MIT
//
// Groups of options that belong to some verbs only, see OPTION_GROUP_VERBS. Most programs have none
// and do not contain this: the macro asks for it by `option_parser_note_group`, and what is always
// there refers to it weakly.
#pragma once

#include "options/option_verb.hpp"

namespace kindling::options {

/// Makes the choice an error if an option was given that belongs to other verbs.
[[gnu::cold]] void check_options(VerbChoice& choice);

/// Of the message about that: 'g', the verbs that it belongs to, or 'o', the option.
[[gnu::cold]] void write_group_part(const Sink& sink, char letter, const VerbChoice& choice);

} // namespace kindling::options
