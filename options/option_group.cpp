// SPDX-License-Identifier: MIT
#include "options/option_group.hpp"

namespace kindling::options {

bool is_for_verb(Option group, Text verb_path) {
    if (!group || group.scope().is_empty()) return true;
    Items items(group.scope(), '|');
    for (Text each; items.next(each);) {
        if (!starts_with(verb_path, each)) continue;
        if (verb_path.size() == each.size() || verb_path[each.size()] == ' ') return true;
    }
    return false;
}

uint32_t Parser::offset_of(Option record) const {
    return static_cast<uint32_t>(record.record() - error_.scope.table.first);
}

Option Parser::find_given(Option group) const {
    for (unsigned i = 0; group && i < given_count_; i++)
        if (given_groups_[i] == offset_of(group))
            return Option(error_.scope.table.first + given_[i]);
    return {};
}

void check_options(VerbChoice& choice) {
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

void write_group_part(const Sink& sink, char letter, const VerbChoice& choice) {
    if (letter == 'o')
        write_name(sink, choice.wrong);
    else
        write_enumeration(sink, group_of(choice.parser->scope(), choice.wrong).scope(), " and ");
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
