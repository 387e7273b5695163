// SPDX-License-Identifier: MIT
//
// A program's file: whatever is found in it must be safe to make a script and a page of help of.
#include "options/option_complete.hpp"
#include "options/option_elf.hpp"
#include "options/option_help.hpp"

#include <cstdlib>
#include <cstring>
#include <vector>

using namespace kindling::options;

namespace {

/// Listing takes time with the square of their number, or worse in a crafted file.
constexpr size_t records_max = 48;

void check(bool holds) {
    if (!holds) abort();
}

void drop(void* context, const char* data, size_t size) {
    for (size_t i = 0; i < size; i++) *static_cast<size_t*>(context) += data[i] != 0;
}

/// One section, copied as the generator does.
class Part {
public:
    bool read(const uint8_t* data, const ElfSection& section, RecordKind kind, bool is_swapped) {
        words_.resize((section.size_bytes + 7) / 8);
        if (section.size_bytes)
            std::memcpy(words_.data(), data + section.offset, section.size_bytes);
        auto* records = reinterpret_cast<unsigned char*>(words_.data());
        ElfProblem problem = read_table(records, section.size_bytes, kind, is_swapped, table);
        check(!problem || (table.first == table.end && problem.where <= section.size_bytes));
        return !problem;
    }

    size_t count() const {
        size_t count = 0;
        for (const unsigned char* at = table.first; at != table.end; count++)
            at += Option(at).record_size_bytes();
        return count;
    }

    Table table;

private:
    std::vector<uint64_t> words_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    ElfSections sections;
    if (ElfProblem problem = find_sections(data, size, sections)) {
        check(*problem.what != 0);
        return 0;
    }
    Part options, verbs, commands;
    bool swapped = sections.is_swapped;
    bool is_good = options.read(data, sections.options, RecordKind::option, swapped) &&
                   verbs.read(data, sections.verbs, RecordKind::verb, swapped) &&
                   commands.read(data, sections.commands, RecordKind::command, swapped);
    if (!is_good || options.count() + verbs.count() + commands.count() > records_max) return 0;
    size_t written = 0;
    Sink sink{drop, &written};
    Program program{commands.table, verbs.table, main_scope(options.table)};
    for (Shell shell : {Shell::bash, Shell::zsh, Shell::fish})
        write_completion(sink, shell, program, commands.count() ? nullptr : "program");
    CommandTexts texts;
    read_command(commands.table, "program", texts);
    write_help(sink, texts.command, program.options, verbs.table, {});
    find_mistake(options.table);
    check(written > 0);
    return 0;
}
