// SPDX-License-Identifier: MIT
#include "options/generator_check.hpp"

#include "options/option_help.hpp"
#include "options/option_program.hpp"

#include <cstring>
#include <functional>

namespace kindling::options {
namespace {

constexpr size_t help_columns = 80;

std::string escaped(Text text) {
    Output output;
    write_escaped(output.sink(), text);
    return output.text();
}

std::string quoted(Text text) {
    return '\'' + escaped(text) + '\'';
}

std::string name_of(Option record) {
    if (record.has(is_verb)) return "verb " + quoted(record.name());
    if (record.has(is_command)) return "command " + quoted(record.name());
    if (record.has(metadata)) return "group " + quoted(record.name());
    if (record.has(has_long_name)) return "'--" + escaped(record.name()) + '\'';
    return std::string("'-") + record.short_name() + '\'';
}

/// "'--all', line 12 of its source"
std::string place_of(Option record) {
    return name_of(record) + ", line " + std::to_string(record.line()) + " of its source,";
}

void each_record(Table table, const std::function<void(Option)>& look) {
    for (const unsigned char* at = table.first; at != table.end;) {
        Option record(at);
        at += record.record_size_bytes();
        look(record);
    }
}

class Checker {
public:
    explicit Checker(const ProgramFile& file)
        : file_(file), program_{file.commands(), file.verbs(), main_scope(file.options())} {}

    std::vector<Finding> run() {
        for (Table table : {file_.options(), file_.verbs()})
            each_record(table, [&](Option each) {
                if (Mistake mistake = find_mistake(table, each); mistake.what)
                    add(place_of(each) + ' ' + mistake.what);
            });
        for (Table table : {file_.options(), file_.verbs()})
            each_record(table, [&](Option each) { look_at_help(each); });
        each_record(file_.options(), [&](Option each) { look_at_option(each); });
        each_record(file_.verbs(), [&](Option each) { look_at_verb(each); });
        each_record(file_.commands(), [&](Option each) { look_at_command(each); });
        look_for_beginnings();
        return std::move(findings_);
    }

private:
    void add(std::string what) { findings_.push_back({true, std::move(what)}); }
    void remark(std::string what) { findings_.push_back({false, std::move(what)}); }

    void look_at_option(Option option) {
        if (option.has(group_marker)) look_at_verbs_of(option);
        look_at_type(option, option.type());
    }

    /// What C compilers do not see.
    void look_at_help(Option record) {
        Text help = record.help();
        bool has_double_blank = false, is_malformed = false;
        for (size_t at = 0; at < help.size();) {
            Character next = first_character(help.from(at));
            is_malformed |= next.size == 1 && static_cast<unsigned char>(help[at]) >= 0x80;
            has_double_blank |= starts_with(help.from(at), "  ");
            at += next.size;
        }
        if (has_double_blank) add(place_of(record) + " has help with a double blank");
        if (is_malformed) add(place_of(record) + " has help that is no valid UTF-8");
    }

    /// "install|remote add", of a group.
    void look_at_verbs_of(Option group) {
        Items items(group.scope(), '|');
        for (Text path; items.next(path);)
            if (!is_verb_path(path))
                add(place_of(group) + " is for a verb " + quoted(path) + ", which does not exist");
    }

    bool is_verb_path(Text path) const {
        Option verb;
        char upper[verb_path_size_max + 1] = "";
        Items names(path, ' ');
        for (Text name; names.next(name);) {
            verb = find_verb(file_.verbs(), name, *upper ? upper : nullptr);
            // An alias is not what the parser looks for.
            if (!verb || !equal(verb.name(), name) || !append_verb(upper, name)) return false;
        }
        return static_cast<bool>(verb);
    }

    void look_at_type(Option record, Text type) {
        // A description has those of all words of a command, see generator_introspection.cpp.
        bool is_list =
            record.has(is_verb) || (file_.is_description() && record.has(positional_entry));
        Items types(type, is_list ? ';' : '\0');
        for (Text each; types.next(each);) {
            size_t size = each.size();
            // So a description has a single value.
            if (file_.is_description() && size && each.data()[size - 1] == '|') size--;
            bool is_single = size != each.size() && !std::memchr(each.data(), '|', size);
            if (!is_single && !checks::is_type({each.data(), size}))
                add(place_of(record) + " has values of type " + quoted(each) +
                    ", which is none of those that are known");
            bool is_dynamic = parse_type(each).kind == TypeKind::dynamic;
            if (!is_dynamic || answers_for_values()) continue;
            add(place_of(record) + " has values of type " + quoted(each) +
                ", but there is neither VERB_COMMON_COMPLETE nor OPTION_COMMON_COMPLETE");
        }
    }

