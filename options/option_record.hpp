// SPDX-License-Identifier: MIT
//
// Builds records at compile time, and refuses declarations that could not work. No C++ standard
// header is needed here.
#pragma once

#include "options/option_record.h"
#include "options/option_type_check.hpp"

namespace kindling::options {

using RecordHeader = ::option_record;
static_assert(sizeof(RecordHeader) == 48 && alignof(RecordHeader) == 8);

// The flags under the names of this namespace.
constexpr unsigned optional_arg = OPTION_OPTIONAL_ARG;
constexpr unsigned stops_parsing = OPTION_STOPS_PARSING;
constexpr unsigned help_entry = OPTION_HELP_ENTRY;
constexpr unsigned help_entry_verbatim = OPTION_HELP_ENTRY_VERBATIM;
constexpr unsigned positional_entry = OPTION_POSITIONAL_ENTRY;
constexpr unsigned group_marker = OPTION_GROUP_MARKER;
constexpr unsigned namespace_marker = OPTION_NAMESPACE_MARKER;
constexpr unsigned default_verb = OPTION_DEFAULT_VERB;
constexpr unsigned repeatable = OPTION_REPEATABLE;
constexpr unsigned is_alias = OPTION_IS_ALIAS;
constexpr unsigned is_deprecated = OPTION_IS_DEPRECATED;
constexpr unsigned is_command = OPTION_IS_COMMAND;
constexpr unsigned is_verb = OPTION_IS_VERB;
constexpr unsigned has_verbs = OPTION_HAS_VERBS;
constexpr unsigned online_only = VERB_ONLINE_ONLY;
constexpr unsigned option_required = VERB_OPTION_REQUIRED;
constexpr unsigned unknown_flag = OPTION_UNKNOWN_;
constexpr unsigned takes_argument = OPTION_TAKES_ARGUMENT;
constexpr unsigned has_long_name = OPTION_HAS_LONG_NAME;
constexpr unsigned is_hidden = OPTION_IS_HIDDEN;

/// Never matched by a word.
constexpr unsigned metadata = help_entry | help_entry_verbatim | positional_entry | group_marker |
                              namespace_marker | is_command;

constexpr int done_id = 0;       ///< what the parser returns after the last option
constexpr int error_id = -1;     ///< and, once, when a word was wrong
constexpr int positional_id = 1; ///< and for a positional word that is delivered in place

constexpr size_t name_size_max = OPTION_NAME_SIZE_MAX;
constexpr uint16_t count_unlimited = VERB_ANY;

/// See OPTION_HASH_PRIME.
constexpr uint32_t hash_name(const char* text, size_t size) {
    uint32_t hash = 0, power = OPTION_HASH_PRIME;
    for (size_t i = 0; i < size; i++) {
        hash += static_cast<unsigned char>(text[i]) * power;
        power *= OPTION_HASH_PRIME;
    }
    return hash;
}

constexpr size_t size_of_text(const char* text) {
    return text ? __builtin_strlen(text) : 0;
}

constexpr uint32_t hash_name(const char* text) {
    return hash_name(text, size_of_text(text));
}

// Namespaces. 0 is the unnamed one; a loop has one of its own; a name decides for all that use it.
// A namespace belongs to a switch by the scope of its declaration, whatever order the records have.

constexpr uint32_t namespace_of(const char* name) {
    return name ? (hash_name(name) & 0x3fffffffu) + 1 : 0;
}

consteval uint32_t namespace_of_loop(const char* file, const char* function, unsigned line) {
    uint32_t hash = hash_name(file) ^ hash_name(function) * 31u ^ line * 2654435761u;
    return (hash & 0x3fffffffu) + 0x40000001u;
}

// Case values. Each kind of number has bits of its own at the top, so that a switch in which two
// declarations share a name does not compile: "duplicate case value".

/// Below it are `positional_id`, and the values of `second_case` and of metadata, which no parser
/// returns.
constexpr int first_case_min = 0x20000000;

/// The value that the parser returns: from the long name, else from the short one.
constexpr int first_case(unsigned flags, char short_name, const char* name, unsigned sequence) {
    if (flags & positional_entry) return positional_id;
    if (flags & metadata) return static_cast<int>(0x10000000u | sequence);
    if (!name) return static_cast<int>(0x20000000u | static_cast<unsigned char>(short_name));
    return static_cast<int>(0x40000000u | (hash_name(name) & 0x3fffffffu));
}

/// The value that only keeps a short name, and the default verb, from being declared twice.
constexpr int second_case(unsigned flags, char short_name, unsigned sequence) {
    if (flags & default_verb) return 2;
    bool is_real = short_name && !(flags & metadata);
    return is_real ? static_cast<unsigned char>(short_name)
                   : static_cast<int>(0x08000000u | sequence);
}

/// A text of a declaration as it lies in a record; nullptr is no text, and one NUL.
template <size_t N>
struct Literal {
    char characters[N];
};
template <>
struct Literal<0> {
    char characters[1];
    constexpr Literal(decltype(nullptr)) : characters{} {}
};
template <size_t N>
Literal(const char (&)[N]) -> Literal<N>;
Literal(decltype(nullptr))->Literal<0>;

// Not constexpr: a declaration that reaches one does not compile, and the compiler names it.
void option_has_neither_a_short_nor_a_long_name();
void option_name_must_be_lower_case_letters_digits_and_dashes();
void option_name_is_too_long();
void short_option_must_be_printable_and_not_a_dash();
void metavar_must_not_be_empty();
void metavar_is_too_long();
void optional_argument_needs_a_metavar();
void option_flags_exclude_each_other();
void help_must_not_end_in_a_period_or_hold_line_breaks_tabs_or_double_blanks();
void help_is_no_valid_utf_8();
void synopsis_is_too_long_for_a_help_page();
void type_needs_a_metavar();
void type_is_unknown_or_has_wrong_bounds_or_values();
void verb_counts_are_the_wrong_way_round();
void verb_counts_are_too_large();
void verb_has_a_synopsis_of_arguments_that_it_does_not_take();
void marker_needs_a_name_and_nothing_else();
void alias_needs_a_target();

/// What a declaration says. Texts that are not there are null.
struct Declaration {
    unsigned flags = 0;
    char short_name = 0;
    int64_t data = 0;
    unsigned count_min = 0, count_max = 0;
    unsigned line = 0;
    unsigned sequence = 0;
    uint32_t name_space = 0;
    const char* file = "";
    const char* name = nullptr;
    const char* metavar = nullptr;
    const char* help = nullptr;
    const char* type = nullptr;
    const char* scope = nullptr;
    const char* details = nullptr;
};

consteval bool is_option_name(const char* text, size_t size) {
    if (size == 0 || text[0] == '-') return false;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
    }
    return true;
}

