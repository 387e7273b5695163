// SPDX-License-Identifier: MIT
#include "options/generator_list.hpp"

#include <array>

namespace kindling::options {
namespace {

constexpr size_t columns_count = 6;
using Row = std::array<std::string, columns_count>;

std::string escaped(Text text) {
    Output output;
    write_escaped(output.sink(), text);
    return text.is_empty() ? "-" : output.text();
}

std::string escaped_synopsis(Option option) {
    Output output;
    write_synopsis(output.sink(), option, " ");
    return escaped({output.text().data(), output.text().size()});
}

std::string kind_of(Option record) {
    if (record.has(namespace_marker)) return "namespace";
    if (record.has(group_marker)) return "group";
    if (record.has(help_entry | help_entry_verbatim)) return "row";
    if (record.has(positional_entry)) return "positional";
    std::string kind = record.has(is_verb) ? "verb" : record.has(is_command) ? "command" : "option";
    if (record.has(is_alias)) return kind + " alias";
    return record.has(is_hidden) && !record.has(is_command) ? "hidden " + kind : kind;
}

/// The name that a marker gives to a namespace; a loop's has none.
std::string space_of(Table table, Option record) {
    if (record.name_space() == 0) return "-";
    for (const unsigned char* at = table.first; at != table.end;) {
        Option each(at);
        at += each.record_size_bytes();
        if (each.has(namespace_marker) && each.name_space() == record.name_space())
            return escaped(each.name());
    }
    return "(loop)";
}

std::string names_of(Option record) {
    if (!record.has(is_verb | is_command)) return escaped_synopsis(record);
    std::string text = escaped(record.name());
    return record.metavar().is_empty() ? text : text + ' ' + escaped(record.metavar());
}

void add_rows(std::vector<Row>& rows, Table table) {
    // In the order of the file: a listing is of one namespace only.
    for (const unsigned char* at = table.first; at != table.end;) {
        Option record(at);
        at += record.record_size_bytes();
        Text help = record.help().is_empty() ? record.details() : record.help();
        rows.push_back({kind_of(record), space_of(table, record), names_of(record),
                        escaped(record.type()), escaped(record.scope()), escaped(help)});
    }
}

} // namespace

void write_list(Sink sink, const ProgramFile& file) {
    std::vector<Row> rows{{"KIND", "NAMESPACE", "NAMES", "TYPE", "FOR", "HELP"}};
    for (const Program& program : file.programs())
        for (Table table : {program.commands, program.verbs, program.options.table})
            add_rows(rows, table);
    std::array<size_t, columns_count> widths{};
    auto width = [](const std::string& cell) { return width_of({cell.data(), cell.size()}); };
    for (const Row& row : rows)
        for (size_t i = 0; i < columns_count; i++) widths[i] = std::max(widths[i], width(row[i]));
    for (const Row& row : rows) {
        for (size_t i = 0; i < columns_count; i++) {
            sink({row[i].data(), row[i].size()});
            if (i + 1 < columns_count) write_blanks(sink, widths[i] - width(row[i]) + 2);
        }
        sink("\n");
    }
}

} // namespace kindling::options
