// SPDX-License-Identifier: MIT
#include "options/option_introspect.hpp"

#include <string.h>

namespace kindling::options {
namespace {

/// The name of a category in the specification; empty for kinds that it does not know.
Text category_of(TypeKind kind) {
    Items names("path|file|dir|hostname|username|groupname|unit|pid", '|');
    Text name;
    for (unsigned each = unsigned(TypeKind::path); names.next(name); each++)
        if (each == unsigned(kind)) return name;
    return {};
}

/// Writes what is below one command.
class CommandWriter {
public:
    CommandWriter(JsonWriter& json, const Program& program, Text name)
        : json_(json), program_(program), name_(name) {
        for (const unsigned char* at = program.verbs.first; at != program.verbs.end;
             at += Option(at).record_size_bytes())
            verbs_left_++;
    }

    void options(const Scope& scope) {
        Listing listing(scope);
        while (Option each = listing.next())
            if (!each.has(metadata)) option(scope, each, listing.group());
    }

    void positionals(Option verb) {
        Positionals words(verb);
        for (Positional word; words.next(word);) positional(word);
    }

    /// Those of a command without verbs: a synopsis names them, a declaration has their type.
    void positionals(Option command, Option declared) {
        Positionals words(command);
        bool has_words = false;
        for (Positional word; words.next(word); has_words = true) {
            if (declared) word.type = declared.type();
            positional(word);
        }
        if (has_words || !declared || declared.metavar().is_empty()) return;
        positional({declared.metavar(), declared.type(), true, true});
    }

    /// Those below the path.
    void verbs(unsigned depth) {
        Scope scope = verbs_of(program_.verbs, path_);
        Listing listing(scope);
        while (Option each = listing.next())
            if (!each.has(metadata) && !is_plain_alias(scope, each))
                verb(scope, each, listing.group(), depth);
    }

private:
    /// One that stands among the names of what it is an alias of.
    static bool is_plain_alias(const Scope& scope, Option each) {
        return each.has(is_alias) && !each.has(is_deprecated) && resolve(scope, each);
    }

    void positional(const Positional& word) {
        json_.write("{type:argument,name:%,argument:%", word.name,
                    word.is_optional ? "optional_argument" : "required_argument");
        json_.flag("isRepeatable", word.is_repeatable);
        values(word.type);
        json_.write("}");
    }

    void value(Text name, Text help) {
        json_.write("{type:value,value:%", name);
        json_.text("help", help);
        json_.write("}");
    }

    /// How the program is asked; the names are `complete_values_name`.
    void dynamic_value(Text what) {
        json_.write(is_asked_by_verb(program_) ? "{type:value,dynamic:'% complete-values %'}"
                                               : "{type:value,dynamic:'% --complete-values=%'}",
                    name_, what);
    }

    void values(Text text) {
        if (text.is_empty()) return;
        Type type = parse_type(text);
        bool is_choice = type.kind == TypeKind::choice;
        json_.write("valueType:%",
                    is_choice ? "choice" : Text(text.data(), text.size() - type.is_list));
        json_.flag("isList", type.is_list);
        Text category = category_of(type.kind);
        bool has_auto = type.kind == TypeKind::tristate;
        bool is_truth = has_auto || type.kind == TypeKind::boolean;
        bool is_dynamic = type.kind == TypeKind::dynamic;
        if (category.is_empty() && !is_truth && !is_dynamic && !is_choice) return;
        json_.write("values:[");
        Choices choices(type);
        for (Choice each; choices.next(each);) value(each.name, each.help);
        if (is_truth) json_.write("{type:value,value:yes}{type:value,value:no}");
        if (has_auto) json_.write("{type:value,value:auto}");
        if (is_dynamic) dynamic_value(type.parameter);
        if (!category.is_empty()) json_.write("{type:value,category:%}", category);
        json_.write("]");
    }

    /// What options and verbs have both.
    void ends(Option each, Option group) {
        json_.text("help", each.help());
        if (group) json_.write("sections:[%]", group.name());
        json_.text("details", each.details());
        json_.flag("isDeprecated", each.has(is_deprecated));
    }