/// The bytes of the UTF-8 character at `text`; 0 if it is malformed.
consteval size_t utf_8_size(const char* text) {
    unsigned char lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) return 1;
    size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4) return 0;
    for (size_t i = 1; i < size; i++)
        if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
    // Longer than need be, half of a pair, or beyond the last character.
    unsigned char next = static_cast<unsigned char>(text[1]);
    if ((lead == 0xe0 && next < 0xa0) || (lead == 0xed && next > 0x9f)) return 0;
    if ((lead == 0xf0 && next < 0x90) || (lead == 0xf4 && next > 0x8f)) return 0;
    return size;
}

consteval void check_help(const char* text, size_t size) {
    if (size == 0 || text[size - 1] == '.')
        help_must_not_end_in_a_period_or_hold_line_breaks_tabs_or_double_blanks();
    for (size_t i = 0; i < size;) {
        char c = text[i];
        bool is_control = c < ' ' && c >= 0;
        if (is_control || (c == ' ' && text[i + 1] == ' '))
            help_must_not_end_in_a_period_or_hold_line_breaks_tabs_or_double_blanks();
        size_t step = c >= 0 ? 1 : utf_8_size(text + i);
        if (!step) help_is_no_valid_utf_8();
        i += step;
    }
}

consteval void check_type(const Declaration& declared) {
    checks::Part types{declared.type, size_of_text(declared.type)};
    if (!declared.metavar) type_needs_a_metavar();
    if (!(declared.flags & is_verb) && !checks::is_type(types))
        type_is_unknown_or_has_wrong_bounds_or_values();
    for (bool has_more = (declared.flags & is_verb) != 0; has_more;) {
        size_t end = types.find(';');
        if (!checks::is_type({types.text, end})) type_is_unknown_or_has_wrong_bounds_or_values();
        has_more = end < types.size;
        types = types.behind(end);
    }
}

consteval void check_flags(const Declaration& declared) {
    unsigned flags = declared.flags, marker = flags & metadata;
    constexpr unsigned of_verbs = default_verb | has_verbs | online_only | option_required;
    // Only what a word can match takes an argument, ends the options or comes more than once.
    bool is_excluded = (flags & unknown_flag) ||
                       ((flags & optional_arg) && (flags & ((metadata & ~help_entry) | is_verb))) ||
                       ((flags & stops_parsing) && (flags & (metadata | is_verb | repeatable))) ||
                       ((flags & repeatable) && (flags & (metadata | is_verb | is_alias))) ||
                       (marker & (marker - 1)) ||
                       ((flags & (is_alias | is_deprecated)) && marker) ||
                       ((flags & of_verbs) &&
                        (!(flags & is_verb) || (flags & (metadata | is_alias)))) ||
                       ((flags & has_verbs) && (flags & (online_only | option_required)));
    if (is_excluded) option_flags_exclude_each_other();
    if ((flags & optional_arg) && !declared.metavar) optional_argument_needs_a_metavar();
    if ((flags & is_alias) && !size_of_text(declared.scope)) alias_needs_a_target();
    if ((flags & (group_marker | namespace_marker)) &&
        (!size_of_text(declared.name) || declared.short_name || declared.metavar))
        marker_needs_a_name_and_nothing_else();
}

