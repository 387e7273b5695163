// SPDX-License-Identifier: MIT
#include "options/option_verb.hpp"

#include <string.h>

#include "options/option_verb_check.hpp"

namespace kindling::options {

// Not there if nothing needs them. Hidden, so that calls do not go by the linker's table.
[[gnu::weak, gnu::visibility("hidden")]] void check_choice(VerbChoice& choice);
[[gnu::weak, gnu::visibility("hidden")]] void write_check_part(const Sink& sink, char letter,
                                                               const VerbChoice& choice);

namespace {

[[gnu::noinline]] Scope scope_of(const Table& verbs, Namespace name_space) {
    return {verbs, name_space, {}};
}

VerbError check_count(Option verb, size_t count) {
    if (count < verb.count_min()) return VerbError::too_few;
    if (verb.count_max() != count_unlimited && count > verb.count_max()) return VerbError::too_many;
    return VerbError::none;
}

[[gnu::cold]] Option next_choice(const void* about, Option previous) {
    const VerbChoice& choice = *static_cast<const VerbChoice*>(about);
    const Scope scope = scope_of(choice.table, choice.name_space);
    do previous = next_listed_of(scope, previous);
    while (previous && previous.has(is_hidden | metadata));
    return previous;
}

/// What a message is about.
struct Subject {
    const VerbChoice& choice;
    Text program;
};

// By the error; `part_of` says what the letters are.
constexpr char causes[] = "the case of a verb did not return\0"
                          "unknown verb '%y'\0"
                          "no verb given%:b\0"
                          "verb '%v' needs more arguments\0"
                          "verb '%v' takes %f arguments; '%x' is too many\0"
                          "an option is wrong\0"
                          "cannot use '%o' with verb '%v'\0"
                          "verb '%v' does nothing in a chroot or offline\0"
                          "invalid value '%y' for %m of verb '%v': expected %k";
constexpr char hints[] = "Try '%p%n --help'.\0"
                         "%d%rTry '%p%n --help'.\0"
                         "choose one of %c. Try '%p%n --help'.\0"
                         "Usage: %p %v%a\0"
                         "%rUsage: %p %v%a\0"
                         "Try '%p%n --help'.\0"
                         "it belongs to %g. Try '%p%n --help'.\0"
                         "\0"
                         "%sTry '%p%n --help'.";

/// What is known about the argument that is too many, or about the word that is no verb.
[[gnu::cold]] void write_remedy(const Sink& sink, const VerbChoice& choice) {
    if (!choice.parser) return;
    size_t word = choice.parser->positionals_count() - choice.arguments_count;
    word += choice.verb ? choice.verb.count_max() : ~size_t{0};
    if (write_remedy(sink, choice.parser->extra_word(word))) sink(" ");
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
    const char* plain = "";
    switch (letter) {
    case 'a': // arguments
        if (verb.has(takes_argument)) sink(" ");
        return verb.metavar();
    case 'b': // behind which verb
        if (*choice.path) plain = " behind '%v'";
        break;
    case 'c':
        write_names(sink, "", next_choice, &choice);
        break;
    case 'd':
        write_meant(sink, choice);
        break;
    case 'f': // fewer
        plain = verb.count_max() ? "fewer" : "no";
        break;
    case 'h': // the hint
        plain = message_at(hints, static_cast<unsigned>(choice.error));
        break;
    case 'n': // Of a nested verb that is unknown, `path` names the one that it was to be below.
        if (*choice.path) sink(" ");
        plain = choice.path;
        break;
    case 'p':
        return subject.program;
    case 'q': // the cause in question
        plain = message_at(causes, static_cast<unsigned>(choice.error));
        break;
    case 'r':
        write_remedy(sink, choice);
        break;
    case 'v':
        plain = choice.path;
        break;
    case 'x': // extra
        plain = choice.arguments[verb.count_max()];
        break;
    case 'y': // what you typed
        plain = choice.typed;
        break;
    default: // what `check_choice` found
        write_check_part(sink, letter, choice);
    }
    return plain;
}

[[gnu::cold]] void write(const Sink& sink, const VerbChoice& choice, Text program,
                         const char* message) {
    Subject subject{choice, program};
    write_message(sink, message, part_of, &subject);
}

/// True if the parser's error says what is wrong.
bool is_of_parser(const VerbChoice& choice) {
    return choice.error == VerbError::wrong_option && choice.parser;
}

/// False if it does not fit: then no namespace can have that name either.
bool append_to_path(VerbChoice& choice, Text name) {
    size_t size = strlen(choice.path);
    if (size + (size > 0) + name.size() > verb_path_size_max) return false;
    if (size) choice.path[size++] = ' ';
    // With its NUL. Few bytes: the instruction that the compiler has for a block starts slowly.
    for (size_t i = 0; i <= name.size(); i++) choice.path[size + i] = name[i];
    return true;
}

void choose(VerbChoice& choice, size_t words_count, const char* const* words) {
    Scope scope = scope_of(choice.table, choice.name_space);
    choice.id = error_id;
    Option named = words_count ? find_long(scope, words[0]) : find_default(scope);
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
        Parser::warn_of_deprecated(choice.parser, named, choice.verb);
    choice.error = VerbError::none;
    // What is below a verb with verbs says better what is missing.
    if (!choice.verb.has(has_verbs)) {
        choice.error = check_count(choice.verb, choice.arguments_count);
        if (choice.error != VerbError::none) return;
        if (check_choice) check_choice(choice);
    }
    if (choice.error == VerbError::none) choice.id = choice.verb.id();
}

} // namespace

Option find_verb(const Table& verbs, Text name, Namespace parent) {
    Scope scope = scope_of(verbs, parent);
    return resolve(scope, find_long(scope, name));
}

VerbChoice choose_verb(const Table& verbs, size_t words_count, const char* const* words) {
    verbs.is_checked(scope_of(verbs, {}));
    VerbChoice choice;
    choice.table = verbs;
    choose(choice, words_count, words);
    return choice;
}

VerbChoice choose_verb(const Table& verbs, const Parser& parser) {
    verbs.is_checked(scope_of(verbs, {}));
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

VerbChoice follow_verbs(const Table& verbs, size_t words_count, const char* const* words) {
    VerbChoice choice;
    choice.table = verbs;
    for (size_t i = 0; i < words_count; i++) {
        if (i) choice.name_space = choice.path;
        choice.typed = words[i];
        choice.verb = find_verb(verbs, words[i], choice.name_space);
        if (choice.verb && !append_to_path(choice, choice.verb.name())) choice.verb = {};
        choice.error = choice.verb ? VerbError::none : VerbError::unknown;
        choice.id = choice.verb ? choice.verb.id() : error_id;
        choice.arguments = words + i + 1;
        choice.arguments_count = words_count - i - 1;
        if (!choice.verb || !choice.verb.has(has_verbs)) break;
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

void write_cause(const Sink& sink, const VerbChoice& choice) noexcept {
    if (is_of_parser(choice)) return write_cause(sink, choice.parser->error());
    write(sink, choice, {}, "%:q");
}

void write_hint(const Sink& sink, const VerbChoice& choice, Text program) noexcept {
    if (is_of_parser(choice)) return write_hint(sink, choice.parser->error(), program);
    write(sink, choice, program, "%:h");
}

void write_error(const Sink& sink, const VerbChoice& choice, Text program) noexcept {
    if (is_of_parser(choice)) return write_error(sink, choice.parser->error(), program);
    write(sink, choice, program,
          choice.error == VerbError::offline ? "note: %:q\n"
          : choice.error != VerbError::none  ? "error: %:q\nhint: %:h\n"
                                             : "error: %:q\n");
}

} // namespace kindling::options
