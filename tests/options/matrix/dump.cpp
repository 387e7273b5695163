// SPDX-License-Identifier: MIT
//
// Shows the tables of the program or shared library that it is linked into, and how it reads
// command lines:
//
//     table | help NAMESPACE | bare WORD... | named WORD... | shared WORD...
#include "options/option.hpp"
#include "tests/options/matrix/face.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

using namespace kindling::options;

#ifdef COUNTS_ALLOCATIONS
extern "C" size_t allocations_count;
#endif

namespace {

// Output is written at once at the end; the C library allocates for its own.
char text[65536];
size_t text_size;

void append(void*, const char* data, size_t size) {
    if (size > sizeof(text) - text_size) size = sizeof(text) - text_size;
    memcpy(text + text_size, data, size);
    text_size += size;
}
constexpr Sink out{append, nullptr};

void write_number(const char* name, long long value) {
    char number[32];
    snprintf(number, sizeof(number), " %s=%lld", name, value);
    out(number);
}

void write_texts(Option option) {
    const Text texts[] = {option.name(), option.metavar(), option.help(),
                          option.type(), option.scope(),   option.details()};
    for (Text each : texts) {
        out(" [");
        out(each);
        out("]");
    }
}

void write_record(Option option) {
    out("  ");
    write_texts(option);
    char short_name[] = {option.short_name() ? option.short_name() : '-', 0};
    out(" ");
    out(short_name);
    write_number("flags", option.flags());
    write_number("data", option.data());
    write_number("min", option.count_min());
    write_number("max", option.count_max());
    if (!option.has(metadata)) write_number("id", option.id());
    out("\n");
}

/// The records of one namespace in the order that people see.
void write_namespace(Table table, Option any) {
    out("namespace\n");
    Listing listing({table, Namespace::of_id(any.name_space())});
    while (Option each = listing.next()) write_record(each);
}

void write_table(const char* name, Table table) {
    size_t count = 0;
    for (const unsigned char* at = table.first; at != table.end;) {
        Option record(at);
        at += record.record_size_bytes();
        count++;
        bool is_first = true;
        for (const unsigned char* before = table.first; before != record.record();) {
            Option other(before);
            before += other.record_size_bytes();
            is_first &= other.name_space() != record.name_space();
        }
        if (is_first) write_namespace(table, record);
    }
    out("table ");
    out(name);
    write_number("records", static_cast<long long>(count));
    out("\n");
    if (const char* mistake = find_mistake(table).what) out(mistake);
}

int run(int argc, char** argv) {
    const char* what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "table") == 0) {
        write_table("options", OPTION_TABLE);
        write_table("verbs", VERB_TABLE);
        write_table("commands", COMMAND_TABLE);
        return 0;
    }
    if (strcmp(what, "help") == 0) {
        CommandTexts texts;
        read_command(COMMAND_TABLE, "matrix", texts);
        write_help(out, texts.command, Scope{OPTION_TABLE, argv[2]}, VERB_TABLE, {});
        return 0;
    }
    bool is_right = false;
    if (strcmp(what, "bare") == 0) is_right = parse_bare(argc - 1, argv + 1);
    if (strcmp(what, "named") == 0) is_right = parse_named(argc - 1, argv + 1);
    if (strcmp(what, "shared") == 0) is_right = parse_shared(argc - 1, argv + 1);
    out(is_right ? "right\n" : "wrong\n");
    return 0;
}

} // namespace

void seen(const char* name, const char* value) {
    out(name);
    if (value) out("=");
    if (value) out(value);
    out("\n");
}

extern "C" int dump(int argc, char** argv) {
    text_size = 0;
#ifdef COUNTS_ALLOCATIONS
    size_t before = allocations_count;
#endif
    int status = run(argc, argv);
#ifdef COUNTS_ALLOCATIONS
    write_number("allocations", static_cast<long long>(allocations_count - before));
    out("\n");
#endif
    size_t written = fwrite(text, 1, text_size, stdout);
    return written == text_size && fflush(stdout) == 0 ? status : 1;
}
