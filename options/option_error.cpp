// SPDX-License-Identifier: MIT
#include "options/option_error.hpp"

namespace kindling::options {
namespace {

constexpr unsigned distance_max = 2;

char folded(char c) {
    if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
    return c == '_' ? '-' : c;
}

bool equal_when_folded(Text a, Text b) {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); i++)
        if (folded(a[i]) != folded(b[i])) return false;
    return true;
}

Text without_dashes(Text typed) {
    size_t dashes = starts_with(typed, "--") ? 2 : 0;
    return {typed.data() + dashes, typed.size() - dashes};
}

bool is_long(const ParseError& error) {
    return error.typed.size() >= 2 && starts_with(error.typed, "--");
}

/// The name that was typed, in quotes: '--name' or '-x'.
void write_typed(Sink sink, const ParseError& error) {
    sink(is_long(error) ? "'" : "'-");
    write_escaped(sink, error.typed);
    sink("'");
}

/// What an abbreviation was taken for.
void write_meaning(Sink sink, const ParseError& error) {
    if (!is_long(error) || equal(without_dashes(error.typed), error.option.name())) return;
    sink(" (--");
    sink(error.option.name());
    sink(")");
}

void write_option_name(Sink sink, Option option) {
    if (option.has(has_long_name)) {
        sink("--");
        return sink(option.name());
    }
    char name[] = {'-', option.short_name()};
    sink({name, sizeof(name)});
}

void write_candidates(Sink sink, const ParseError& error) {
    Text separator = "; it could be ";
    for (Option each = error.next_candidate({}); each; each = error.next_candidate(each)) {
        sink(separator);
        write_option_name(sink, each);
        separator = ", ";
    }
}

void write_cause(Sink sink, const ParseError& error) {
    switch (error.kind) {
    case ErrorKind::none:
        return sink("nothing is wrong");
    case ErrorKind::unknown:
        sink("unrecognized option ");
        return write_typed(sink, error);
    case ErrorKind::ambiguous:
        sink("option ");
        write_typed(sink, error);
        sink(" is ambiguous");
        return write_candidates(sink, error);
    case ErrorKind::missing:
        sink("option ");
        write_typed(sink, error);
        write_meaning(sink, error);
        sink(" requires an argument, ");
        return sink(error.option.metavar());
    case ErrorKind::superfluous:
        sink("option ");
        write_typed(sink, error);
        write_meaning(sink, error);
        sink(" doesn't allow an argument, but was given '");
        write_escaped(sink, error.argument);
        return sink("'");
    case ErrorKind::in_bundle:
        sink("option ");
        write_typed(sink, error);
        sink(" takes the next word and must be the last one in '");
        write_escaped(sink, error.word);
        return sink("'");
    case ErrorKind::invalid_value:
        sink("invalid value '");
        write_escaped(sink, error.argument);
        if (error.option && !error.option.has(metadata)) {
            sink("' for option '");
            write_option_name(sink, error.option);
        }
        sink("': expected ");
        return sink(error.expected);
    case ErrorKind::no_words:
        return sink("the command line is empty, not even the program has a name");
    }
}

} // namespace

Option ParseError::next_candidate(Option previous) const {
    Text name = without_dashes(typed);
    bool is_behind = !previous;
    Walk walk(scope);
    while (Option each = walk.next_real()) {
        if (each == previous)
            is_behind = true;
        else if (is_behind && each.has(has_long_name) && starts_with(each.name(), name))
            return each;
    }
    return {};
}

Option suggest_long(const Scope& scope, Text name) {
    if (name.size() < 2) return {};
    Option beginning, near;
    unsigned limit = static_cast<unsigned>(name.size() / 3 + 1);
    unsigned nearest = (limit < distance_max ? limit : distance_max) + 1;
    Walk walk(scope);
    while (Option option = walk.next_real()) {
        if (!option.has(has_long_name)) continue;
        if (equal_when_folded(option.name(), name)) return option;
        if (!beginning && starts_with(option.name(), name)) beginning = option;
        unsigned distance = edit_distance(option.name(), name, nearest);
        if (distance >= nearest) continue;
        near = option;
        nearest = distance;
    }
    return beginning ? beginning : near;
}

Option ParseError::suggestion() const {
    if (kind != ErrorKind::unknown) return {};
    if (is_long(*this)) return suggest_long(scope, without_dashes(typed));
    // "-help": a long name with one dash.
    Text name(word + 1);
    for (size_t i = 0; i < name.size(); i++)
        if (name[i] == '=') name = {name.data(), i};
    return name.size() < 2 ? Option{} : find_long(scope, name);
}

void write_error(Sink sink, const ParseError& error, Text program) {
    sink("error: ");
    write_cause(sink, error);
    sink("\nhint: ");
    if (Option meant = error.suggestion()) {
        sink("did you mean '");
        write_option_name(sink, meant);
        sink("'? ");
    }
    sink("Try '");
    write_escaped(sink, program);
    sink(" --help'.\n");
}

} // namespace kindling::options
