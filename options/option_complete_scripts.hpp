// SPDX-License-Identifier: MIT
//
// The parts of completion scripts that are the same for every program. "@@" stands for the name of
// the program's function. They read two tables, which are functions that call another one, given by
// its name, with the columns of each row:
//
// options  SPACE VERBS KEY SHORT LONG TAKES FLAGS TYPE HELP
// verbs    PARENT NAME PATH FLAGS SPACE MAX TYPES HELP
//
// SPACE is empty for the options of the program, else the namespace of a verb's own. VERBS are
// those that have the option, by '|'; empty: all. KEY is the same for all names of an option. TAKES
// is '=' or '?' for a required or optional argument. FLAGS are h: hidden, r: may be repeated, s:
// stops parsing, v: has verbs. MAX is empty if there is no limit. The row without NAME is where a
// command line begins. TYPE and TYPES are those of the declarations.
#pragma once

namespace kindling::options {

/// Reads the words before the current one, and tells what the current one is; for bash and zsh.
extern const char* const completion_scan_script;

/// Offers what fits.
extern const char* const completion_bash_script;
extern const char* const completion_zsh_script;
extern const char* const completion_fish_script;

} // namespace kindling::options