    bool answers_for_values() const {
        return find_verb(file_.verbs(), complete_values_name) ||
               find_long(program_.options, complete_values_name);
    }

    void look_at_verb(Option verb) {
        if (verb.has(namespace_marker)) return look_at_verb_namespace(verb);
        if (verb.has(metadata)) return;
        look_at_type(verb, verb.type());
        if (verb.has(is_alias)) return;
        if (!verb.scope().is_empty() && !has_namespace(file_.options(), verb.scope().data()))
            add(place_of(verb) + " has options in a namespace " + quoted(verb.scope()) +
                ", which does not exist");
        if (verb.has(has_verbs) && !has_verbs_of_its_own(verb))
            add(place_of(verb) + " has verbs of its own, but no VERB_NAMESPACE declares any");
    }

    void look_at_verb_namespace(Option marker) {
        if (!is_verb_path(marker.name()))
            add("the verbs in namespace " + quoted(marker.name()) +
                " cannot be reached: there is no such verb");
    }

    /// True if there is a namespace of verbs whose path ends in its name.
    bool has_verbs_of_its_own(Option verb) const {
        bool is_there = false;
        each_record(file_.verbs(), [&](Option each) {
            if (!each.has(namespace_marker)) return;
            Items names(each.name(), ' ');
            Text last;
            for (Text name; names.next(name);) last = name;
            is_there |= equal(last, verb.name());
        });
        return is_there;
    }

    void look_at_command(Option command) {
        if (!command.has(is_command)) return;
        if (!command.scope().is_empty() && !has_namespace(file_.options(), command.scope().data()))
            add(place_of(command) + " has options in a namespace " + quoted(command.scope()) +
                ", which does not exist");
        Items names(command.name(), '|');
        for (Text name; names.next(name);)
            if (!(find_command(file_.commands(), escaped(name).c_str()) == command))
                add("a command " + quoted(name) + " is declared twice");
        look_at_pages(command);
    }

    void look_at_pages(Option command) {
        Items names(command.name(), '|');
        Text name;
        if (!names.next(name)) return;
        CommandTexts texts;
        read_command(file_.commands(), name, texts);
        HelpStyle style;
        style.columns = help_columns;
        Scope options = options_of(program_, command);
        Output page;
        write_help(page.sink(), texts.command, options, file_.verbs(), style);
        look_at_lines(page.text(), "help of command " + quoted(name));
        Listing verbs(verbs_of(file_.verbs(), ""));
        while (Option verb = verbs.next()) {
            if (verb.has(metadata | is_alias)) continue;
            const char* words[] = {verb.name().data()};
            Output own;
            write_verb_help(own.sink(), texts.command, follow_verbs(file_.verbs(), 1, words),
                            options, style);
            look_at_lines(own.text(), "help of " + name_of(verb));
        }
    }

    void look_at_lines(const std::string& page, const std::string& what) {
        Items lines({page.data(), page.size()}, '\n');
        for (Text line; lines.next(line);)
            if (size_t width = width_of(line); width > help_columns)
                add("the " + what + " has a line of " + std::to_string(width) +
                    " columns: " + quoted(line));
    }

    void look_for_beginnings() {
        each_record(file_.options(), [&](Option shorter) {
            if (!is_shown_name(shorter)) return;
            Scope scope{file_.options(), Namespace::of_id(shorter.name_space()), {}};
            for (Option longer; (longer = next_real_of(scope, longer));)
                if (is_shown_name(longer) && !(longer == shorter) &&
                    starts_with(longer.name(), shorter.name()))
                    remark(name_of(shorter) + " is the beginning of " + name_of(longer) +
                           ", which so has fewer abbreviations");
        });
    }

    static bool is_shown_name(Option option) {
        return !option.has(metadata | is_hidden) && option.has(has_long_name);
    }

    const ProgramFile& file_;
    Program program_;
    std::vector<Finding> findings_;
};

} // namespace

std::vector<Finding> check(const ProgramFile& file) {
    return Checker(file).run();
}

} // namespace kindling::options
