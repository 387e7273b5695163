// SPDX-License-Identifier: MIT
//
// The page that --help prints, made from the tables.
#pragma once

#include "options/option_verb.hpp"

namespace kindling::options {

/// What the tables do not know about a program.
struct Command {
    const char* name = "";
    const char* abstract = "";       ///< one sentence
    const char* arguments = nullptr; ///< null: "[OPTION…] VERB …" or "[OPTION…]"
    const char* footer = nullptr;
    const char* man_page = nullptr; ///< "bootctl(1)"
};

/// What COMMAND declares under that name, or the only one whatever its name: programs get renamed.
/// Nothing but the name if there is none. Of several manual pages the first is told.
struct CommandTexts {
    char name[64] = "";
    char man_page[64] = "";
    Command command; ///< points into this object and the table
};
void read_command(Table commands, Text name, CommandTexts& texts);

/// How it is shown.
struct HelpStyle {
    size_t columns = 80; ///< of the terminal
    bool use_color = false;
    bool use_links = false;  ///< OSC 8 hyperlinks
    bool use_unicode = true; ///< else "..." for "…"
};

/// What suits a file descriptor: its columns, at most 80; colors and links if it is a terminal that
/// can. NO_COLOR, CLICOLOR_FORCE and TERM=dumb decide in that order. Source: no-color.org,
/// bixense.com/clicolors.
HelpStyle style_of(int fd);
bool uses_color(int fd);

/// The whole page. Rows without help are left out, and groups in which nothing is left.
void write_help(Sink sink, const Command& command, const Scope& options, Table verbs,
                const HelpStyle& style);

/// The page that a command line asks for with --help, anywhere in it: that of its verb, else the
/// whole.
void write_help(Sink sink, const Command& command, const Parser& parser, Table verbs,
                const HelpStyle& style);

/// The page of one verb, see `follow_verbs`: its usage, what it does, verbs below it, its own
/// options, those that every verb has, and its details.
void write_verb_help(Sink sink, const Command& command, const VerbChoice& choice,
                     const Scope& options, const HelpStyle& style);

} // namespace kindling::options
