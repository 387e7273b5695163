// SPDX-License-Identifier: MIT
#include "options/option_verb.hpp"

#include "options/option_suggest.hpp"

#include <string.h>
#include <unistd.h>

namespace kindling::options {
namespace {

Scope scope_of(Table verbs, Namespace name_space) {
    return {verbs, name_space, nullptr, 0};
}

Option default_of(const Scope& scope) {
    Walk walk(scope);
    while (Option verb = walk.next_real())
        if (verb.has(default_verb)) return verb;
    return {};
}

VerbError check_count(Option verb, size_t count) {
    if (count < verb.count_min()) return VerbError::too_few;
    if (verb.count_max() != count_unlimited && count > verb.count_max()) return VerbError::too_many;
    return VerbError::none;
}

void write_choices(Sink sink, const Scope& scope) {
    Text separator = "";
    Listing listing(scope);
    while (Option verb = listing.next()) {
        if (verb.has(is_hidden) || verb.has(metadata)) continue;
        sink(separator);
        sink(verb.name());
        separator = ", ";
    }
}

/// "list", or "list, show and edit".
void write_verbs(Sink sink, Text verbs) {
    Items items(verbs, '|');
    Text item, next;
    bool has_next = items.next(next);
    for (bool is_first = true; has_next; is_first = false) {
        item = next;
        has_next = items.next(next);
        if (!is_first) sink(has_next ? ", " : " and ");
        sink(item);
    }
}

void write_synopsis_of_verb(Sink sink, const VerbChoice& choice) {
    sink(choice.path);
    if (choice.verb.has(takes_argument)) sink(" ");
    sink(choice.verb.metavar());
}

/// False if it does not fit: then no namespace can have that name either.
bool append_to_path(VerbChoice& choice, Text name) {
    size_t size = strlen(choice.path);
    if (size + (size > 0) + name.size() > verb_path_size_max) return false;
    if (size) choice.path[size++] = ' ';
    memcpy(choice.path + size, name.data(), name.size());
    choice.path[size + name.size()] = 0;
    return true;
}

void warn_of_deprecated(const VerbChoice& choice, Option named) {
    const Option& verb = choice.verb;
    if (!named.has(is_deprecated) && !verb.has(is_deprecated)) return;
    Text message = named.has(is_deprecated) ? named.details() : verb.details();
    if (choice.parser) return choice.parser->warn_of_deprecated("verb ", named.name(), message);
    FileSink file(STDERR_FILENO);
    write_deprecated(file.sink(), "verb ", named.name(), message);
}

/// Looks for an option that was given and belongs to other verbs.
void check_options(VerbChoice& choice) {
    if (!choice.parser->has_tied_groups() || equal(choice.path, complete_values_name)) return;
    Walk walk(choice.parser->scope());
    while (Option group = walk.next()) {
        if (!is_tied(group) || is_for_verb(group, choice.path)) continue;
        choice.wrong = choice.parser->find_given(group);
        if (!choice.wrong) continue;
        choice.error = VerbError::other_verb;
        return;
    }
}

void choose(VerbChoice& choice, size_t words_count, const char* const* words) {
    Scope scope = scope_of(choice.table, choice.name_space);
    choice.id = error_id;
    Option named = words_count ? find_long(scope, words[0]) : default_of(scope);
    choice.verb = resolve(scope, named);
    choice.arguments = nullptr;
    choice.arguments_count = 0;
    if (words_count) {
        choice.typed = words[0];
        choice.arguments = words + 1;
        choice.arguments_count = words_count - 1;
    }
    if (choice.verb && !append_to_path(choice, choice.verb.name())) choice.verb = {};
    if (!choice.verb) {
        choice.error = words_count ? VerbError::unknown : VerbError::none_given;
        return;
    }
    warn_of_deprecated(choice, named);
    choice.error = check_count(choice.verb, choice.arguments_count);
    // What is below a verb with verbs says better what is missing.
    if (choice.verb.has(has_verbs))
        choice.error = VerbError::none;
    else if (choice.error == VerbError::none && choice.parser)
        check_options(choice);
    if (choice.error == VerbError::none) choice.id = choice.verb.id();
}

} // namespace

Option find_verb(Table verbs, Text name, Namespace parent) {
    Scope scope = scope_of(verbs, parent);
    return resolve(scope, find_long(scope, name));
}

bool is_for_verb(Option group, Text verb_path) {
    if (!group || group.scope().is_empty()) return true;
    Items items(group.scope(), '|');
    for (Text each; items.next(each);) {
        if (!starts_with(verb_path, each)) continue;
        if (verb_path.size() == each.size() || verb_path[each.size()] == ' ') return true;
    }
    return false;
}

VerbChoice choose_verb(Table verbs, size_t words_count, const char* const* words) {
    stop_at_mistake(verbs);
    VerbChoice choice;
    choice.table = verbs;
    choose(choice, words_count, words);
    return choice;
}

VerbChoice choose_verb(Table verbs, const Parser& parser) {
    stop_at_mistake(verbs);
    VerbChoice choice;
    choice.table = verbs;
    choice.parser = &parser;
    if (parser.has_failed()) {
        choice.error = VerbError::wrong_option;
        return choice;
    }
    choose(choice, parser.positionals_count(), parser.positionals());
    return choice;
}

VerbChoice follow_verbs(Table verbs, size_t words_count, const char* const* words) {
    VerbChoice choice;
    choice.table = verbs;
    for (size_t i = 0; i < words_count; i++) {
        if (i) choice.name_space = choice.path;
        choice.typed = words[i];
        choice.verb = find_verb(verbs, words[i], choice.name_space);
        if (choice.verb && !append_to_path(choice, choice.verb.name())) choice.verb = {};
        choice.error = choice.verb ? VerbError::none : VerbError::unknown;
        choice.id = choice.verb ? choice.verb.id() : error_id;
        if (!choice.verb) break;
        if (!choice.verb.has(has_verbs)) break;
    }
    return choice;
}

VerbChoice choose_verb(const VerbChoice& outer) {
    VerbChoice choice = outer;
    if (outer.error != VerbError::none) return choice;
    choice.name_space = outer.path;
    choose(choice, outer.arguments_count, outer.arguments);
    return choice;
}

Option VerbChoice::suggestion() const {
    if (error != VerbError::unknown) return {};
    Nearest nearest(typed);
    Option best;
    Scope scope = scope_of(table, name_space);
    Walk walk(scope);
    while (Option each = walk.next_real())
        if (resolve(scope, each) && nearest.look_at(each.name())) best = each;
    return best;
}

void write_cause(Sink sink, const VerbChoice& choice) {
    switch (choice.error) {
    case VerbError::none:
        return sink("nothing is wrong");
    case VerbError::wrong_option:
        return choice.parser ? write_cause(sink, choice.parser->error())
                             : sink("an option is wrong, so no verb was chosen");
    case VerbError::none_given:
        sink("no verb given");
        if (!*choice.path) return;
        sink(" behind '");
        sink(choice.path);
        return sink("'");
    case VerbError::unknown:
        sink("unknown verb '");
        write_escaped(sink, choice.typed);
        return sink("'");
    case VerbError::too_few:
        sink("verb '");
        sink(choice.path);
        return sink("' needs more arguments");
    case VerbError::too_many:
        sink("verb '");
        sink(choice.path);
        sink(choice.verb.count_max() ? "' takes fewer arguments; '" : "' takes no arguments; '");
        write_escaped(sink, choice.arguments[choice.verb.count_max()]);
        return sink("' is too many");
    case VerbError::other_verb:
        sink("cannot use '");
        write_name(sink, choice.wrong);
        sink("' with verb '");
        sink(choice.path);
        return sink("'");
    }
}

void write_hint(Sink sink, const VerbChoice& choice, Text program) {
    if (choice.error == VerbError::wrong_option && choice.parser)
        return write_hint(sink, choice.parser->error(), program);
    if (choice.error == VerbError::too_few || choice.error == VerbError::too_many) {
        if (choice.error == VerbError::too_many && choice.parser) {
            size_t verbs = choice.parser->positionals_count() - choice.arguments_count;
            ParseError extra = choice.parser->extra_word(verbs + choice.verb.count_max());
            if (write_remedy(sink, extra)) sink(" ");
        }
        sink("usage: ");
        write_escaped(sink, program);
        sink(" ");
        return write_synopsis_of_verb(sink, choice);
    }
    if (choice.error == VerbError::none_given) {
        sink("choose one of ");
        write_choices(sink, scope_of(choice.table, choice.name_space));
        sink(". ");
    }
    if (Option meant = choice.suggestion()) {
        sink("did you mean '");
        sink(meant.name());
        sink("'? ");
    }
    if (choice.error == VerbError::other_verb) {
        sink("it belongs to ");
        write_verbs(sink, group_of(choice.parser->scope(), choice.wrong).scope());
        sink(". ");
    }
    sink("Try '");
    write_escaped(sink, program);
    // Of a nested verb that is unknown, `path` names the one that it was to be below.
    if (*choice.path) {
        sink(" ");
        sink(choice.path);
    }
    sink(" --help'.");
}

void write_error(Sink sink, const VerbChoice& choice, Text program) {
    sink("error: ");
    write_cause(sink, choice);
    sink("\n");
    if (choice.error == VerbError::none) return;
    sink("hint: ");
    write_hint(sink, choice, program);
    sink("\n");
}

} // namespace kindling::options
