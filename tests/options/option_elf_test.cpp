// SPDX-License-Identifier: MIT
#include "options/option_elf.hpp"
#include "tests/catch.hpp"
#include "tests/options/elf_file.hpp"

#include <algorithm>

using namespace kindling::options;

namespace {

/// Two options, a group and an alias.
FileBytes option_records() {
    RecordTable records(one_option('a', "alpha", nullptr, "First"), group_record("Some", "list"),
                        one_option('b', "beta", "SIZE", "Second", repeatable, 7, "size"),
                        alias_record('g', "gamma", "beta"));
    return bytes_of_table(records.table());
}

FileBytes verb_records() {
    return bytes_of_table(RecordTable(verb_record("list", "FILE", 1, 2, "Lists")).table());
}

ElfFile usual_file() {
    ElfFile file;
    file.parts = {{".text", FileBytes(20, 0x90)},
                  {"kindling_options", option_records()},
                  {"kindling_verbs", verb_records()}};
    return file;
}

/// A copy that is aligned as records are.
class Copy {
public:
    explicit Copy(const FileBytes& bytes) : words_((bytes.size() + 7) / 8), size_(bytes.size()) {
        if (size_) std::memcpy(words_.data(), bytes.data(), size_);
    }
    ElfProblem read(RecordKind kind = RecordKind::option, bool is_swapped = false) {
        return read_table(data(), size_, kind, is_swapped, table);
    }
    unsigned char* data() { return reinterpret_cast<unsigned char*>(words_.data()); }

    Table table;

private:
    std::vector<uint64_t> words_;
    size_t size_;
};

FileBytes part_of(const FileBytes& file, const ElfSection& section) {
    auto first = file.begin() + static_cast<std::ptrdiff_t>(section.offset);
    return {first, first + static_cast<std::ptrdiff_t>(section.size_bytes)};
}

std::string problem_of(const FileBytes& file) {
    ElfSections sections;
    ElfProblem problem = find_sections(file.data(), file.size(), sections);
    return problem ? problem.what : "";
}

std::string problem_of_records(const FileBytes& bytes, RecordKind kind = RecordKind::option) {
    Copy copy(bytes);
    ElfProblem problem = copy.read(kind);
    bool has_table = copy.table.first != copy.table.end;
    CHECK(has_table == !problem);
    return problem ? problem.what : "";
}

/// Swaps what `read_table` swaps back.
void swap_fields(FileBytes& records) {
    const size_t sizes[] = {4, 2, 2, 4, 4, 4, 2, 2, 8, 2, 2, 1, 1, 1, 1, 2, 2, 2, 2};
    for (size_t at = 0; at < records.size();) {
        size_t next = at + records[at + 4] + 256u * records[at + 5];
        for (size_t size : sizes) {
            std::reverse(records.begin() + static_cast<std::ptrdiff_t>(at),
                         records.begin() + static_cast<std::ptrdiff_t>(at + size));
            at += size;
        }
        at = next;
    }
}

/// The records with one field of the first changed.
FileBytes with(size_t offset, unsigned value) {
    FileBytes records = option_records();
    records[offset] = static_cast<unsigned char>(value);
    return records;
}

} // namespace

TEST_CASE("the sections are found whatever the size and order of numbers", "[elf]") {
    ElfFile file = usual_file();
    file.is_wide = GENERATE(true, false);
    file.is_big = GENERATE(true, false);
    FileBytes bytes = file.bytes();
    ElfSections sections;
    REQUIRE_FALSE(find_sections(bytes.data(), bytes.size(), sections));
    CHECK(part_of(bytes, sections.options) == option_records());
    CHECK(part_of(bytes, sections.verbs) == verb_records());
    CHECK(sections.commands.size_bytes == 0);
    CHECK(sections.is_swapped == file.is_big);
}

TEST_CASE("records of the other order of bytes read like ours", "[elf]") {
    FileBytes swapped = option_records();
    swap_fields(swapped);
    Copy copy(swapped);
    REQUIRE_FALSE(copy.read(RecordKind::option, true));
    CHECK(bytes_of_table(copy.table) == option_records());
    CHECK(Copy(swapped).read());
}

TEST_CASE("a file that is cut anywhere is refused", "[elf]") {
    FileBytes whole = usual_file().bytes();
    for (size_t size = 0; size < whole.size(); size++) {
        FileBytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        INFO(size);
        CHECK(problem_of(cut) != "");
    }
    CHECK(problem_of(whole) == "");
}

TEST_CASE("records that are cut anywhere are refused", "[elf]") {
    FileBytes whole = option_records();
    std::vector<size_t> ends{0};
    for (size_t at = 0; at < whole.size(); ends.push_back(at))
        at += whole[at + 4] + 256u * whole[at + 5];
    for (size_t size = 0; size < whole.size(); size++) {
        FileBytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        bool is_end = std::find(ends.begin(), ends.end(), size) != ends.end();
        INFO(size);
        CHECK(static_cast<bool>(Copy(cut).read()) == !is_end);
    }
}

TEST_CASE("what is no ELF file is refused with the reason", "[elf]") {
    auto [at, value, what] = GENERATE(table<size_t, unsigned, const char*>({
        {0, 'M', "is not an ELF file"},
        {EI_CLASS, 3, "is an ELF file for neither 32 nor 64 bits"},
        {EI_DATA, 0, "is an ELF file of an unknown order of bytes"},
        {EI_VERSION, 2, "is an ELF file of an unknown version"},
        {0x3a, 63, "has section headers of an unknown size"},
        {0x3e, 0, "has no names of sections"},
        {0x3e, 200, "has no names of sections"},
        {0x2f, 0x80, "ends before its section headers"},
        {0x3d, 0xff, "ends before its section headers"},
    }));
    FileBytes bytes = usual_file().bytes();
    bytes[at] = static_cast<unsigned char>(value);
    CHECK(problem_of(bytes) == what);
}

