// SPDX-License-Identifier: MIT
#include "options/option_verb_check.hpp"

#include "options/option_online.hpp"
#include "options/option_program.hpp"

namespace kindling::options {
namespace {

/// Sets the error if an option was given that belongs to other verbs.
void check_options(VerbChoice& choice) {
    if (!choice.parser || !choice.parser->has_tied_groups()) return;
    if (equal(choice.path, complete_values_name)) return;
    const Scope& scope = choice.parser->scope();
    for (Option group; (group = next_of(scope, group));) {
        if (!is_tied(group) || is_for_verb(group, choice.path)) continue;
        choice.wrong = choice.parser->find_given(group);
        if (!choice.wrong) continue;
        choice.error = VerbError::other_verb;
        return;
    }
}

/// Sets the error if an argument is none that the verb's types accept.
void check_arguments(VerbChoice& choice) {
    for (size_t i = 0; choice.verb.has_type() && i < choice.arguments_count; i++) {
        if (accepts(type_of_argument(choice.verb, i), choice.arguments[i])) continue;
        choice.typed = choice.arguments[i];
        choice.error = VerbError::invalid_argument;
        return;
    }
}

/// What the synopsis calls it; the whole of that if it has fewer words.
Text name_of_argument(Option verb, size_t n) {
    Positionals words(verb);
    Positional word;
    for (size_t i = 0; words.next(word); i++)
        if (i == n || word.is_repeatable) return word.name;
    return verb.metavar();
}

} // namespace

uint32_t Parser::offset_of(Option record) const {
    return static_cast<uint32_t>(record.record() - error_.scope.table.first);
}

Option Parser::find_given(Option group) const {
    for (unsigned i = 0; group && i < given_count_; i++)
        if (given_groups_[i] == offset_of(group))
            return Option(error_.scope.table.first + given_[i]);
    return {};
}

Type type_of_argument(Option verb, size_t n) {
    Items types(verb.type(), ';');
    Text type;
    for (size_t i = 0; i <= n && types.next(type); i++) {
    }
    return parse_type(type);
}

Value VerbChoice::value(size_t n) const {
    Value value;
    if (n < arguments_count) convert(type_of_argument(verb, n), arguments[n], false, value);
    return value;
}

void check_choice(VerbChoice& choice) {
    check_options(choice);
    if (choice.error == VerbError::none) check_arguments(choice);
    if (choice.error == VerbError::none && choice.verb.has(online_only) && is_offline())
        choice.error = VerbError::offline;
}

void write_check_part(const Sink& sink, char letter, const VerbChoice& choice) {
    size_t place = 0;
    while (place < choice.arguments_count && choice.arguments[place] != choice.typed) place++;
    const Type type = type_of_argument(choice.verb, place);
    switch (letter) {
    case 'g':
        return write_enumeration(sink, group_of(choice.parser->scope(), choice.wrong).scope(),
                                 " and ");
    case 'k':
        return write_expected(sink, type);
    case 'm':
        return write_escaped(sink, name_of_argument(choice.verb, place));
    case 'o':
        return write_name(sink, choice.wrong);
    case 's':
        if (Text meant = suggest_choice(type, choice.typed); !meant.is_empty())
            write_message(sink, "did you mean '%a'? ", &meant);
    }
}

} // namespace kindling::options

using namespace kindling::options;

void option_parser_note_group(option_parser* parser) {
    Parser& noting = *reinterpret_cast<Parser*>(parser);
    Option group = group_of(noting.error_.scope, noting.option_);
    if (!group || !is_tied(group) || noting.find_given(group)) return;
    if (tied_groups_until(noting.error_.scope, group) > tied_groups_max) return;
    noting.given_groups_[noting.given_count_] = noting.offset_of(group);
    noting.given_[noting.given_count_++] = noting.offset_of(noting.option_);
}

void option_link_verb_check() {}
