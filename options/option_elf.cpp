// SPDX-License-Identifier: MIT
#include "options/option_elf.hpp"

#include <elf.h>
#include <string.h>

namespace kindling::options {
namespace {

constexpr const char* hint_sections =
    "declarations are found by their section headers; read the file as its linker wrote it, or one "
    "that only 'strip' has changed";

/// Reads numbers of the file's own size and order; the caller has checked that they are there.
class Reader {
public:
    Reader(const unsigned char* file, size_t size_bytes)
        : file_(file), size_bytes_(size_bytes), is_wide_(file[EI_CLASS] == ELFCLASS64),
          is_big_(file[EI_DATA] == ELFDATA2MSB) {}

    bool is_wide() const { return is_wide_; }
    bool is_big() const { return is_big_; }

    /// True if the file has that many bytes there.
    bool has(uint64_t offset, uint64_t count) const {
        return offset <= size_bytes_ && count <= size_bytes_ - offset;
    }

    uint64_t number(size_t offset, size_t bytes) const {
        uint64_t value = 0;
        for (size_t i = 0; i < bytes; i++)
            value = value << 8 | file_[offset + (is_big_ ? i : bytes - 1 - i)];
        return value;
    }

    const unsigned char* at(size_t offset) const { return file_ + offset; }

private:
    const unsigned char* file_;
    size_t size_bytes_;
    bool is_wide_, is_big_;
};

/// A field that lies elsewhere, and is of another size, in files for 32 and 64 bits.
struct Field {
    size_t wide_offset, wide_bytes;
    size_t narrow_offset, narrow_bytes;

    uint64_t of(const Reader& reader, size_t start) const {
        return reader.is_wide() ? reader.number(start + wide_offset, wide_bytes)
                                : reader.number(start + narrow_offset, narrow_bytes);
    }
};

// Source: System V ABI, "ELF Header" and "Section Header".
constexpr Field headers_offset{offsetof(Elf64_Ehdr, e_shoff), 8, offsetof(Elf32_Ehdr, e_shoff), 4};
constexpr Field header_size{offsetof(Elf64_Ehdr, e_shentsize), 2, offsetof(Elf32_Ehdr, e_shentsize),
                            2};
constexpr Field headers_count{offsetof(Elf64_Ehdr, e_shnum), 2, offsetof(Elf32_Ehdr, e_shnum), 2};
constexpr Field names_index{offsetof(Elf64_Ehdr, e_shstrndx), 2, offsetof(Elf32_Ehdr, e_shstrndx),
                            2};
constexpr Field name_offset{offsetof(Elf64_Shdr, sh_name), 4, offsetof(Elf32_Shdr, sh_name), 4};
constexpr Field section_type{offsetof(Elf64_Shdr, sh_type), 4, offsetof(Elf32_Shdr, sh_type), 4};
constexpr Field section_flags{offsetof(Elf64_Shdr, sh_flags), 8, offsetof(Elf32_Shdr, sh_flags), 4};
constexpr Field section_offset{offsetof(Elf64_Shdr, sh_offset), 8, offsetof(Elf32_Shdr, sh_offset),
                               4};
constexpr Field section_size{offsetof(Elf64_Shdr, sh_size), 8, offsetof(Elf32_Shdr, sh_size), 4};
constexpr Field section_link{offsetof(Elf64_Shdr, sh_link), 4, offsetof(Elf32_Shdr, sh_link), 4};

constexpr uint64_t sections_max = 1 << 20;

/// The section headers of a file, all of them within it.
struct Headers {
    size_t offset = 0, step = 0, count = 0;
    ElfSection names;