    void option(const Scope& scope, Option each, Option group) {
        Option target = resolve(scope, each);
        if (!target) target = each;
        bool takes = target.has(takes_argument);
        char short_name[] = {'-', each.short_name()};
        json_.write("{type:option,names:[");
        if (short_name[1]) json_.string({short_name, sizeof(short_name)});
        if (each.has(has_long_name)) json_.write("'--%'", each.name());
        json_.write("],argument:%", !takes                     ? "no_argument"
                                    : target.has(optional_arg) ? "optional_argument"
                                                               : "required_argument");
        if (takes) json_.text("value_name", target.metavar());
        ends(each, group);
        if (each.has(is_alias)) json_.write("aliasOf:'--%'", each.scope());
        if (group) json_.list("verbs", group.scope(), '|');
        json_.flag("stopsParsing", target.has(stops_parsing));
        json_.flag("isRepeatable", target.has(repeatable));
        values(target.type());
        json_.write("}");
    }

    void verb_names(const Scope& scope, Option verb) {
        json_.write("{type:command,names:[%", verb.name());
        Listing listing(scope);
        while (Option each = listing.next())
            if (!each.has(metadata) && is_plain_alias(scope, each) && resolve(scope, each) == verb)
                json_.string(each.name());
        json_.write("]");
    }

    void verb(const Scope& scope, Option each, Option group, unsigned depth) {
        // A table that was not made by us could have the same verbs below every verb.
        if (verbs_left_ == 0 || depth == verb_depth_max) return;
        verbs_left_--;
        verb_names(scope, each);
        ends(each, group);
        if (each.has(is_alias)) return json_.write("aliasOf:%}", each.scope());
        json_.flag("isDefault", each.has(default_verb));
        json_.flag("isOnlineOnly", each.has(online_only));
        json_.flag("isOptionRequired", each.has(option_required));
        json_.number("minArguments", uint64_t{each.count_min()} + 1);
        if (each.count_max() != count_unlimited)
            json_.number("maxArguments", uint64_t{each.count_max()} + 1);
        json_.list("synopsis", each.metavar(), '\n');
        json_.write("arguments:[");
        options(own_options_of(program_.options, each));
        positionals(each);
        size_t size = strlen(path_);
        if (each.has(has_verbs) && append_verb(path_, each.name())) verbs(depth + 1);
        path_[size] = 0;
        json_.write("]}");
    }

    JsonWriter& json_;
    const Program& program_;
    Text name_; ///< of the command
    size_t verbs_left_ = 0;
    char path_[verb_path_size_max + 1] = ""; ///< of the verbs around
};

void write_strings(JsonWriter& json, const char* pattern, const char* const* texts, size_t count) {
    if (count == 0) return;
    json.write(pattern);
    for (size_t i = 0; i < count; i++) json.string(texts[i]);
    json.write("]");
}

void write_paragraphs(JsonWriter& json, const char* pattern, Text text) {
    if (text.is_empty()) return;
    json.write(pattern);
    Paragraphs paragraphs(text);
    for (Text each; paragraphs.next(each);) json.string(each);
    json.write("]");
}

/// Manual pages as addresses; what is one already stays.
void write_documentation(JsonWriter& json, Text pages) {
    Items items(pages, '|');
    Text page;
    if (!items.next(page)) return;
    json.write("documentation:[");
    do json.write(memchr(page.data(), ':', page.size()) ? "%" : "'man:%'", page);
    while (items.next(page));
    json.write("]");
}

void write_command(JsonWriter& json, const Program& program, Option command) {
    Items names(command.name(), '|');
    Text name;
    names.next(name);
    CommandWriter writer(json, program, name);
    json.write("{type:command");
    json.list("names", command.name(), '|');
    if (program.project) json.write("project:%", program.project);
    write_strings(json, "version:[", program.versions, program.versions_count);
    write_strings(json, "features:[", program.features, program.features_count);
    write_paragraphs(json, "abstract:[", command.help());
    write_paragraphs(json, "postscript:[", command.details());
    write_documentation(json, command.type());
    json.list("synopsis", command.metavar(), '\n');
    json.write("arguments:[");
    Scope options = options_of(program, command);
    writer.options(options);
    if (!has_any_verb(program)) writer.positionals(command, positional_of(options));
    writer.verbs(0);
    json.write("]}");
}

} // namespace

Introspection::Introspection(Sink sink, JsonLayout layout) : json_(sink, layout) {
    json_.write("{mediaType:%,commands:[", introspection_media_type);
}

void Introspection::add(const Program& program, const char* only) {
    Listing listing({program.commands});
    while (Option each = listing.next())
        if (each.has(is_command) && (!only || has_item(each.name(), only)))
            write_command(json_, program, each);
}

void Introspection::finish() {
    json_.write("]}");
    json_.finish();
}

void write_introspection(Sink sink, const Program& program, JsonLayout layout, const char* only) {
    Introspection document(sink, layout);
    document.add(program, only);
    document.finish();
}

} // namespace kindling::options
