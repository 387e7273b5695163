// SPDX-License-Identifier: MIT
//
// What the generator reads and writes.
#pragma once

#include "options/generator_introspection.hpp"
#include "options/option_elf.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kindling::options {

/// Why something failed, for people.
struct Failure {
    std::string what; ///< one line without a full stop; empty: it did not fail
    std::string hint; ///< may be empty

    explicit operator bool() const { return !what.empty(); }
};

/// Quoted and safe for a terminal.
std::string quoted_path(const std::string& path);

/// All of a file, or what a pipe gives until its end; "-" is standard input.
Failure read_text(const std::string& path, std::string& text);

/// The tables of a program that is not run, from its ELF file or from a description in JSON.
class ProgramFile {
public:
    /// What is made of a description.
    enum class Purpose : uint8_t {
        tables,   ///< what a program that was built would have
        document, ///< the description itself, in the present shape; the tables besides
    };

    /// What begins with '{' is a description.
    Failure read(const std::string& path, Purpose purpose = Purpose::tables);

    /// Those of an ELF file share their tables and are one; a description has one per command.
    const std::vector<Program>& programs() const { return programs_; }

    bool is_description() const { return !views_.empty(); }

    /// A description that was read for its own sake, in the present shape; null if there is none.
    const JsonValue* document() const { return document_ ? &*document_ : nullptr; }

    /// What could not be kept of a description, each a line.
    const std::vector<std::string>& warnings() const { return warnings_; }

    // The tables of the first.
    Table options() const { return programs_[0].options.table; }
    Table verbs() const { return programs_[0].verbs; }
    Table commands() const { return programs_[0].commands; }

private:
    struct Part {
        std::vector<uint64_t> words; // aligned as records are
        Table table;
    };
    static ElfProblem read_part(std::string_view file, const ElfSection& section, RecordKind kind,
                                bool is_swapped, Part& part);

    Failure read_elf(const std::string& path, std::string_view file);
    Failure read_description(const std::string& path, std::string_view file, Purpose purpose);

    Part options_, verbs_, commands_;
    DescribedProgram described_;
    std::optional<JsonValue> document_;
    std::deque<DescribedView> views_;
    std::vector<Program> programs_;
    std::vector<std::string> warnings_;
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
