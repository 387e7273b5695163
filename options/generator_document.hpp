// SPDX-License-Identifier: MIT
//
// The verbs `json`, `man` and `markdown` of the generator.
#pragma once

#include "options/generator_file.hpp"
#include "options/option_introspect.hpp"

namespace kindling::options {

/// What --introspect-cli of the program prints, but for what only the running program knows; or the
/// description that was read for its own sake.
void write_json(Sink sink, const ProgramFile& file, JsonLayout layout);

/// Sections of a manual page per command, or markdown.
void write_man(Sink sink, const ProgramFile& file);
void write_markdown(Sink sink, const ProgramFile& file);

/// A manual page whose options and verbs are to be those of a program.
class ManualPage {
public:
    Failure read(const std::string& path);

    /// What differs, each a line: options and verbs that the page lacks, that are no more, and
    /// options that take an argument on one side only.
    std::vector<std::string> compare(const ProgramFile& file) const;

private:
    struct Entry {
        std::string name; ///< "-s", "--long" or the path of a verb
        bool takes_argument = false;
        size_t line = 0;
    };

    void read_line(std::string_view line, size_t number);
    void read_option(std::string_view line, size_t number);
    void read_verb(std::string_view line, size_t number);

    std::string path_, section_;
    std::vector<Entry> options_, verbs_;
};

} // namespace kindling::options
