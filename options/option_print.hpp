// SPDX-License-Identifier: MIT
//
// What nearly every program does with a page or an error: print it where it belongs.
#pragma once

#include "options/option_help.hpp"

namespace kindling::options {

/// The name of the program that the parser was given, without its directory.
Text program_name(const Parser& parser);

/// Writes "error: ..." and "hint: ..." to standard error. Gives the exit status, 2.
int print_error(const Parser& parser);
int print_error(const VerbChoice& choice);

/// Prints the page of --help to standard output; with a verb on the command line, that verb's.
/// Gives the exit status: 1 if it could not be written, 141 if nobody reads.
int print_help(const Parser& parser, Table commands, Table verbs = {});

/// `help VERB`: prints the page of the verb that the arguments of the choice name, or the whole.
int print_verb_help(const VerbChoice& choice, Table commands);

} // namespace kindling::options
