// SPDX-License-Identifier: MIT
#include "options/generator_rows.hpp"

#include "options/generator_introspection.hpp"

#include <algorithm>

namespace kindling::options {

void add_rows(TableBuilder& table, const std::vector<Row>& rows, unsigned kind) {
    auto add = [&](const Row& row) {
        table.add(row.described);
        for (const Described& alias : row.aliases) table.add(alias);
    };
    const Row none;
    const Row* group = &none;
    for (const Row& row : rows)
        if (row.section.empty()) add(row);
    for (const Row& row : rows) {
        if (row.section.empty()) continue;
        if (row.section != group->section || row.verbs != group->verbs)
            table.add({.flags = group_marker | kind,
                       .name = row.section,
                       .is_hidden = true,
                       .scope = row.verbs});
        group = &row;
        add(row);
    }
}

void resolve_aliases(std::vector<Row>& rows) {
    std::vector<bool> is_known;
    for (const Row& row : rows)
        is_known.push_back(std::ranges::any_of(rows, [&](const Row& each) {
            return each.described.name == row.described.scope && each.described.scope.empty();
        }));
    for (size_t i = 0; i < rows.size(); i++) {
        Described& alias = rows[i].described;
        if (alias.scope.empty()) continue;
        if (!is_known[i]) {
            alias.scope.clear();
            continue;
        }
        alias.flags = is_alias | (alias.flags & (is_deprecated | is_verb));
        alias.takes_argument = false;
        alias.metavar = alias.help = alias.type = {};
        alias.is_hidden = true;
        if (alias.flags & is_verb) alias.count_max = count_unlimited;
        rows[i].aliases.clear();
    }
}

std::string joined(const std::vector<std::string>& items, const char* separator) {
    std::string text;
    for (const std::string& item : items) {
        if (item.empty()) continue;
        if (!text.empty()) text += separator;
        text += item;
    }
    return text;
}

/// Counts, so that a document cannot make a table that nobody can list.
void RowReader::count(const JsonValue& at) {
    // Perhaps with a group of its own.
    records_ += 2;
    if (records_ > described_records_max)
        members_.refuse(at, "a command has more than " + std::to_string(described_records_max / 2) +
                                " options and verbs");
}

std::string RowReader::limited(const JsonValue& at, std::string text, const char* what) {
    if (text.size() > OPTION_TEXT_SIZE_MAX)
        members_.refuse(at, std::string("a ") + what + " is longer than " +
                                std::to_string(OPTION_TEXT_SIZE_MAX) + " bytes");
    return text;
}

std::string RowReader::name_for(const JsonValue& at, const std::string& name, Names& names) {
    count(at);
    const char* why = name.size() > name_size_max  ? " is too long"
                      : !is_plain_name(name)       ? " has characters that names do not have"
                      : !names.insert(name).second ? " is described twice"
                                                   : nullptr;
    if (!why) return name;
    members_.warn(at, "the name " + quoted_name(name) + why + ", it is left out");
    return {};
}

std::string RowReader::section_of(const JsonValue& object) {
    std::vector<std::string> sections = members_.texts(object, "sections");
    std::string section = sections.empty() ? members_.text(object, "group") : sections[0];
    return limited(object, section, "section");
}

char RowReader::short_name_for(const JsonValue& at, const std::string& name, Names& names) {
    count(at);
    if (is_short_name(name[1]) && names.insert(name).second) return name[1];
    members_.warn(at, "the name " + quoted_name(name) + " is left out");
    return 0;
}

/// The rest of the names become other names of the first.
void RowReader::read_names(const JsonValue& object, Row& row, Names& names) {
    std::vector<std::string> given = members_.texts(object, "names");
    if (given.empty()) members_.refuse(object, "an option has no names");
    std::vector<std::string> more_long;
    std::string more_short;
    for (const std::string& name : given) {
        if (members_.has_failed()) return;
        bool is_long = name.starts_with("--");
        if (!is_long && (name.size() != 2 || name[0] != '-')) {
            members_.warn(object, "the name " + quoted_name(name) +
                                      " is no name of an option, it is left out");
        } else if (is_long) {
            std::string kept = name_for(object, name.substr(2), names);
            if (row.described.name.empty())
                row.described.name = kept;
            else if (!kept.empty())
                more_long.push_back(kept);
        } else if (char kept = short_name_for(object, name, names)) {
            if (row.described.short_name)
                more_short += kept;
            else
                row.described.short_name = kept;
        }
    }
    for (const std::string& name : more_long)
        row.aliases.push_back(
            {.flags = is_alias, .name = name, .is_hidden = true, .scope = row.described.name});
    if (row.described.name.empty() && !more_short.empty())
        members_.warn(object, "more than one short name, only one is kept");
    for (size_t i = 0; i < more_short.size() && !row.described.name.empty(); i++)
        row.aliases.push_back({.flags = is_alias,
                               .short_name = more_short[i],
                               .is_hidden = true,
                               .scope = row.described.name});
}

void RowReader::read_argument(const JsonValue& object, Described& option) {
    std::string argument = members_.text(object, "argument");
    std::string metavar = members_.text(object, "value_name");
    if (metavar.empty()) metavar = members_.text(object, "metavar");
    if (argument.empty()) argument = metavar.empty() ? "no_argument" : "required_argument";
    bool is_optional = argument == "optional_argument";
    if (!is_optional && argument != "required_argument" && argument != "no_argument")
        members_.refuse(object, "\"argument\" is " + quoted_name(argument) +
                                    ", not no_argument, required_argument or "
                                    "optional_argument");
    if (argument == "no_argument") return;
    if (is_optional) option.flags |= optional_arg;
    option.takes_argument = true;
    option.metavar = limited(object, metavar, "value_name");
    option.type = type_of(members_, object, name_, false);
}

/// The verbs of "verbs", by '|'.
std::string RowReader::tied_verbs(const JsonValue& object) {
    std::vector<std::string> verbs = members_.texts(object, "verbs");
    for (std::string& verb : verbs) {
        if (is_plain_path(verb)) continue;
        members_.warn(object, "the verb " + quoted_name(verb) + " is left out");
        verb.clear();
    }
    std::string text = joined(verbs, "|");
    if (text.size() > described_text_max) members_.refuse(object, "\"verbs\" is too long");
    return text;
}

/// What options and verbs have both.
void RowReader::read_texts(const JsonValue& object, Described& described) {
    described.help = members_.text(object, "help");
    described.is_hidden = described.help.empty();
    described.details = members_.text(object, "details");
    if (members_.flag(object, "isDeprecated")) described.flags |= is_deprecated;
}

void RowReader::read_option(const JsonValue& object, std::vector<Row>& rows, Names& names) {
    Row row;
    read_names(object, row, names);
    if (members_.has_failed() || (row.described.name.empty() && !row.described.short_name)) return;
    row.section = section_of(object);
    row.verbs = tied_verbs(object);
    if (row.section.empty() && !row.verbs.empty())
        row.section = limited(object, "Options of " + row.verbs, "section");
    read_texts(object, row.described);
    read_argument(object, row.described);
    if (members_.flag(object, "stopsParsing")) row.described.flags |= stops_parsing;
    if (members_.flag(object, "isRepeatable")) row.described.flags |= repeatable;
    std::string target = members_.text(object, "aliasOf");
    if (target.starts_with("--")) row.described.scope = target.substr(2);
    rows.push_back(std::move(row));
}

std::vector<Row> RowReader::read_options(const JsonValue& object) {
    std::vector<Row> rows;
    Names names;
    for (const char* key : {"arguments", "options"}) {
        bool is_old = std::string_view(key) == "options";
        for (const JsonValue& each : members_.objects(object, key)) {
            if (members_.has_failed()) return {};
            std::string type = members_.text(each, "type");
            if (!is_old && type.empty())
                members_.refuse(each, "an item of \"arguments\" has no \"type\"");
            if (type == "option" || (is_old && type.empty())) read_option(each, rows, names);
        }
    }
    resolve_aliases(rows);
    return rows;
}

} // namespace kindling::options
