// SPDX-License-Identifier: MIT
#include "options/generator_document.hpp"

#include "options/option_document.hpp"
#include "options/option_introspect.hpp"

#include <algorithm>

namespace kindling::options {
namespace {

std::string text_of(Text text) {
    return {text.data(), text.size()};
}

/// Calls `visit` with each command and its program.
template <class Visit>
void for_each_command(const ProgramFile& file, Visit visit) {
    for (const Program& program : file.programs()) {
        Listing listing({program.commands});
        while (Option each = listing.next())
            if (each.has(is_command)) visit(program, each);
    }
}

/// What the tables have, hidden or not.
class Known final {
public:
    struct Name {
        std::string name;
        bool takes_argument = false;
        bool is_shown = false;
    };
    std::vector<Name> options, verbs;

    explicit Known(const ProgramFile& file) {
        for_each_command(file, [&](const Program& program, Option command) {
            add_options(options_of(program, command));
            add_verbs(program, "", 0);
        });
    }

    static const Name* find(const std::vector<Name>& names, const std::string& name) {
        auto at = std::ranges::find(names, name, &Name::name);
        return at == names.end() ? nullptr : &*at;
    }

private:
    void add_options(const Scope& scope) {
        Listing listing(scope);
        while (Option each = listing.next()) {
            if (each.has(metadata)) continue;
            Option target = resolve(scope, each);
            bool takes = (target ? target : each).has(takes_argument);
            bool is_shown = !each.has(is_hidden);
            if (each.has(has_long_name))
                options.push_back({"--" + text_of(each.name()), takes, is_shown});
            if (each.short_name())
                options.push_back({std::string("-") + each.short_name(), takes, is_shown});
        }
    }

    void add_verbs(const Program& program, const char* path, unsigned depth) {
        Listing listing(verbs_of(program.verbs, path));
        while (Option each = listing.next()) {
            // As many as a table can have, see `elf_records_max`.
            if (depth == verb_depth_max || verbs.size() > elf_records_max) return;
            char below[verb_path_size_max + 1] = "";
            append_verb(below, path);
            if (each.has(metadata) || !append_verb(below, each.name())) continue;
            verbs.push_back({below, false, !each.has(is_hidden)});
            add_options(own_options_of(program.options, each));
            if (each.has(has_verbs)) add_verbs(program, below, depth + 1);
        }
    }
};

std::string without_escapes(std::string_view text) {
    std::string plain;
    for (size_t i = 0; i < text.size(); i++) {
        if (text[i] == '\\' && i + 1 < text.size()) i++;
        plain += text[i];
    }
    return plain;
}

/// Takes "*bold*" off the start of a line; false if there is none.
bool take_bold(std::string_view& line, std::string& bold) {
    if (!line.starts_with('*')) return false;
    size_t end = 1;
    while (end < line.size() && line[end] != '*') end += line[end] == '\\' ? 2 : 1;
    if (end >= line.size()) return false;
    bold = without_escapes(line.substr(1, end - 1));
    line.remove_prefix(end + 1);
    return true;
}

} // namespace

void write_json(Sink sink, const ProgramFile& file, JsonLayout layout) {
    if (const JsonValue* described = file.document())
        return write_json_value(sink, *described, layout);
    Introspection document(sink, layout);
    for (const Program& program : file.programs()) document.add(program);
    document.finish();
}

void write_man(Sink sink, const ProgramFile& file) {
    bool is_first = true;
    for_each_command(file, [&](const Program& program, Option command) {
        if (!is_first) sink("\n");
        is_first = false;
        write_man_sections(sink, program, command);
    });
}

void write_markdown(Sink sink, const ProgramFile& file) {
    bool is_first = true;
    for_each_command(file, [&](const Program& program, Option command) {
        if (!is_first) sink("\n");
        is_first = false;
        write_markdown(sink, program, command);
    });
}

Failure ManualPage::read(const std::string& path) {
    std::string text;
    if (Failure failure = read_text(path, text)) return failure;
    path_ = path;
    size_t number = 0;
    for (std::string_view rest = text; !rest.empty();) {
        size_t end = std::min(rest.find('\n'), rest.size());
        read_line(rest.substr(0, end), ++number);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (options_.empty() && verbs_.empty())
        return {quoted_path(path) + " has no options or verbs",
                "name a page for scdoc, in which \"*-h*, *--help*\" begins a line"};
    return {};
}

void ManualPage::read_line(std::string_view line, size_t number) {
    if (line.starts_with("# ")) section_ = line.substr(2);
    bool is_of_verbs = section_ == "VERBS" || section_ == "COMMANDS";
    if (line.starts_with("*-"))
        read_option(line, number);
    else if (is_of_verbs && line.starts_with('*'))
        read_verb(line, number);
}

/// "*-j*, *--json*=_FORMAT_": names, each in bold, with commas between.
void ManualPage::read_option(std::string_view line, size_t number) {
    std::vector<Entry> entries;
    std::string name;
    while (take_bold(line, name)) {
        if (name.starts_with('-')) entries.push_back({name, false, number});
        size_t comma = line.find(", *-");
        bool takes = !line.substr(0, comma).empty();
        if (takes)
            for (Entry& entry : entries) entry.takes_argument = true;
        if (comma == std::string_view::npos) break;
        line.remove_prefix(comma + 2);
    }
    options_.insert(options_.end(), entries.begin(), entries.end());
}

/// "*remote add* _NAME_": what is bold is the path, but for options in it.
void ManualPage::read_verb(std::string_view line, size_t number) {
    std::string bold;
    if (!take_bold(line, bold)) return;
    std::string path;
    for (std::string_view rest = bold; !rest.empty();) {
        size_t end = std::min(rest.find(' '), rest.size());
        std::string_view word = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (word.starts_with('-')) break;
        if (!path.empty()) path += ' ';
        path += word;
    }
    verbs_.push_back({path, false, number});
}

std::vector<std::string> ManualPage::compare(const ProgramFile& file) const {
    std::vector<std::string> differences;
    auto tell = [&](size_t line, const std::string& text) {
        std::string place = quoted_path(path_);
        if (line) place += ", line " + std::to_string(line);
        differences.push_back(place + ": " + text);
    };
    Known known(file);
    auto look_for = [&](const std::vector<Known::Name>& names, const std::vector<Entry>& entries,
                        const char* kind) {
        for (const Known::Name& each : names)
            if (each.is_shown &&
                std::ranges::find(entries, each.name, &Entry::name) == entries.end())
                tell(0, std::string("no ") + kind + ' ' + quoted_path(each.name));
        for (const Entry& entry : entries) {
            const Known::Name* name = Known::find(names, entry.name);
            if (!name)
                tell(entry.line, std::string(kind) + ' ' + quoted_path(entry.name) + " is no more");
            else if (name->takes_argument != entry.takes_argument)
                tell(entry.line,
                     std::string(kind) + ' ' + quoted_path(entry.name) +
                         (name->takes_argument ? " takes an argument" : " takes no argument"));
        }
    };
    look_for(known.options, options_, "option");
    look_for(known.verbs, verbs_, "verb");
    return differences;
}

} // namespace kindling::options
