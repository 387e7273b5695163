// SPDX-License-Identifier: MIT
#include "options/generator_introspection.hpp"

#include "options/generator_members.hpp"
#include "options/option_introspect.hpp"

#include <algorithm>
#include <set>

namespace kindling::options {
namespace {

constexpr const char* media_types[] = {introspection_media_type,
                                       "application/vnd.io.systemd.cli-introspection-0"};

/// What will become one or several records, and the group that they stand in.
struct Row {
    std::string section;
    std::string verbs; ///< that a group of options is for, by '|'
    Described described;
    std::vector<Described> aliases;
};

/// Adds rows to a table. Those without a group come first, since nothing ends a group but another.
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

std::string joined(const std::vector<std::string>& items, const char* separator) {
    std::string text;
    for (const std::string& item : items) {
        if (item.empty()) continue;
        if (!text.empty()) text += separator;
        text += item;
    }
    return text;
}

/// Reads the options and verbs of one command.
class CommandReader {
public:
    CommandReader(Members& members, DescribedCommand& command, std::string name)
        : members_(members), command_(command), name_(std::move(name)) {}

    void read(const JsonValue& object) {
        add_rows(command_.options, read_options(object), 0);
        read_verbs(object, "", 1);
        for (const auto& [path, rows] : own_options_) {
            command_.options.add({.flags = namespace_marker, .name = path, .is_hidden = true});
            add_rows(command_.options, rows, 0);
        }
    }

    /// "[FILE…]" for a command or verb that has no synopsis.
    std::string synopsis_of(const JsonValue& object, bool has_verbs_below) {
        std::string synopsis = joined(members_.texts(object, "synopsis"), "\n");
        if (synopsis.empty()) synopsis = joined(members_.texts(object, "argspec"), "\n");
        if (synopsis.empty() && has_verbs_below) return "VERB ...";
        if (!synopsis.empty()) return limited(object, synopsis, "synopsis");
        for (const JsonValue& each : members_.objects(object, "arguments")) {
            if (members_.text(each, "type") != "argument") continue;
            bool is_optional = members_.text(each, "argument") == "optional_argument";
            std::string word = members_.text(each, "value_name");
            if (word.empty()) word = members_.text(each, "name");
            std::ranges::replace_if(
                word, [](char c) { return c == ' ' || c == '\n'; }, '-');
            if (members_.flag(each, "isRepeatable")) word += "...";
            if (!synopsis.empty()) synopsis += ' ';
            synopsis += is_optional ? "[" + word + "]" : word;
        }
        return limited(object, synopsis, "synopsis");
    }

private:
    using Names = std::set<std::string>;

    std::string limited(const JsonValue& at, std::string text, const char* what) {
        if (text.size() > OPTION_TEXT_SIZE_MAX)
            members_.refuse(at, std::string("a ") + what + " is longer than " +
                                    std::to_string(OPTION_TEXT_SIZE_MAX) + " bytes");
        return text;
    }

    /// Counts, so that a document cannot make a table that nobody can list.
    void count(const JsonValue& at) {
        // Perhaps with a group of its own.
        records_ += 2;
        if (records_ > described_records_max)
            members_.refuse(at, "a command has more than " +
                                    std::to_string(described_records_max / 2) +
                                    " options and verbs");
    }

    std::string section_of(const JsonValue& object) {
        std::vector<std::string> sections = members_.texts(object, "sections");
        std::string section = sections.empty() ? members_.text(object, "group") : sections[0];
        return limited(object, section, "section");
    }

    std::string name_for(const JsonValue& at, const std::string& name, Names& names) {
        count(at);
        const char* why = name.size() > name_size_max  ? " is too long"
                          : !is_plain_name(name)       ? " has characters that names do not have"
                          : !names.insert(name).second ? " is described twice"
                                                       : nullptr;
        if (!why) return name;
        members_.warn(at, "the name " + quoted_name(name) + why + ", it is left out");
        return {};
    }

    char short_name_for(const JsonValue& at, const std::string& name, Names& names) {
        count(at);
        char c = name[1];
        bool is_usable = c > ' ' && c <= '~' && c != '-' && c != '=';
        if (is_usable && names.insert(name).second) return c;
        members_.warn(at, "the name " + quoted_name(name) + " is left out");
        return 0;
    }

