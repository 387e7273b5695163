// SPDX-License-Identifier: MIT
#include "options/option_error.hpp"

#include "options/option_suggest.hpp"

namespace kindling::options {
namespace {

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

void write_candidates(Sink sink, const ParseError& error) {
    Text separator = "; it could be ";
    for (Option each = error.next_candidate({}); each; each = error.next_candidate(each)) {
        sink(separator);
        write_name(sink, each);
        separator = ", ";
    }
}

void write_invalid_value(Sink sink, const ParseError& error) {
    sink("invalid value '");
    write_escaped(sink, error.argument);
    if (error.option && !error.option.has(metadata)) {
        sink("' for option '");
        write_name(sink, error.option);
    }
    sink("': expected ");
    if (error.expected) return sink(error.expected);
    Type type = parse_type(error.option.type());
    if (type.kind == TypeKind::text || type.kind == TypeKind::dynamic) {
        sink(error.option.metavar().is_empty() ? "a text" : error.option.metavar());
        return sink(", which must not be empty");
    }
    write_expected(sink, type);
    if (error.value_error == ValueError::ambiguous) sink(", written out");
}

/// True for an alias of what begins with `name` itself, or of what is outside the scope.
bool is_another_name(const Scope& scope, Option option, Text name) {
    if (!option.has(is_alias)) return false;
    Option target = resolve(scope, option);
    return !target || starts_with(target.name(), name);
}

/// The name that was meant as a long one: that of "--name", or of "-name".
Text long_name_of(const ParseError& error) {
    if (is_long(error)) return without_dashes(error.typed);
    Text name(error.word + 1);
    for (size_t i = 0; i < name.size(); i++)
        if (name[i] == '=') return {name.data(), i};
    return name;
}

/// A verb behind those that it is below: the name of its namespace.
void write_path(Sink sink, Table verbs, Option verb) {
    for (const unsigned char* at = verbs.first; at != verbs.end && verb.name_space();) {
        Option each(at);
        at += each.record_size_bytes();
        if (!each.has(namespace_marker) || each.name_space() != verb.name_space()) continue;
        sink(each.name());
        sink(" ");
        break;
    }
    sink(verb.name());
}

void write_text(Sink sink, Text before, Text text, Text behind) {
    sink(before);
    write_escaped(sink, text);
    sink(behind);
}

} // namespace

void write_name(Sink sink, Option option) {
    if (option.has(has_long_name)) {
        sink("--");
        return sink(option.name());
    }
    char name[] = {'-', option.short_name()};
    sink({name, sizeof(name)});
}

void write_deprecated(Sink sink, Text what, Text name, Text message) {
    sink("warning: ");
    sink(what);
    sink("'");
    write_escaped(sink, name);
    sink("' is deprecated");
    if (!message.is_empty()) sink(": ");
    sink(message);
    sink("\n");
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
        sink(" requires an argument");
        if (!error.option.metavar().is_empty()) sink(", ");
        return sink(error.option.metavar());
    case ErrorKind::superfluous:
        sink("option ");
        write_typed(sink, error);
        write_meaning(sink, error);
        return write_text(sink, " doesn't allow an argument, but was given '", error.argument, "'");
    case ErrorKind::in_bundle:
        sink("option ");
        write_typed(sink, error);
        return write_text(sink, " takes the next word and must be the last one in '", error.word,
                          "'");
    case ErrorKind::invalid_value:
        return write_invalid_value(sink, error);
    case ErrorKind::no_words:
        return sink("the command line is empty, not even the program has a name");
    case ErrorKind::extra_word:
        return write_text(sink, "unexpected argument '", error.word, "'");
    case ErrorKind::missing_word:
        return sink("an argument is missing");
    }
}

Option ParseError::next_candidate(Option previous) const {
    Text name = without_dashes(typed);
    bool is_behind = !previous;
    Listing listing(scope);
    while (Option each = listing.next()) {
        if (each == previous)
            is_behind = true;
        else if (is_behind && !each.has(metadata) && each.has(has_long_name) &&
                 starts_with(each.name(), name) && !is_another_name(scope, each, name))
            return each;
    }
    return {};
}

Option suggest_long(const Scope& scope, Text name) {
    Nearest nearest(name);
    Option best;
    Walk walk(scope);
    while (Option option = walk.next_real())
        if (option.has(has_long_name) && resolve(scope, option) && nearest.look_at(option.name()))
            best = option;
    return best;
}

Option ParseError::suggestion() const {
    if (kind != ErrorKind::unknown) return {};
    Text name = long_name_of(*this);
    if (is_long(*this)) return suggest_long(scope, name);
    return name.size() < 2 ? Option{} : find_long(scope, name);
}

Option ParseError::owner() const {
    if (kind != ErrorKind::unknown) return {};
    Text name = long_name_of(*this);
    // Nested verbs too, which are in namespaces of their own.
    for (const unsigned char* at = verbs.first; at != verbs.end;) {
        Option verb(at);
        at += verb.record_size_bytes();
        if (verb.has(metadata | is_alias) || verb.scope().is_empty()) continue;
        Scope own{scope.table, verb.scope().data(), nullptr, 0};
        bool has_it = is_long(*this) || name.size() > 1 ? bool(find_long(own, name)) : false;
        if (!has_it && !is_long(*this)) has_it = bool(find_short(own, typed[0]));
        if (has_it) return verb;
    }
    return {};
}

bool write_remedy(Sink sink, const ParseError& error) {
    if (Option verb = error.owner()) {
        sink("this option belongs to verb '");
        write_path(sink, error.verbs, verb);
        sink("'.");
        return true;
    }
    if (Option meant = error.suggestion()) {
        sink("did you mean '");
        write_name(sink, meant);
        sink("'?");
        return true;
    }
    if (error.kind == ErrorKind::superfluous) {
        sink("this option takes no value.");
        return true;
    }
    if (error.kind == ErrorKind::invalid_value && !error.expected) {
        Type type = parse_type(error.option.type());
        Text meant = suggest_choice(type, error.argument);
        if (meant.is_empty()) return false;
        write_text(sink, "did you mean '", meant, "'?");
        return true;
    }
    if (error.kind != ErrorKind::extra_word) return false;
    if (error.after) {
        sink("use ");
        write_name(sink, error.after);
        write_text(sink, error.after.has(has_long_name) ? "=" : "", error.word,
                   " for an optional value.");
        return true;
    }
    bool is_like_option = error.word[0] == '-' && error.word[1];
    if (is_like_option && error.is_behind_dashes) sink("options after -- are positional.");
    if (is_like_option && error.is_behind_word) sink("options must stand before the first word.");
    return is_like_option && (error.is_behind_dashes || error.is_behind_word);
}

void write_hint(Sink sink, const ParseError& error, Text program) {
    if (write_remedy(sink, error)) sink(" ");
    sink("Try '");
    write_escaped(sink, program);
    sink(" --help'.");
}

void write_error(Sink sink, const ParseError& error, Text program) {
    sink("error: ");
    write_cause(sink, error);
    sink("\n");
    if (!error) return;
    sink("hint: ");
    write_hint(sink, error, program);
    sink("\n");
}

} // namespace kindling::options
