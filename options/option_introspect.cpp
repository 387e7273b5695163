// SPDX-License-Identifier: MIT
#include "options/option_introspect.hpp"

namespace kindling::options {
namespace {

/// The names of a category in the specification; empty for kinds that it does not know.
Text category_of(TypeKind kind) {
    switch (kind) {
    case TypeKind::path:
        return "path";
    case TypeKind::file:
        return "file";
    case TypeKind::directory:
        return "dir";
    case TypeKind::host:
        return "hostname";
    case TypeKind::user:
        return "username";
    case TypeKind::group:
        return "groupname";
    case TypeKind::unit:
        return "unit";
    case TypeKind::pid:
        return "pid";
    default:
        return {};
    }
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

    void verbs(const char* path, unsigned depth) {
        Scope scope = verbs_of(program_.verbs, path);
        Listing listing(scope);
        while (Option each = listing.next())
            if (!each.has(metadata) && !is_plain_alias(scope, each))
                verb(scope, each, listing.group(), path, depth);
    }

    bool has_verbs_shown() const {
        Walk walk(verbs_of(program_.verbs, ""));
        return bool(walk.next_real());
    }

private:
    /// One that stands among the names of what it is an alias of.
    static bool is_plain_alias(const Scope& scope, Option each) {
        return each.has(is_alias) && !each.has(is_deprecated) && resolve(scope, each);
    }

    void positional(const Positional& word) {
        json_.open('{');
        json_.member("type", "argument");
        json_.member("name", word.name);
        json_.member("argument", word.is_optional ? "optional_argument" : "required_argument");
        if (word.is_repeatable) json_.flag("isRepeatable");
        values(word.type);
        json_.close('}');
    }

    void value(Text key, Text text, Text help = {}) {
        json_.open('{');
        json_.member("type", "value");
        json_.member(key, text);
        if (!help.is_empty()) json_.member("help", help);
        json_.close('}');
    }

    void dynamic_value(Text what) {
        json_.open('{');
        json_.member("type", "value");
        json_.key("dynamic");
        json_.begin_string();
        json_.piece(name_);
        bool is_verb = bool(find_verb(program_.verbs, complete_values_name));
        json_.piece(is_verb ? " " : " --");
        json_.piece(complete_values_name);
        json_.piece(is_verb ? " " : "=");
        json_.piece(what);
        json_.end_string();
        json_.close('}');
    }

    void truth_values(bool has_auto) {
        value("value", "yes");
        value("value", "no");
        if (has_auto) value("value", "auto");
    }

    void values(Text text) {
        if (text.is_empty()) return;
        Type type = parse_type(text);
        Text name(text.data(), text.size() - (type.is_list ? 1 : 0));
        json_.member("valueType", type.kind == TypeKind::choice ? Text("choice") : name);
        if (type.is_list) json_.flag("isList");
        Text category = category_of(type.kind);
        bool is_truth = type.kind == TypeKind::boolean || type.kind == TypeKind::tristate;
        bool is_dynamic = type.kind == TypeKind::dynamic;
        bool is_choice = type.kind == TypeKind::choice;
        if (category.is_empty() && !is_truth && !is_dynamic && !is_choice) return;
        json_.open("values", '[');
        Choices choices(type);
        for (Choice each; choices.next(each);) value("value", each.name, each.help);
        if (is_truth) truth_values(type.kind == TypeKind::tristate);
        if (is_dynamic) dynamic_value(type.parameter);
        if (!category.is_empty()) value("category", category);
        json_.close(']');
    }

    void option_names(Option option) {
        json_.open("names", '[');
        char short_name[] = {'-', option.short_name()};
        if (option.short_name()) json_.string({short_name, sizeof(short_name)});
        if (option.has(has_long_name)) dashed(option.name());
        json_.close(']');
    }

    void dashed(Text name) {
        json_.begin_string();
        json_.piece("--");
        json_.piece(name);
        json_.end_string();
    }

    /// What options and verbs have both.
    void ends(Option each, Option group) {
        if (!each.help().is_empty()) json_.member("help", each.help());
        if (group) {
            json_.open("sections", '[');
            json_.string(group.name());
            json_.close(']');
        }
        if (!each.details().is_empty()) json_.member("details", each.details());
        if (each.has(is_deprecated)) json_.flag("isDeprecated");
    }

    void option(const Scope& scope, Option each, Option group) {
        Option target = resolve(scope, each);
        if (!target) target = each;
        bool takes = target.has(takes_argument);
        json_.open('{');
        json_.member("type", "option");
        option_names(each);
        json_.member("argument", !takes                     ? "no_argument"
                                 : target.has(optional_arg) ? "optional_argument"
                                                            : "required_argument");
        if (takes && !target.metavar().is_empty()) json_.member("value_name", target.metavar());
        ends(each, group);
        if (each.has(is_alias)) {
            json_.key("aliasOf");
            dashed(each.scope());
        }
        if (group) json_.members("verbs", group.scope(), '|');
        if (target.has(stops_parsing)) json_.flag("stopsParsing");
        if (target.has(repeatable)) json_.flag("isRepeatable");
        values(target.type());
        json_.close('}');
    }

    void verb_names(const Scope& scope, Option verb) {
        json_.open("names", '[');
        json_.string(verb.name());
        Listing listing(scope);
        while (Option each = listing.next())
            if (!each.has(metadata) && is_plain_alias(scope, each) && resolve(scope, each) == verb)
                json_.string(each.name());
        json_.close(']');
    }

    void verb(const Scope& scope, Option each, Option group, const char* path, unsigned depth) {
        // A table that was not made by us could have the same verbs below every verb.
        if (verbs_left_ == 0 || depth == verb_depth_max) return;
        verbs_left_--;
        json_.open('{');
        json_.member("type", "command");
        verb_names(scope, each);
        ends(each, group);
        if (each.has(is_alias)) {
            json_.member("aliasOf", each.scope());
            return json_.close('}');
        }
        if (each.has(default_verb)) json_.flag("isDefault");
        json_.member("minArguments", uint64_t{each.count_min()} + 1);
        if (each.count_max() != count_unlimited)
            json_.member("maxArguments", uint64_t{each.count_max()} + 1);
        json_.members("synopsis", each.metavar(), '\n');
        char below[verb_path_size_max + 1] = "";
        append_verb(below, path);
        bool has_room = append_verb(below, each.name());
        json_.open("arguments", '[');
        options(own_options_of(program_.options, each));
        positionals(each);
        if (each.has(has_verbs) && has_room) verbs(below, depth + 1);
        json_.close(']');
        json_.close('}');
    }

    JsonWriter& json_;
    const Program& program_;
    Text name_; ///< of the command
    size_t verbs_left_ = 0;
};

void write_strings(JsonWriter& json, Text name, const char* const* texts, size_t count) {
    if (count == 0) return;
    json.open(name, '[');
    for (size_t i = 0; i < count; i++) json.string(texts[i]);
    json.close(']');
}

void write_paragraphs(JsonWriter& json, Text name, Text text) {
    if (text.is_empty()) return;
    json.open(name, '[');
    Paragraphs paragraphs(text);
    for (Text each; paragraphs.next(each);) json.string(each);
    json.close(']');
}

bool has_colon(Text text) {
    for (size_t i = 0; i < text.size(); i++)
        if (text[i] == ':') return true;
    return false;
}

/// Manual pages as addresses; what is one already stays.
void write_documentation(JsonWriter& json, Text pages) {
    Items items(pages, '|');
    Text page;
    if (!items.next(page)) return;
    json.open("documentation", '[');
    do {
        json.begin_string();
        if (!has_colon(page)) json.piece("man:");
        json.piece(page);
        json.end_string();
    } while (items.next(page));
    json.close(']');
}

void write_command(JsonWriter& json, const Program& program, Option command) {
    Items names(command.name(), '|');
    Text name;
    names.next(name);
    CommandWriter writer(json, program, name);
    json.open('{');
    json.member("type", "command");
    json.members("names", command.name(), '|');
    if (program.project) json.member("project", program.project);
    write_strings(json, "version", program.versions, program.versions_count);
    write_strings(json, "features", program.features, program.features_count);
    write_paragraphs(json, "abstract", command.help());
    write_paragraphs(json, "postscript", command.details());
    write_documentation(json, command.type());
    json.members("synopsis", command.metavar(), '\n');
    json.open("arguments", '[');
    Scope options = options_of(program, command);
    writer.options(options);
    if (!writer.has_verbs_shown()) writer.positionals(command, positional_of(options));
    writer.verbs("", 0);
    json.close(']');
    json.close('}');
}

} // namespace

Introspection::Introspection(Sink sink, JsonLayout layout) : json_(sink, layout) {
    json_.open('{');
    json_.member("mediaType", introspection_media_type);
    json_.open("commands", '[');
}

void Introspection::add(const Program& program, const char* only) {
    Listing listing({program.commands});
    while (Option each = listing.next())
        if (each.has(is_command) && (!only || has_item(each.name(), only)))
            write_command(json_, program, each);
}

void Introspection::finish() {
    json_.close(']');
    json_.close('}');
    json_.finish();
}

void write_introspection(Sink sink, const Program& program, JsonLayout layout, const char* only) {
    Introspection document(sink, layout);
    document.add(program, only);
    document.finish();
}

} // namespace kindling::options
