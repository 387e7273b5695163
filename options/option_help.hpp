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

/// How it is shown.
struct HelpStyle {
    size_t columns = 80; ///< of the terminal
    bool use_color = false;
    bool use_links = false;  ///< OSC 8 hyperlinks
    bool use_unicode = true; ///< else "..." for "…"
};

/// The whole page. Rows without help are left out, and groups in which nothing is left.
void write_help(Sink sink, const Command& command, const Scope& options, Table verbs,
                const HelpStyle& style);

/// The page of one verb: its usage, what it does, its own options and those of every verb.
void write_verb_help(Sink sink, const Command& command, Option verb, const Scope& options,
                     const HelpStyle& style);

} // namespace kindling::options
