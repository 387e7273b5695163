// SPDX-License-Identifier: MIT
//
// Finds the records of a program in its ELF file, without running it. The file may come from
// anywhere: everything in it is checked before it is used.
#pragma once

#include "options/option_table.hpp"

namespace kindling::options {

/// What is wrong with a file.
struct ElfProblem {
    const char* what = nullptr; ///< static text without a full stop; null: nothing
    const char* hint = nullptr; ///< what to do about it; null: nothing to say
    uint64_t where = 0;         ///< byte of the file, or of the section for `read_table`

    explicit operator bool() const { return what != nullptr; }
};

/// Bytes of a file.
struct ElfSection {
    size_t offset = 0;
    size_t size_bytes = 0; ///< 0 if there is no such section
};

/// Where the records of a program are.
struct ElfSections {
    ElfSection options, verbs, commands;
    bool is_swapped = false; ///< the file has the other order of bytes than this machine
};

constexpr size_t elf_section_size_max = 1024 * 1024; ///< of the records of one kind
constexpr size_t elf_records_max = 4096;

/// Finds them in an executable, static or not, or a shared library, for 32 or 64 bits, of either
/// byte order; stripped or not, as long as it has section headers.
ElfProblem find_sections(const unsigned char* file, size_t size_bytes, ElfSections& sections);

/// What a section holds.
enum class RecordKind : uint8_t { option, verb, command };

/// Checks the records of a section and turns their bytes to the order of this machine, in place.
///
/// records  a copy of the section's bytes, aligned to 8; `table` points into it
ElfProblem read_table(unsigned char* records, size_t size_bytes, RecordKind kind, bool is_swapped,
                      Table& table);

} // namespace kindling::options
