// SPDX-License-Identifier: MIT
//
// What the generator reads and writes.
#pragma once

#include "options/option_elf.hpp"

#include <string>
#include <vector>

namespace kindling::options {

/// Why something failed, for people.
struct Failure {
    std::string what; ///< one line without a full stop; empty: it did not fail
    std::string hint; ///< may be empty

    explicit operator bool() const { return !what.empty(); }
};

/// The tables of a program that is not run.
class ProgramFile {
public:
    Failure read(const std::string& path);

    Table options() const { return options_.table; }
    Table verbs() const { return verbs_.table; }
    Table commands() const { return commands_.table; }

private:
    struct Part {
        std::vector<uint64_t> words; // aligned as records are
        Table table;
    };
    static ElfProblem read_part(const std::vector<unsigned char>& file, const ElfSection& section,
                                RecordKind kind, bool is_swapped, Part& part);

    Part options_, verbs_, commands_;
};

/// Text that becomes a file, or goes to standard output.
class Output {
public:
    Sink sink();
    const std::string& text() const { return text_; }

    /// Without a path, or with "-", prints the text. A file appears under its name when it is whole
    /// and on the disk; what is no regular file is written to as it is.
    ///
    /// is_pipe_closed  out: the reader went away, which is no failure to speak of
    Failure write(const char* path, bool& is_pipe_closed) const;

private:
    std::string text_;
};

} // namespace kindling::options
