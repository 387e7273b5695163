// SPDX-License-Identifier: MIT
//
// What most programs do with help and errors, in one call each: print them where they belong, and
// give the exit status.
#pragma once

#include "options/option_help.hpp"

namespace kindling::options {

constexpr int exit_pipe = 128 + 13; ///< nobody reads the output; nothing is said

/// argv[0] without its directory.
Text program_name(const Parser& parser);

/// --help: the page that the command line asks for, on standard output. Call it in the option's
/// case; `verbs` may be empty. The exit status: 0, 1 if writing failed, or that of a pipe. The
/// environment variable OPTION_PROGRAM_NAME stands for argv[0], for a program of many names that
/// runs where it was built. Tables that are not what they should be are a bug and stop the program.
int print_help(const Parser& parser, Table commands, Table verbs = {});

/// `help VERB...`: the page of the verb that the arguments of the choice name.
int print_verb_help(const VerbChoice& choice, Table commands);

/// The error of a parser or of a verb, on standard error. The exit status, 2; 0 for a verb that does
/// nothing in a chroot or offline, see VERB_ONLINE_ONLY.
int print_error(const Parser& parser);
int print_error(const VerbChoice& choice);

/// Writes out what is left and tells what went wrong. The exit status, as of `print_help`.
int finish(FileSink& out);

} // namespace kindling::options
