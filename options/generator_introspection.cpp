// SPDX-License-Identifier: MIT
#include "options/generator_introspection.hpp"

#include "options/generator_rows.hpp"
#include "options/option_introspect.hpp"

#include <algorithm>
#include <functional>

namespace kindling::options {
namespace {

constexpr const char* media_types[] = {introspection_media_type,
                                       "application/vnd.io.systemd.cli-introspection-0"};

/// Reads the options and verbs of one command.
class CommandReader {
public:
    CommandReader(Members& members, DescribedCommand& command, std::string name)
        : members_(members), command_(command), rows_(members, std::move(name)) {}

    void read(const JsonValue& object) {
        read_positional(object);
        add_rows(command_.options, rows_.read_options(object), 0);
        read_verbs(object, "", 1);
        for (const auto& [path, rows] : own_options_) {
            command_.options.add({.flags = namespace_marker, .name = path, .is_hidden = true});
            add_rows(command_.options, rows, 0);
        }
    }

    /// "[FILE…]" for a command or verb that has no synopsis.
    std::string synopsis_of(const JsonValue& object, bool is_command, bool has_verbs_below) {
        std::string synopsis = joined(members_.texts(object, "synopsis"), "\n");
        if (synopsis.empty()) synopsis = joined(members_.texts(object, "argspec"), "\n");
        if (synopsis.empty() && has_verbs_below) return "VERB ...";
        if (!synopsis.empty()) return rows_.limited(object, synopsis, "synopsis");
        if (is_command && sole_positional(object)) return {};
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
        return rows_.limited(object, synopsis, "synopsis");
    }

private:
    /// The words of a command that a declaration can say all about: any number of one kind.
    const JsonValue* sole_positional(const JsonValue& object) {
        const JsonValue* sole = nullptr;
        for (const JsonValue& each : members_.objects(object, "arguments")) {
            std::string type = members_.text(each, "type");
            if (type == "option") continue;
            bool is_open = members_.text(each, "argument") == "optional_argument" &&
                           members_.flag(each, "isRepeatable");
            if (sole || type != "argument" || !is_open) return nullptr;
            sole = &each;
        }
        return sole;
    }

    /// The types of words with ';' between, as a table has them of a verb; empty if none has one.
    static std::string list_of(std::vector<std::string> types) {
        if (std::ranges::all_of(types, &std::string::empty)) return {};
        std::ranges::replace_if(types, &std::string::empty, "text");
        return joined(types, ";");
    }

    /// A program has one type for all words of a command; scripts read a list as they do of a verb.
    void read_positional(const JsonValue& object) {
        Described words{.flags = positional_entry, .name = "(positional)", .is_hidden = true};
        bool is_sole = sole_positional(object) && !object.find("synopsis");
        std::vector<std::string> types;
        for (const JsonValue& each : members_.objects(object, "arguments")) {
            if (members_.text(each, "type") != "argument") continue;
            types.push_back(type_of(members_, each, rows_.command_name(), true));
            if (is_sole) words.metavar = rows_.limited(each, members_.text(each, "name"), "name");
        }
        bool is_one = std::ranges::adjacent_find(types, std::not_equal_to()) == types.end();
        if (is_one) types.resize(std::min<size_t>(types.size(), 1));
        words.type = list_of(std::move(types));
        if (words.type.size() > described_text_max) {
            members_.warn(object,
                          "the values of a command's words are too long, they are left out");
            words.type.clear();
        }
        if (!words.type.empty() || !words.metavar.empty()) command_.options.add(words);
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
        std::vector<std::string> types;
        for (const JsonValue& each : members_.objects(object, "arguments")) {
            if (members_.text(each, "type") != "argument") continue;
            rows_.count(each);
            words++;
            if (members_.text(each, "argument") != "optional_argument") required = words;
            is_open |= members_.flag(each, "isRepeatable");
            types.push_back(type_of(members_, each, rows_.command_name(), true));
        }
        verb.type = list_of(std::move(types));
        if (verb.type.size() > described_text_max)
            members_.refuse(object, "the values of a verb's words are too long");
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

    /// When a verb does something. One with verbs of its own does nothing itself.
    void read_conditions(const JsonValue& object, Described& verb) {
        constexpr std::pair<const char*, unsigned> conditions[] = {
            {"isOnlineOnly", online_only}, {"isOptionRequired", option_required}};
        for (auto [key, flag] : conditions) {
            if (!members_.flag(object, key)) continue;
            if (verb.flags & has_verbs)
                members_.warn(object,
                              std::string("\"") + key + "\" is left out of a verb with verbs");
            else
                verb.flags |= flag;
        }
    }

    void read_own_options(const JsonValue& object, const std::string& path, Described& verb) {
        std::vector<Row> rows = rows_.read_options(object);
        if (rows.empty()) return;
        verb.scope = path;
        own_options_.emplace_back(path, std::move(rows));
    }

    void read_verb(const JsonValue& object, const std::string& parent, std::vector<Row>& rows,
                   RowReader::Names& names, std::vector<const JsonValue*>& below) {
        std::vector<std::string> given = members_.texts(object, "names");
        if (given.empty()) members_.refuse(object, "a verb has no names");
        if (members_.has_failed()) return;
        Row row;
        row.described.flags = is_verb;
        row.described.name = rows_.name_for(object, given[0], names);
        if (row.described.name.empty()) return;
        std::string path = (parent.empty() ? "" : parent + ' ') + row.described.name;
        if (path.size() > verb_path_size_max)
            members_.refuse(object, "the path of a verb is longer than " +
                                        std::to_string(verb_path_size_max) + " bytes");
        for (size_t i = 1; i < given.size() && !members_.has_failed(); i++)
            if (std::string name = rows_.name_for(object, given[i], names); !name.empty())
                row.aliases.push_back({.flags = is_alias | is_verb,
                                       .name = name,
                                       .is_hidden = true,
                                       .scope = row.described.name,
                                       .count_max = count_unlimited});
        row.section = rows_.section_of(object);
        rows_.read_texts(object, row.described);
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
            read_conditions(object, row.described);
            read_counts(object, row.described);
            row.described.metavar = synopsis_of(object, false, !verbs.empty());
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
        RowReader::Names names;
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
    RowReader rows_;
    std::vector<std::pair<std::string, std::vector<Row>>> own_options_;
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
    described.metavar = reader.synopsis_of(object, true, false);
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
    return read_introspection(root, program);
}

JsonProblem read_introspection(const JsonValue& root, DescribedProgram& program) {
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
