// SPDX-License-Identifier: MIT
#include "options/option_error.hpp"

#include "options/option_suggest.hpp"

#include <stdlib.h>
#include <unistd.h>

namespace kindling::options {
namespace {

Text without_dashes(Text typed) {
    return typed.from(starts_with(typed, "--") ? 2 : 0);
}

/// A short one is one character, perhaps a dash.
bool is_long(const ParseError& error) {
    return error.typed.size() > 1 && error.typed[0] == '-';
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
    return name.first(position_of(name, '='));
}

/// A verb behind those that it is below: the name of its namespace.
void write_path(const Sink& sink, Table verbs, Option verb) {
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

/// What a message is about.
struct Subject {
    const ParseError& error;
    Text program;
    Text meant; ///< the name or the value that is near
};

// By the kind of the error; `part_of` says what the letters are.
constexpr char causes[] = "nothing is wrong\0"
                          "unrecognized option '%t'\0"
                          "option '%t' is ambiguous%c\0"
                          "option '%t'%:m requires an argument%v\0"
                          "option '%t'%:m doesn't allow an argument, but was given '%a'\0"
                          "option '%t' takes the next word and must be the last one in '%w'\0"
                          "invalid value '%a'%:f: expected %x\0"
                          "the command line is empty: the program has no name\0"
                          "unexpected argument '%w'\0"
                          "an argument is missing";

Option next_candidate(const void* error, Option previous) {
    return static_cast<const ParseError*>(error)->next_candidate(previous);
}

/// Writes it, and gives what stands behind.
const char* expected_of(const Sink& sink, const ParseError& error) {
    if (error.expected) {
        sink(error.expected);
        return "";
    }
    Type type = parse_type(error.option.type());
    if (type.kind == TypeKind::text || type.kind == TypeKind::dynamic) {
        Text metavar = error.option.metavar();
        sink(metavar.is_empty() ? "a text" : metavar);
        return ", which must not be empty";
    }
    write_expected(sink, type);
    if (error.value_error == ValueError::ambiguous) return ", written out";
    bool has_no_bounds = error.value_error == ValueError::out_of_range && type.parameter.is_empty();
    return has_no_bounds ? ", closer to 0" : "";
}

Text part_of(const Sink& sink, char letter, const void* about) {
    const Subject& subject = *static_cast<const Subject*>(about);
    const ParseError& error = subject.error;
    const char* plain = "";
    switch (letter) {
    case 'a': // argument
        return error.argument;
    case 'c': // candidates
        write_names(sink, "; it could be ", next_candidate, &error);
        break;
    case 'd': // did you mean
        return subject.meant;
    case 'f': // for which option
        if (error.option && !error.option.has(metadata)) plain = " for option '%o'";
        break;
    case 'm': // the meaning of an abbreviation
        if (is_long(error) && !equal(without_dashes(error.typed), error.option.name()))
            plain = " (--%n)";
        break;
    case 'n':
        return error.option.name();
    case 'o':
        write_name(sink, error.option);
        break;
    case 'p':
        return subject.program;
    case 'q': // the cause in question
        plain = message_at(causes, static_cast<unsigned>(error.kind));
        break;
    case 'r':
        if (write_remedy(sink, error)) plain = " ";
        break;
    case 's': // the start of a word with the optional value
        write_name(sink, error.after);
        if (error.after.has(has_long_name)) plain = "=";
        break;
    case 't': // typed
        if (!is_long(error)) sink("-");
        return error.typed;
    case 'v': // value
        if (error.option.has(takes_argument)) sink(", ");
        return error.option.metavar();
    case 'w':
        plain = error.word;
        break;
    default: // 'x'
        plain = expected_of(sink, error);
    }
    return plain;
}

void write(const Sink& sink, const ParseError& error, Text program, const char* message) {
    Subject subject{error, program, {}};
    write_message(sink, message, part_of, &subject);
}

/// Null if there is nothing to say.
const char* find_remedy(Subject& subject) {
    const ParseError& error = subject.error;
    switch (error.kind) {
    case ErrorKind::unknown:
        if (Option found = error.suggestion()) {
            subject.meant = found.name();
            return "did you mean '--%d'?";
        }
        return nullptr;
    case ErrorKind::superfluous:
        return "this option takes no value.";
    case ErrorKind::invalid_value:
        if (error.expected) return nullptr;
        subject.meant = suggest_choice(parse_type(error.option.type()), error.argument);
        return subject.meant.is_empty() ? nullptr : "did you mean '%d'?";
    case ErrorKind::extra_word:
        if (error.after) return "use %s%a for an optional value.";
        if (error.word[0] != '-' || !error.word[1]) return nullptr;
        if (error.is_behind_dashes) return "options after -- are positional.";
        return error.is_behind_word ? "options must stand before the first word." : nullptr;
    default:
        return nullptr;
    }
}

} // namespace

void write_name(const Sink& sink, Option option) {
    char dashed[] = {'-', option.short_name()};
    if (option.has(has_long_name)) dashed[1] = '-';
    if (!option.has(is_verb | group_marker)) sink({dashed, sizeof(dashed)});
    sink(option.name());
}

void write_names(const Sink& sink, Text separator, NextName next, const void* about) {
    for (Option each; (each = next(about, each));) {
        sink(separator);
        write_name(sink, each);
        separator = ", ";
    }
}

void write_cause(const Sink& sink, const ParseError& error) noexcept {
    write(sink, error, {}, "%:q");
}

Option ParseError::next_candidate(Option previous) const {
    Text name = without_dashes(typed);
    while ((previous = next_listed_of(scope, previous)))
        if (!previous.has(metadata) && previous.has(has_long_name) &&
            starts_with(previous.name(), name) && !is_another_name(scope, previous, name))
            break;
    return previous;
}

Option suggest_long(const Scope& scope, Text name) {
    Nearest nearest(name);
    Option best;
    for (Option option; (option = next_real_of(scope, option));)
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
        Scope own{scope.table, verb.scope().data(), {}};
        if ((is_long(*this) || name.size() > 1) && find_long(own, name)) return verb;
        if (!is_long(*this) && find_short(own, typed[0])) return verb;
    }
    return {};
}

bool write_owner(const Sink& sink, const ParseError& error) {
    Option verb = error.owner();
    if (!verb) return false;
    sink("this option belongs to verb '");
    write_path(sink, error.verbs, verb);
    sink("'.");
    return true;
}

bool write_remedy(const Sink& sink, const ParseError& error) {
    if (error.write_owner && error.write_owner(sink, error)) return true;
    Subject subject{error, {}, {}};
    const char* remedy = find_remedy(subject);
    if (remedy) write_message(sink, remedy, part_of, &subject);
    return remedy != nullptr;
}

void write_hint(const Sink& sink, const ParseError& error, Text program) noexcept {
    write(sink, error, program, "%rTry '%p --help'.");
}

void write_error(const Sink& sink, const ParseError& error, Text program) noexcept {
    write(sink, error, program, error ? "error: %:q\nhint: %rTry '%p --help'.\n" : "error: %:q\n");
}

void stop_at_mistake(const Scope& scope) {
    Mistake mistake = find_mistake(scope.table);
    bool has_none =
        scope.table.first != scope.table.end && !has_namespace(scope.table, scope.name_space);
    if (!mistake.what && !has_none) return;
    FileSink error(STDERR_FILENO);
    error.write("option parser: ");
    if (mistake.what) {
        error.write("'");
        write_name(error.sink(), mistake.option);
        error.write("' ");
        error.write(mistake.what);
    } else {
        error.write("its switch has another OPTION_NAMESPACE or VERB_NAMESPACE than it names");
    }
    error.write("\n");
    error.flush();
    abort();
}

} // namespace kindling::options