consteval void check_counts(const Declaration& declared) {
    if (declared.count_min > declared.count_max) verb_counts_are_the_wrong_way_round();
    if (declared.count_max > VERB_ANY) verb_counts_are_too_large();
    if ((declared.flags & is_verb) && declared.metavar && !declared.count_max)
        verb_has_a_synopsis_of_arguments_that_it_does_not_take();
}

consteval void check_declaration(const Declaration& declared) {
    unsigned flags = declared.flags;
    bool is_real = !(flags & (metadata & ~help_entry));
    size_t name_size = size_of_text(declared.name), metavar_size = size_of_text(declared.metavar);
    size_t name_max = is_real ? name_size_max : OPTION_TEXT_SIZE_MAX;
    if (is_real && !declared.name && !declared.short_name)
        option_has_neither_a_short_nor_a_long_name();
    if (is_real && declared.name && !is_option_name(declared.name, name_size))
        option_name_must_be_lower_case_letters_digits_and_dashes();
    if (name_size > name_max) option_name_is_too_long();
    if (declared.short_name && (declared.short_name <= ' ' || declared.short_name == '-' ||
                                declared.short_name > '~' || declared.short_name == '='))
        short_option_must_be_printable_and_not_a_dash();
    if (declared.metavar && metavar_size == 0) metavar_must_not_be_empty();
    if (metavar_size > OPTION_TEXT_SIZE_MAX) metavar_is_too_long();
    check_flags(declared);
    if (declared.help && !(flags & is_command))
        check_help(declared.help, size_of_text(declared.help));
    if (is_real && declared.help && name_size + metavar_size > OPTION_SYNOPSIS_SIZE_MAX)
        synopsis_is_too_long_for_a_help_page();
    if (is_real && declared.type) check_type(declared);
    check_counts(declared);
}

/// True for the __PRETTY_FUNCTION__ of what is made from a template: "f() [with T = int]", and with
/// GCC "f<int>()::<lambda()>" or "<lambda(auto:1)>". GCC would forget the section there, and the
/// option with it.
consteval bool is_in_template(const char* function) {
    size_t size = size_of_text(function);
    bool has_parameters = size && function[size - 1] == ']';
    bool is_lambda = size && function[size - 1] == '>';
    for (size_t i = 0; (has_parameters || is_lambda) && i + 5 < size; i++) {
        if (has_parameters && function[i] == ' ' && function[i + 1] == '=') return true;
        if (is_lambda && function[i] == '>' && function[i + 1] == '(') return true;
        if (is_lambda && function[i] == 'a' && checks::Part{function + i, 5}.is("auto:"))
            return true;
    }
    return false;
}

/// Checks the declaration and gives the start of its record; the texts follow.
consteval RecordHeader make_header(const Declaration& declared) {
    check_declaration(declared);
    unsigned flags = declared.flags;
    if (declared.metavar) flags |= takes_argument;
    if (declared.name) flags |= has_long_name;
    if (!declared.help) flags |= is_hidden;
    RecordHeader header{};
    header.flags = flags;
    header.unit = static_cast<uint16_t>(hash_name(declared.file) >> 8);
    header.id = first_case(declared.flags, declared.short_name, declared.name, declared.sequence);
    header.name_space = declared.name_space;
    header.sequence = static_cast<uint16_t>(declared.sequence);
    header.line = static_cast<uint16_t>(declared.line < 0xffff ? declared.line : 0xffff);
    header.data = declared.data;
    header.count_min = static_cast<uint16_t>(declared.count_min);
    header.count_max = static_cast<uint16_t>(declared.count_max);
    header.format = OPTION_RECORD_FORMAT;
    header.short_name = static_cast<unsigned char>(declared.short_name);
    header.name_size = static_cast<uint8_t>(size_of_text(declared.name));
    header.name_hash = hash_name(declared.name, header.name_size);
    header.metavar_size = static_cast<uint8_t>(size_of_text(declared.metavar));
    header.help_size = static_cast<uint16_t>(size_of_text(declared.help));
    header.type_size = static_cast<uint16_t>(size_of_text(declared.type));
    header.scope_size = static_cast<uint16_t>(size_of_text(declared.scope));
    header.details_size = static_cast<uint16_t>(size_of_text(declared.details));
    size_t size = sizeof(RecordHeader) + 6 + header.name_size + header.metavar_size +
                  size_of_text(declared.help) + size_of_text(declared.type) +
                  size_of_text(declared.scope) + size_of_text(declared.details);
    header.size_bytes = static_cast<uint16_t>((size + 7) / 8 * 8);
    if (size > 0xfff0) option_name_is_too_long();
    return header;
}

} // namespace kindling::options

// What declarations see that stand in no loop and behind no OPTION_NAMESPACE or VERB_NAMESPACE.
constexpr uint32_t option_namespace_ = 0;
constexpr uint32_t verb_namespace_ = 0;
