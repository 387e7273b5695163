// SPDX-License-Identifier: MIT
//
// Small ELF files that are put together in memory: headers, sections with contents, their names.
#pragma once

#include "tests/options/record_table.hpp"

#include <cstdint>
#include <elf.h>
#include <string>
#include <vector>

namespace kindling::options {

using FileBytes = std::vector<unsigned char>;

/// A section and what is odd about it.
struct ElfPart {
    std::string name;
    FileBytes contents;
    uint32_t type = SHT_PROGBITS;
    uint64_t flags = SHF_ALLOC;
};

class ElfFile {
public:
    bool is_wide = true;
    bool is_big = false;
    std::vector<ElfPart> parts;

    FileBytes bytes() const {
        FileBytes file(is_wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr));
        std::vector<Section> sections(1);
        std::string names(1, '\0');
        for (const ElfPart& part : parts) sections.push_back(place(file, names, part));
        ElfPart own{".shstrtab", {}, SHT_STRTAB, 0};
        size_t name = names.size();
        names += own.name + '\0';
        own.contents.assign(names.begin(), names.end());
        std::string ignored;
        sections.push_back(place(file, ignored, own));
        sections.back().name = name;
        uint64_t offset = file.size();
        for (const Section& section : sections) append(file, section);
        write_header(file, offset, sections.size());
        return file;
    }

    /// A number of the file's order at some place of it.
    void put(FileBytes& file, size_t at, uint64_t value, size_t size) const {
        for (size_t i = 0; i < size; i++)
            file[at + (is_big ? size - 1 - i : i)] = static_cast<unsigned char>(value >> 8 * i);
    }

private:
    struct Section {
        uint64_t name = 0, type = 0, flags = 0, offset = 0, size = 0;
    };

    static Section place(FileBytes& file, std::string& names, const ElfPart& part) {
        file.resize((file.size() + 7) / 8 * 8);
        Section section{names.size(), part.type, part.flags, file.size(), part.contents.size()};
        names += part.name + '\0';
        file.insert(file.end(), part.contents.begin(), part.contents.end());
        return section;
    }

    void append(FileBytes& file, const Section& section) const {
        size_t wide = is_wide ? 8 : 4, at = file.size();
        file.resize(at + (is_wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr)));
        const uint64_t values[] = {section.name,   section.type, section.flags, 0,
                                   section.offset, section.size};
        const size_t sizes[] = {4, 4, wide, wide, wide, wide};
        for (size_t i = 0; i < 6; at += sizes[i++]) put(file, at, values[i], sizes[i]);
    }

    void write_header(FileBytes& file, uint64_t offset, size_t count) const {
        std::memcpy(file.data(), ELFMAG, SELFMAG);
        file[EI_CLASS] = is_wide ? ELFCLASS64 : ELFCLASS32;
        file[EI_DATA] = is_big ? ELFDATA2MSB : ELFDATA2LSB;
        file[EI_VERSION] = EV_CURRENT;
        put(file, is_wide ? 0x28 : 0x20, offset, is_wide ? 8 : 4);
        put(file, is_wide ? 0x3a : 0x2e, is_wide ? 64 : 40, 2);
        put(file, is_wide ? 0x3c : 0x30, count, 2);
        put(file, is_wide ? 0x3e : 0x32, count - 1, 2);
    }
};

/// The records as the macros lay them out: those of tests have more bytes at their end.
inline FileBytes bytes_of_table(Table table) {
    FileBytes bytes;
    for (const unsigned char* at = table.first; at != table.end;) {
        Option record(at);
        Text last = record.details();
        const char* end = last.data() + last.size() + 1;
        size_t size = static_cast<size_t>(reinterpret_cast<const unsigned char*>(end) - at);
        RecordHeader header;
        std::memcpy(&header, at, sizeof(header));
        header.size_bytes = static_cast<uint16_t>((size + 7) / 8 * 8);
        auto* first = reinterpret_cast<const unsigned char*>(&header);
        bytes.insert(bytes.end(), first, first + sizeof(header));
        bytes.insert(bytes.end(), at + sizeof(header), at + header.size_bytes);
        at += record.record_size_bytes();
    }
    return bytes;
}

} // namespace kindling::options