    /// The rest of the names become other names of the first.
    void read_names(const JsonValue& object, Row& row, Names& names) {
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

    void read_argument(const JsonValue& object, Described& option) {
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
    std::string tied_verbs(const JsonValue& object) {
        std::vector<std::string> verbs = members_.texts(object, "verbs");
        for (std::string& verb : verbs) {
            std::string plain = verb;
            std::ranges::replace(plain, ' ', '-');
            if (is_plain_name(plain)) continue;
            members_.warn(object, "the verb " + quoted_name(verb) + " is left out");
            verb.clear();
        }
        std::string text = joined(verbs, "|");
        if (text.size() > described_text_max) members_.refuse(object, "\"verbs\" is too long");
        return text;
    }

    /// What options and verbs have both.
    void read_texts(const JsonValue& object, Described& described) {
        described.help = members_.text(object, "help");
        described.is_hidden = described.help.empty();
        described.details = members_.text(object, "details");
        if (members_.flag(object, "isDeprecated")) described.flags |= is_deprecated;
    }

    void read_option(const JsonValue& object, std::vector<Row>& rows, Names& names) {
        Row row;
        read_names(object, row, names);
        if (members_.has_failed() || (row.described.name.empty() && !row.described.short_name))
            return;
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

    /// Rows that name another one as what they are an alias of become that, if it is there.
    static void resolve_aliases(std::vector<Row>& rows) {
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

    std::vector<Row> read_options(const JsonValue& object) {
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

    // Verbs.

    static void add_verb_objects(Members& members, const JsonValue& object,
                                 std::vector<const JsonValue*>& verbs) {
        for (const JsonValue& each : members.objects(object, "arguments"))
            if (members.text(each, "type") == "command") verbs.push_back(&each);
        for (const JsonValue& each : members.objects(object, "verbs")) verbs.push_back(&each);
    }

    /// Fewest and most words behind a verb: those that are said, else those that are described.
    void read_counts(const JsonValue& object, Described& verb) {
        unsigned words = 0, required = 0;
        bool is_open = false;
        std::string types;
        bool has_types = false;
        for (const JsonValue& each : members_.objects(object, "arguments")) {
            if (members_.text(each, "type") != "argument") continue;
            count(each);
            words++;
            if (members_.text(each, "argument") != "optional_argument") required = words;
            is_open |= members_.flag(each, "isRepeatable");
            std::string type = type_of(members_, each, name_, true);
            has_types |= !type.empty();
            if (words > 1) types += ';';
            types += type.empty() ? "text" : type;
        }
        if (types.size() > described_text_max)
            members_.refuse(object, "the values of a verb's words are too long");
        if (has_types) verb.type = types;
        // What the specification before counted included the verb, and so do we.
        bool is_said = object.find("minArguments") || object.find("maxArguments");
        bool is_bounded = !is_said && words > 0 && !is_open;
        unsigned least = members_.number(object, "minArguments", is_said ? 1 : required + 1);
        unsigned most =
            members_.number(object, "maxArguments", is_bounded ? words + 1 : count_unlimited + 1u);
        verb.count_min = least > 0 ? least - 1 : 0;
        verb.count_max = most > 0 ? most - 1 : 0;
        if (verb.count_min > verb.count_max)
            members_.refuse(object, "\"minArguments\" is above \"maxArguments\"");
    }

    void read_own_options(const JsonValue& object, const std::string& path, Described& verb) {
        std::vector<Row> rows = read_options(object);
        if (rows.empty()) return;
        verb.scope = path;
        own_options_.emplace_back(path, std::move(rows));
    }

    void read_verb(const JsonValue& object, const std::string& parent, std::vector<Row>& rows,
                   Names& names, std::vector<const JsonValue*>& below) {
        std::vector<std::string> given = members_.texts(object, "names");
        if (given.empty()) members_.refuse(object, "a verb has no names");
        if (members_.has_failed()) return;
        Row row;
        row.described.flags = is_verb;
        row.described.name = name_for(object, given[0], names);
        if (row.described.name.empty()) return;
        std::string path = (parent.empty() ? "" : parent + ' ') + row.described.name;
        if (path.size() > verb_path_size_max)
            members_.refuse(object, "the path of a verb is longer than " +
                                        std::to_string(verb_path_size_max) + " bytes");
        for (size_t i = 1; i < given.size() && !members_.has_failed(); i++)
            if (std::string name = name_for(object, given[i], names); !name.empty())
                row.aliases.push_back({.flags = is_alias | is_verb,
                                       .name = name,
                                       .is_hidden = true,
                                       .scope = row.described.name,
                                       .count_max = count_unlimited});
        row.section = section_of(object);
        read_texts(object, row.described);
        if (row.described.help.empty()) {
            std::vector<std::string> abstract = members_.texts(object, "abstract");
            row.described.help = abstract.empty() ? "" : abstract[0];
            row.described.is_hidden = row.described.help.empty();
        }
        row.described.scope = members_.text(object, "aliasOf");
        if (row.described.scope.empty()) {
            if (members_.flag(object, "isDefault")) row.described.flags |= default_verb;
            std::vector<const JsonValue*> verbs;
            add_verb_objects(members_, object, verbs);
            if (!verbs.empty()) row.described.flags |= has_verbs;
            read_counts(object, row.described);
            row.described.metavar = synopsis_of(object, !verbs.empty());
        }
        rows.push_back(std::move(row));
        below.push_back(&object);
    }

    void read_verbs(const JsonValue& object, const std::string& path, size_t depth) {
        std::vector<const JsonValue*> verbs, below;
        add_verb_objects(members_, object, verbs);
        if (members_.has_failed() || verbs.empty()) return;
        if (depth > verb_depth_max)
            return members_.refuse(*verbs[0], "verbs are more than " +
                                                  std::to_string(verb_depth_max) + " levels deep");
        if (!path.empty())
            command_.verbs.add(
                {.flags = namespace_marker | is_verb, .name = path, .is_hidden = true});
        std::vector<Row> rows;
        Names names;
        for (const JsonValue* each : verbs)
            if (!members_.has_failed()) read_verb(*each, path, rows, names, below);
        resolve_aliases(rows);
        for (size_t i = 0; i < rows.size() && !members_.has_failed(); i++) {
            Described& verb = rows[i].described;
            if (verb.flags & is_alias) continue;
            read_own_options(*below[i], (path.empty() ? "" : path + ' ') + verb.name, verb);
        }
        add_rows(command_.verbs, rows, is_verb);
        for (size_t i = 0; i < rows.size() && !members_.has_failed(); i++)
            if (rows[i].described.flags & has_verbs)
                read_verbs(*below[i], (path.empty() ? "" : path + ' ') + rows[i].described.name,
                           depth + 1);
    }

    Members& members_;
    DescribedCommand& command_;
    std::string name_;
    std::vector<std::pair<std::string, std::vector<Row>>> own_options_;
    size_t records_ = 0;
};

/// Addresses of manual pages without "man:".
std::string manuals_of(Members& members, const JsonValue& object) {
    std::string text;
    for (std::string page : members.texts(object, "documentation")) {
        bool is_usable = !page.empty() && page.find('|') == std::string::npos;
        if (page.starts_with("man:") && page.find(':', 4) == std::string::npos) page.erase(0, 4);
        if (!is_usable || page.empty()) continue;
        if (!text.empty()) text += '|';
        text += page;
    }
    return text;
}

void read_command(Members& members, const JsonValue& object, DescribedCommand& command) {
    std::vector<std::string> names = members.texts(object, "names");
    if (names.empty()) members.refuse(object, "a command has no names");
    for (const std::string& name : names)
        if (!is_plain_name(name))
            members.refuse(object, "a command has the name " + quoted_name(name) +
                                       ", which no command can have");
    std::string list = joined(names, "|");
    if (list.size() > OPTION_TEXT_SIZE_MAX)
        members.refuse(object, "the names of a command are too long");
    if (members.has_failed()) return;
    command.project = members.text(object, "project");
    command.versions = members.texts(object, "version");
    command.features = members.texts(object, "features");
    CommandReader reader(members, command, names[0]);
    Described described;
    described.flags = is_command;
    described.name = list;
    described.metavar = reader.synopsis_of(object, false);
    described.help = members.paragraphs(object, "abstract");
    if (described.help.empty()) described.help = members.text(object, "help");
    described.is_hidden = described.help.empty();
    described.details = members.paragraphs(object, "postscript");
    if (described.details.empty()) described.details = members.paragraphs(object, "footer");
    described.type = manuals_of(members, object);
    if (described.type.size() > described_text_max)
        members.refuse(object, "\"documentation\" is too long");
    command.commands.add(described);
    reader.read(object);
}

std::vector<const char*> pointers_to(const std::vector<std::string>& texts) {
    std::vector<const char*> pointers;
    for (const std::string& text : texts) pointers.push_back(text.c_str());
    return pointers;
}

} // namespace

JsonProblem read_introspection(std::string_view document, DescribedProgram& program) {
    JsonValue root;
    if (JsonProblem problem = parse_json(document, root)) return problem;
    JsonProblem problem;
    Members members(problem, program.warnings);
    if (root.kind != JsonValue::Kind::object) return {"is no object that describes a program", 0};
    std::string type = members.text(root, "mediaType");
    if (!problem && std::ranges::find(media_types, type) == std::end(media_types))
        members.refuse(root, type.empty() ? "has no \"mediaType\", so it describes no program"
                                          : "has the \"mediaType\" " + quoted_name(type) +
                                                ", which is not known");
    const std::vector<JsonValue>& commands = members.objects(root, "commands");
    if (commands.empty()) members.refuse(root, "describes no commands");
    for (const JsonValue& each : commands)
        if (!problem) read_command(members, each, program.commands.emplace_back());
    return problem;
}

DescribedView::DescribedView(const DescribedCommand& command)
    : versions_(pointers_to(command.versions)), features_(pointers_to(command.features)) {
    program.commands = command.commands.table();
    program.verbs = command.verbs.table();
    program.options = {command.options.table()};
    program.project = command.project.empty() ? nullptr : command.project.c_str();
    program.versions = versions_.data();
    program.versions_count = versions_.size();
    program.features = features_.data();
    program.features_count = features_.size();
}

} // namespace kindling::options