TEST_CASE("a file without section headers says what to do", "[elf]") {
    ElfFile file = usual_file();
    FileBytes bytes = file.bytes();
    file.put(bytes, 0x28, 0, 8);
    ElfSections sections;
    ElfProblem problem = find_sections(bytes.data(), bytes.size(), sections);
    CHECK(std::string(problem.what) == "has no section headers");
    CHECK(std::string(problem.hint).find("strip") != std::string::npos);
}

TEST_CASE("sections that cannot be read are refused", "[elf]") {
    ElfFile file = usual_file();
    ElfPart& options = file.parts[1];
    SECTION("split off") {
        options.type = SHT_NOBITS;
        CHECK(problem_of(file.bytes()) == "has no contents in its sections");
    }
    SECTION("compressed") {
        options.flags |= SHF_COMPRESSED;
        CHECK(problem_of(file.bytes()) == "has declarations in a section that is compressed");
    }
    SECTION("twice") {
        file.parts.push_back(options);
        CHECK(problem_of(file.bytes()) == "has two sections for one kind of declaration");
    }
    SECTION("too large") {
        options.contents.resize(elf_section_size_max + 8);
        CHECK(problem_of(file.bytes()) == "has more than 1 MiB of declarations");
    }
    SECTION("none") {
        file.parts.resize(1);
        CHECK(problem_of(file.bytes()) == "declares no options");
    }
    SECTION("beyond the end") {
        FileBytes bytes = file.bytes();
        size_t header = bytes.size() - 3 * sizeof(Elf64_Shdr); // options, verbs, names
        file.put(bytes, header - sizeof(Elf64_Shdr) + 0x18 + sizeof(Elf64_Shdr), ~uint64_t{0}, 8);
        CHECK(problem_of(bytes) == "has a section that reaches beyond its end");
    }
}

TEST_CASE("numbers too large for the header are in the first section header", "[elf]") {
    ElfFile file = usual_file();
    FileBytes bytes = file.bytes();
    size_t count = file.parts.size() + 2;
    size_t first = bytes.size() - count * sizeof(Elf64_Shdr);
    file.put(bytes, 0x3c, 0, 2);
    file.put(bytes, 0x3e, SHN_XINDEX, 2);
    CHECK(problem_of(bytes) == "has no section headers");
    file.put(bytes, first + 0x20, count, 8);
    file.put(bytes, first + 0x28, count - 1, 4);
    CHECK(problem_of(bytes) == "");
}

TEST_CASE("a record that is not as the macros make it is refused", "[elf]") {
    constexpr size_t name_at = sizeof(RecordHeader);
    CHECK(problem_of_records(option_records()) == "");
    CHECK(problem_of_records(with(offsetof(RecordHeader, format), 2)) ==
          "has a declaration of an unknown format");
    for (unsigned size : {0, 40, 60, 255}) {
        INFO(size);
        CHECK(problem_of_records(with(offsetof(RecordHeader, size_bytes), size)) ==
              "has a declaration of a wrong size");
    }
    for (size_t field :
         {offsetof(RecordHeader, name_size), offsetof(RecordHeader, metavar_size),
          offsetof(RecordHeader, help_size), offsetof(RecordHeader, type_size),
          offsetof(RecordHeader, scope_size), offsetof(RecordHeader, details_size)}) {
        INFO(field);
        for (unsigned size : {4, 255})
            CHECK(problem_of_records(with(field, size)) ==
                  "has a declaration whose texts do not fit into it");
    }
    CHECK(problem_of_records(with(name_at + 1, 0)) ==
          "has a declaration whose texts do not fit into it");
    CHECK(problem_of_records(with(name_at, '-')) == "has a declaration with a name that cannot be");
    CHECK(problem_of_records(with(name_at, '\'')) ==
          "has a declaration with a name that cannot be");
    CHECK(problem_of_records(with(name_at, 'b')) == "has a declaration with a name that cannot be");
    for (unsigned letter : {0x2d, 0x3d, 0x20, 0x7f, 0x80})
        CHECK(problem_of_records(with(offsetof(RecordHeader, short_name), letter)) ==
              "has a declaration with a name that cannot be");
}

TEST_CASE("a record with flags that do not fit is refused", "[elf]") {
    constexpr size_t flags_at = offsetof(RecordHeader, flags);
    unsigned high = option_records()[flags_at + 2];
    CHECK(problem_of_records(with(flags_at + 2, high ^ (takes_argument >> 16))) ==
          "has a declaration with an argument that cannot be");
    CHECK(problem_of_records(with(flags_at + 2, high ^ (has_long_name >> 16))) ==
          "has a declaration with a name that cannot be");
    CHECK(problem_of_records(with(offsetof(RecordHeader, count_min), 1)) ==
          "has a declaration with counts that cannot be");
    CHECK(problem_of_records(option_records(), RecordKind::verb) ==
          "has a declaration in the section of another kind");
    CHECK(problem_of_records(verb_records()) == "has a declaration in the section of another kind");
    CHECK(problem_of_records(verb_records(), RecordKind::verb) == "");
}

TEST_CASE("more records than any program has are refused", "[elf]") {
    FileBytes one = bytes_of_table(RecordTable(one_option('a', "a", nullptr, "A")).table());
    FileBytes many;
    for (size_t i = 0; i < elf_records_max; i++) many.insert(many.end(), one.begin(), one.end());
    CHECK(problem_of_records(many) == "");
    many.insert(many.end(), one.begin(), one.end());
    CHECK(problem_of_records(many) == "has too many declarations");
}