    size_t start(size_t index) const { return offset + index * step; }
};

ElfProblem bytes_of(const Reader& reader, size_t header, ElfSection& section) {
    uint64_t offset = section_offset.of(reader, header), size = section_size.of(reader, header);
    if (!reader.has(offset, size))
        return {"has a section that reaches beyond its end", "is it a part of a file?", header};
    section = {static_cast<size_t>(offset), static_cast<size_t>(size)};
    return {};
}

ElfProblem read_headers(const Reader& reader, Headers& headers) {
    uint64_t offset = headers_offset.of(reader, 0), step = header_size.of(reader, 0);
    uint64_t count = headers_count.of(reader, 0), names = names_index.of(reader, 0);
    if (offset == 0) return {"has no section headers", hint_sections};
    size_t step_min = reader.is_wide() ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
    if (step < step_min) return {"has section headers of an unknown size", nullptr, offset};
    if (!reader.has(offset, step))
        return {"ends before its section headers", "is it a part of a file?", offset};
    headers.offset = static_cast<size_t>(offset);
    headers.step = static_cast<size_t>(step);
    // Numbers that are too large for their fields are in the first section header.
    if (count == 0) count = section_size.of(reader, headers.offset);
    if (names == SHN_XINDEX) names = section_link.of(reader, headers.offset);
    if (count == 0) return {"has no section headers", hint_sections};
    if (count > sections_max) return {"has too many sections", nullptr, offset};
    if (!reader.has(offset, count * step))
        return {"ends before its section headers", "is it a part of a file?", offset};
    headers.count = static_cast<size_t>(count);
    if (names >= count || names == 0) return {"has no names of sections", hint_sections, offset};
    size_t header = headers.start(static_cast<size_t>(names));
    if (section_type.of(reader, header) == SHT_NOBITS)
        return {"has no names of sections", hint_sections, header};
    return bytes_of(reader, header, headers.names);
}

bool is_named(const Reader& reader, const Headers& headers, size_t header, Text name) {
    uint64_t offset = name_offset.of(reader, header);
    if (offset > headers.names.size_bytes) return false;
    if (name.size() + 1 > headers.names.size_bytes - offset) return false;
    size_t start = headers.names.offset + static_cast<size_t>(offset);
    return memcmp(reader.at(start), name.data(), name.size() + 1) == 0;
}

ElfProblem take_section(const Reader& reader, size_t header, ElfSection& section) {
    if (section_type.of(reader, header) == SHT_NOBITS)
        return {"has no contents in its sections",
                "is it debugging information that was split off? Name the program itself", header};
    if (section_flags.of(reader, header) & SHF_COMPRESSED)
        return {"has declarations in a section that is compressed", nullptr, header};
    if (section.size_bytes)
        return {"has two sections for one kind of declaration", "is it linked?", header};
    if (ElfProblem problem = bytes_of(reader, header, section)) return problem;
    if (section.size_bytes > elf_section_size_max)
        return {"has more than 1 MiB of declarations", nullptr, header};
    return {};
}

ElfProblem check_start(const unsigned char* file, size_t size_bytes) {
    if (size_bytes < SELFMAG || memcmp(file, ELFMAG, SELFMAG) != 0)
        return {"is not an ELF file", "name a program or a shared library, not a script"};
    if (size_bytes < EI_NIDENT) return {"ends within its header", "is it a part of a file?"};
    bool is_narrow = file[EI_CLASS] == ELFCLASS32;
    if (!is_narrow && file[EI_CLASS] != ELFCLASS64)
        return {"is an ELF file for neither 32 nor 64 bits", nullptr, EI_CLASS};
    if (file[EI_DATA] != ELFDATA2LSB && file[EI_DATA] != ELFDATA2MSB)
        return {"is an ELF file of an unknown order of bytes", nullptr, EI_DATA};
    if (file[EI_VERSION] != EV_CURRENT)
        return {"is an ELF file of an unknown version", nullptr, EI_VERSION};
    if (size_bytes < (is_narrow ? sizeof(Elf32_Ehdr) : sizeof(Elf64_Ehdr)))
        return {"ends within its header", "is it a part of a file?"};
    return {};
}

template <class T>
void swap_bytes(T& value) {
    unsigned char bytes[sizeof(T)], swapped[sizeof(T)];
    memcpy(bytes, &value, sizeof(T));
    for (size_t i = 0; i < sizeof(T); i++) swapped[i] = bytes[sizeof(T) - 1 - i];
    memcpy(&value, swapped, sizeof(T));
}

void swap_header(RecordHeader& header) {
    swap_bytes(header.flags);
    swap_bytes(header.size_bytes);
    swap_bytes(header.unit);
    swap_bytes(header.id);
    swap_bytes(header.name_hash);
    swap_bytes(header.name_space);
    swap_bytes(header.sequence);
    swap_bytes(header.line);
    swap_bytes(header.data);
    swap_bytes(header.count_min);
    swap_bytes(header.count_max);
    swap_bytes(header.help_size);
    swap_bytes(header.type_size);
    swap_bytes(header.scope_size);
    swap_bytes(header.details_size);
}

/// Six texts, each with its NUL and none within, and no more than fills eight bytes behind them.
bool has_good_texts(const unsigned char* record, const RecordHeader& header) {
    const size_t sizes[] = {header.name_size, header.metavar_size, header.help_size,
                            header.type_size, header.scope_size,   header.details_size};
    size_t at = sizeof(RecordHeader);
    for (size_t size : sizes) {
        if (size >= header.size_bytes - at) return false;
        if (memchr(record + at, 0, size + 1) != record + at + size) return false;
        at += size + 1;
        if (at > header.size_bytes) return false;
    }
    return header.size_bytes - at < 8;
}

bool is_name(Text text) {
    if (text[0] == '-') return false;
    for (size_t i = 0; i < text.size(); i++) {
        char c = text[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
    }
    return true;
}

/// Names as the macros allow them: what reads a table relies on that.
bool has_good_names(Option record) {
    char letter = record.short_name();
    if (letter && (letter <= ' ' || letter > '~' || letter == '-' || letter == '=')) return false;
    if (record.has(has_long_name) != !record.name().is_empty()) return false;
    if (record.has(metadata)) return true;
    if (record.name().is_empty()) return letter != 0;
    if (record.name().size() > name_size_max || !is_name(record.name())) return false;
    return record.name_hash() == hash_name(record.name().data(), record.name().size());
}

bool is_of_kind(Option record, RecordKind kind) {
    unsigned wanted = kind == RecordKind::verb      ? is_verb
                      : kind == RecordKind::command ? is_command
                                                    : 0;
    return (record.flags() & (is_verb | is_command)) == wanted;
}

ElfProblem check_record(const unsigned char* record, size_t left, RecordKind kind, size_t where) {
    constexpr const char* hint_version = "it was built with another version of the library";
    RecordHeader header;
    memcpy(&header, record, sizeof(header));
    if (header.format != OPTION_RECORD_FORMAT)
        return {"has a declaration of an unknown format", hint_version, where};
    if (header.size_bytes % 8 != 0 || header.size_bytes < sizeof(RecordHeader) ||
        header.size_bytes > left)
        return {"has a declaration of a wrong size", hint_version, where};
    if (!has_good_texts(record, header))
        return {"has a declaration whose texts do not fit into it", hint_version, where};
    Option option(record);
    if (!is_of_kind(option, kind))
        return {"has a declaration in the section of another kind", hint_version, where};
    if (!has_good_names(option))
        return {"has a declaration with a name that cannot be", hint_version, where};
    if (option.has(takes_argument) != !option.metavar().is_empty())
        return {"has a declaration with an argument that cannot be", hint_version, where};
    if (option.count_min() > option.count_max())
        return {"has a declaration with counts that cannot be", hint_version, where};
    return {};
}

} // namespace

ElfProblem find_sections(const unsigned char* file, size_t size_bytes, ElfSections& sections) {
    sections = {};
    if (ElfProblem problem = check_start(file, size_bytes)) return problem;
    Reader reader(file, size_bytes);
    Headers headers;
    if (ElfProblem problem = read_headers(reader, headers)) return problem;
    struct Wanted {
        Text name;
        ElfSection* section;
    };
    const Wanted all[] = {{"kindling_options", &sections.options},
                          {"kindling_verbs", &sections.verbs},
                          {"kindling_commands", &sections.commands}};
    for (size_t i = 1; i < headers.count; i++) {
        size_t header = headers.start(i);
        for (const Wanted& wanted : all) {
            if (!is_named(reader, headers, header, wanted.name)) continue;
            if (ElfProblem problem = take_section(reader, header, *wanted.section)) return problem;
        }
    }
    sections.is_swapped = reader.is_big() != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
    if (!sections.options.size_bytes && !sections.verbs.size_bytes && !sections.commands.size_bytes)
        return {"declares no options", "only programs that use the options library do"};
    return {};
}

ElfProblem read_table(unsigned char* records, size_t size_bytes, RecordKind kind, bool is_swapped,
                      Table& table) {
    table = {};
    size_t count = 0;
    for (size_t at = 0; at < size_bytes;) {
        size_t left = size_bytes - at;
        if (left < sizeof(RecordHeader) || size_bytes > elf_section_size_max)
            return {"has a declaration of a wrong size", nullptr, at};
        if (++count > elf_records_max) return {"has too many declarations", nullptr, at};
        auto* header = reinterpret_cast<RecordHeader*>(records + at);
        if (is_swapped) swap_header(*header);
        if (ElfProblem problem = check_record(records + at, left, kind, at)) return problem;
        at += header->size_bytes;
    }
    if (size_bytes) table = {records, records + size_bytes};
    return {};
}

} // namespace kindling::options
