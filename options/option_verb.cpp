// SPDX-License-Identifier: MIT
#include "options/option_verb.hpp"

#include <string.h>

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

[[gnu::cold]] void write_choices(const Sink& sink, const Scope& scope) {
    Text separator = "";
    Listing listing(scope);
    while (Option verb = listing.next()) {
        if (verb.has(is_hidden | metadata)) continue;
        sink(separator);
        sink(verb.name());
        separator = ", ";
    }
}

/// What a message is about.
struct Subject {
    const VerbChoice& choice;
    Text program;
};

// By the error; `part_of` says what the letters are.
constexpr char causes[] = "nothing is wrong\0"
                          "unknown verb '%y'\0"
                          "no verb given%b\0"
                          "verb '%v' needs more arguments\0"
                          "verb '%v' takes %f arguments; '%x' is too many\0"
                          "an option is wrong, so no verb was chosen\0"
                          "cannot use '%o' with verb '%v'";
constexpr char hints[] = "%t\0"
                         "%d%t\0"
                         "choose one of %c. %t\0"
                         "%u\0"
                         "%r%u\0"
                         "%t\0"
                         "it belongs to %g. %t";

/// What is known about the argument that is too many.
[[gnu::cold]] void write_remedy(Sink sink, const VerbChoice& choice) {
    if (!choice.parser) return;
    size_t verbs = choice.parser->positionals_count() - choice.arguments_count;
    ParseError extra = choice.parser->extra_word(verbs + choice.verb.count_max());
    if (write_remedy(sink, extra)) sink(" ");
}

[[gnu::cold]] void write_meant(const Sink& sink, const VerbChoice& choice) {
    Option meant = choice.suggestion();
    if (!meant) return;
    Text name = meant.name();
    write_message(sink, "did you mean '%a'? ", &name);
}

[[gnu::cold]] Text part_of(const Sink& sink, char letter, const void* about) {
    const Subject& subject = *static_cast<const Subject*>(about);
    const VerbChoice& choice = subject.choice;
    const Option& verb = choice.verb;
    const char* plain = nullptr;
    switch (letter) {
    case 'a': // arguments
        if (verb.has(takes_argument)) sink(" ");
        return verb.metavar();
    case 'b': // behind which verb
        if (*choice.path) write_message(sink, " behind '%v'", part_of, about);
        break;
    case 'c':
        write_choices(sink, scope_of(choice.table, choice.name_space));
        break;
    case 'd':
        write_meant(sink, choice);
        break;
    case 'f': // fewer
        plain = verb.count_max() ? "fewer" : "no";
        break;
    case 'g': // the verbs of its group
        write_enumeration(sink, group_of(choice.parser->scope(), choice.wrong).scope(), " and ");
        break;
    case 'h':
        write_hint(sink, choice, subject.program);
        break;
    case 'n': // Of a nested verb that is unknown, `path` names the one that it was to be below.
        if (*choice.path) sink(" ");
        plain = choice.path;
        break;
    case 'o':
        write_name(sink, choice.wrong);
        break;
    case 'p':
        return subject.program;
    case 'q': // the cause in question
        write_cause(sink, choice);
        break;
    case 'r':
        write_remedy(sink, choice);
        break;
    case 't':
        write_message(sink, "Try '%p%n --help'.", part_of, about);
        break;
    case 'u':
        write_message(sink, "usage: %p %v%a", part_of, about);
        break;
    case 'v':
        plain = choice.path;
        break;
    case 'x': // extra
        plain = choice.arguments[verb.count_max()];
        break;
    default: // 'y': what you typed
        plain = choice.typed;
        break;
    }
    return plain;
}

[[gnu::cold]] void write(const Sink& sink, const VerbChoice& choice, Text program,
                         const char* message) {
    Subject subject{choice, program};
    write_message(sink, message, part_of, &subject);
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

/// Looks for an option that was given and belongs to other verbs.
[[gnu::cold]] void check_options(VerbChoice& choice) {
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
    if ((named.flags() | choice.verb.flags()) & is_deprecated)
        Parser::warn_of_deprecated(choice.parser, "verb ", named.name(), named, choice.verb);
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
    verbs.check();
    VerbChoice choice;
    choice.table = verbs;
    choose(choice, words_count, words);
    return choice;
}

VerbChoice choose_verb(Table verbs, const Parser& parser) {
    verbs.check();
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
    return suggest_long(scope_of(table, name_space), typed);
}

void write_cause(Sink sink, const VerbChoice& choice) noexcept {
    if (choice.error == VerbError::wrong_option && choice.parser)
        return write_cause(sink, choice.parser->error());
    write(sink, choice, {}, message_at(causes, static_cast<unsigned>(choice.error)));
}

void write_hint(Sink sink, const VerbChoice& choice, Text program) noexcept {
    if (choice.error == VerbError::wrong_option && choice.parser)
        return write_hint(sink, choice.parser->error(), program);
    write(sink, choice, program, message_at(hints, static_cast<unsigned>(choice.error)));
}

void write_error(Sink sink, const VerbChoice& choice, Text program) noexcept {
    bool is_wrong = choice.error != VerbError::none;
    write(sink, choice, program, is_wrong ? "error: %q\nhint: %h\n" : "error: %q\n");
}

} // namespace kindling::options
