// SPDX-License-Identifier: MIT
//
// Completion scripts for shells, made from the tables: by the program itself, or by a tool that
// read the tables from the program's file. Both give the same text.
//
// A script is functions and no more: nothing runs when a shell reads it. It knows everything but
// the values of type `dynamic:WHAT`. For those it runs the program, when one is to be completed:
//
//     PROGRAM complete-values WHAT -- WORD...      if there is that verb, see VERB_COMMON_COMPLETE
//     PROGRAM --complete-values=WHAT -- WORD...    else, see OPTION_COMMON_COMPLETE
//
// The words are those of the command line before the one that is completed. The answer is a line
// per candidate: the value and, behind a tab, what it is.
#pragma once

#include "options/option_program.hpp"

namespace kindling::options {

/// In the order of OPTION_SHELL_VALUES.
enum class Shell : uint8_t { bash, zsh, fish };

/// Writes the script for a command of the program, under all its names. Without a name that is the
/// first one; a program that declares none of that name gets a script for the name alone.
///
/// bash  to be sourced; 4.2 or newer, with or without bash-completion
/// zsh   to be sourced, or a file in $fpath that begins with an underscore
/// fish  to be sourced, or a file in the directory of completions; 3.0 or newer
void write_completion(Sink sink, Shell shell, const Program& program, Text name = {});

/// The same on standard output, for OPTION_COMMON_COMPLETION: `parser.choice_as<Shell>()` is the
/// shell. Without a COMMAND the program's own name is completed. Gives the exit status, see
/// option_print.hpp.
int print_completion(const Parser& parser, Table commands, Table verbs, Shell shell);

/// Writes a line of the answer. Controls in it, such as line breaks, would end the line; a value
/// that has some is left out, in a description they become blanks.
void write_candidate(Sink sink, Text value, Text description);

} // namespace kindling::options
