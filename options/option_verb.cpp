// SPDX-License-Identifier: MIT
#include "options/option_verb.hpp"

namespace kindling::options {
namespace {

Option default_of(Table verbs) {
    Walk walk({verbs});
    while (Option verb = walk.next_real())
        if (verb.has(default_verb)) return verb;
    return {};
}

VerbError check_count(Option verb, size_t count) {
    if (count < verb.count_min()) return VerbError::too_few;
    if (verb.count_max() != count_unlimited && count > verb.count_max()) return VerbError::too_many;
    return VerbError::none;
}

void write_choices(Sink sink, Table verbs) {
    Text separator = "";
    Walk walk({verbs});
    while (Option verb = walk.next_real()) {
        if (verb.has(is_hidden)) continue;
        sink(separator);
        sink(verb.name());
        separator = ", ";
    }
}

void write_verb(Sink sink, Option verb) {
    sink("verb '");
    sink(verb.name());
    sink("'");
}

void write_usage(Sink sink, const VerbChoice& choice, Text program) {
    sink("\nhint: usage: ");
    write_escaped(sink, program);
    sink(" ");
    sink(choice.verb.name());
    if (choice.verb.has(takes_argument)) sink(" ");
    sink(choice.verb.metavar());
    sink("\n");
}

void write_help_hint(Sink sink, Text program) {
    sink("Try '");
    write_escaped(sink, program);
    sink(" --help'.\n");
}

} // namespace

Option find_verb(Table verbs, Text name) {
    return find_long({verbs}, name);
}

VerbChoice choose_verb(Table verbs, size_t words_count, const char* const* words) {
    VerbChoice choice;
    choice.table = verbs;
    choice.verb = words_count ? find_verb(verbs, words[0]) : default_of(verbs);
    if (words_count) {
        choice.typed = words[0];
        choice.arguments = words + 1;
        choice.arguments_count = words_count - 1;
    }
    if (!choice.verb)
        choice.error = words_count ? VerbError::unknown : VerbError::none_given;
    else
        choice.error = check_count(choice.verb, choice.arguments_count);
    if (choice.error == VerbError::none) choice.id = choice.verb.id();
    return choice;
}

VerbChoice choose_verb(Table verbs, const Parser& parser) {
    if (parser.has_failed()) {
        VerbChoice choice;
        choice.table = verbs;
        choice.error = VerbError::wrong_option;
        return choice;
    }
    return choose_verb(verbs, parser.positionals_count(), parser.positionals());
}

Option VerbChoice::suggestion() const {
    return error == VerbError::unknown ? suggest_long({table}, typed) : Option{};
}

void write_error(Sink sink, const VerbChoice& choice, Text program) {
    sink("error: ");
    switch (choice.error) {
    case VerbError::none:
        return sink("nothing is wrong\n");
    case VerbError::wrong_option:
        sink("an option is wrong, so no verb was chosen\nhint: ");
        return write_help_hint(sink, program);
    case VerbError::none_given:
        sink("no verb given\nhint: choose one of ");
        write_choices(sink, choice.table);
        sink(". ");
        return write_help_hint(sink, program);
    case VerbError::unknown:
        sink("unknown verb '");
        write_escaped(sink, choice.typed);
        sink("'\nhint: ");
        if (Option meant = choice.suggestion()) {
            sink("did you mean '");
            sink(meant.name());
            sink("'? ");
        }
        return write_help_hint(sink, program);
    case VerbError::too_few:
        write_verb(sink, choice.verb);
        sink(" needs more arguments");
        return write_usage(sink, choice, program);
    case VerbError::too_many:
        write_verb(sink, choice.verb);
        sink(choice.verb.count_max() ? " takes fewer arguments; '" : " takes no arguments; '");
        write_escaped(sink, choice.arguments[choice.verb.count_max()]);
        sink("' is too many");
        return write_usage(sink, choice, program);
    }
}

} // namespace kindling::options
