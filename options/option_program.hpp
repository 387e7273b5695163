// SPDX-License-Identifier: MIT
//
// A whole program as its tables describe it: what the manual, markdown and introspection are made
// of.
#pragma once

#include "options/option_value.hpp"
#include "options/option_verb.hpp"

namespace kindling::options {

/// The tables of a program, and what they do not know. Everything is borrowed.
struct Program {
    Table commands; ///< of COMMAND; COMMAND_TABLE in the program itself
    Table verbs;
    Scope options;                         ///< `parser.scope()`; of a file see `main_scope`
    const char* project = nullptr;         ///< what the program is a part of; null: not told
    const char* const* versions = nullptr; ///< the first is its own
    size_t versions_count = 0;
    const char* const* features = nullptr; ///< such as "+gzip"
    size_t features_count = 0;
};

/// The command of that name; the first if the name is null; nothing if there is none.
Option find_command(Table commands, const char* name);

/// The options of a command: those in the namespace that it names, else those of the program.
Scope options_of(const Program& program, Option command);

/// The options of a table whose program does not run, so that no parser knows where they are: the
/// namespace without a name, or that of a loop, which has most of them.
Scope main_scope(Table options);

/// The verbs below a path, "" or "remote add".
Scope verbs_of(const Table& verbs, const char* path);

/// True if the program has verbs.
bool has_any_verb(const Program& program);

/// True if the verb of `complete_values_name` is there to be asked for values, not the option.
bool is_asked_by_verb(const Program& program);

/// The options that only a verb understands; a scope without records if it has none.
Scope own_options_of(const Scope& options, Option verb);

/// What is declared about the words of a program without verbs, their metavar and type; nothing if
/// there is nothing.
Option positional_of(const Scope& options);

/// Appends a name to a path of verbs, with a blank between; false if it is too long.
bool append_verb(char (&path)[verb_path_size_max + 1], Text name);

/// One of the words that a synopsis asks for.
struct Positional {
    Text name; ///< without brackets and dots
    Text type; ///< empty if it has none
    bool is_optional = false;
    bool is_repeatable = false;
};

/// Walks them: those of "FILE [DIRECTORY…]". Options in a synopsis are none.
class Positionals {
public:
    /// Of a verb, or of a command that has no verbs.
    explicit Positionals(Option verb);

    /// False at the end.
    bool next(Positional& positional);

private:
    bool next_word(Positional& word);

    Items words_;
    Items types_;
    Text type_;
    unsigned depth_ = 0; ///< of brackets
    unsigned count_ = 0;
    unsigned count_min_;
    Positional waiting_; ///< until it is known whether dots follow
    bool has_waiting_ = false;
};

/// Walks paragraphs: what stands between empty lines.
class Paragraphs {
public:
    explicit Paragraphs(Text text) : rest_(text) {}
    bool next(Text& paragraph);

private:
    Text rest_;
};

} // namespace kindling::options
