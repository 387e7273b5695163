// SPDX-License-Identifier: MIT
//
// What one declaration leaves in the program: a record without pointers, built by the compiler and
// stored in a read-only section. The linker marks where the section begins and ends; tools may
// read it from the file without running the program. No C++ standard header is needed here.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace kindling::options {

/// What a declaration asks for. Flags may be combined with '|'.
enum Flag : uint16_t {
    /// The argument is only taken in joined form: --color=red, -cred.
    optional_argument = 1 << 0,
    /// After this option everything is positional; one "--" directly behind it is swallowed.
    stops_parsing = 1 << 1,
    /// A row of the help that no word matches, with the first column of a real option.
    help_entry = 1 << 2,
    /// A row of the help whose first column is printed as it is given.
    help_entry_verbatim = 1 << 3,
    positional_entry = 1 << 4, ///< the case that receives positional words
    group_marker = 1 << 5,     ///< starts a group of the help
    namespace_marker = 1 << 6, ///< starts the options of another parser
    default_verb = 1 << 7,     ///< runs when no verb is given

    // Set by the macros from the texts that are there:
    takes_argument = 1 << 8,
    has_long_name = 1 << 9,
    is_hidden = 1 << 10, ///< no help text: understood, but never shown
    has_details = 1 << 11,
    is_verb = 1 << 12,
};

/// Never matched by a word.
constexpr unsigned metadata =
    help_entry | help_entry_verbatim | positional_entry | group_marker | namespace_marker;

constexpr int done_id = 0;       ///< what the parser returns after the last option
constexpr int error_id = -1;     ///< and, once, when a word was wrong
constexpr int positional_id = 1; ///< and for a positional word that is delivered in place

/// The start of every record. Four texts follow, each with a terminating NUL: name, metavar, help,
/// details. The whole is a multiple of eight bytes.
struct RecordHeader {
    uint16_t size_bytes; ///< of the whole record; the next one starts there
    uint16_t flags;
    int32_t id;         ///< the case value that the parser returns
    uint32_t name_hash; ///< of the long name; 0 without one
    uint32_t short_name;
    int64_t data; ///< a word for the handler
    uint32_t line;
    uint16_t count_min, count_max; ///< of a verb: arguments behind it
    uint16_t name_size, metavar_size, help_size, details_size;
};
static_assert(sizeof(RecordHeader) == 40 && alignof(RecordHeader) == 8);

constexpr size_t name_size_max = 64; ///< bytes of a long name
constexpr size_t synopsis_size_max = 56;
constexpr uint16_t count_unlimited = 0xffff;

/// FNV-1a with 32 bits. Source: draft-eastlake-fnv, section 2.
constexpr uint32_t hash_name(const char* text, size_t size, uint32_t hash = 2166136261u) {
    for (size_t i = 0; i < size; i++) {
        hash ^= static_cast<unsigned char>(text[i]);
        hash *= 16777619u;
    }
    return hash;
}

constexpr size_t size_of_text(const char* text) {
    size_t size = 0;
    while (text && text[size]) size++;
    return size;
}

constexpr uint32_t hash_name(const char* text) {
    return hash_name(text, size_of_text(text));
}

// Case values. Each kind of number has bits of its own at the top, so that a switch in which two
// declarations share a name does not compile: "duplicate case value".

/// The value that the parser returns: from the long name, else from the short one.
consteval int first_case(unsigned flags, char short_name, const char* name, const char* help) {
    if (flags & positional_entry) return positional_id;
    if (flags & metadata)
        return static_cast<int>(0x10000000u |
                                ((hash_name(name) ^ hash_name(help) * 31u ^ flags) & 0x0fffffffu));
    if (!name) return static_cast<int>(0x20000000u | static_cast<unsigned char>(short_name));
    return static_cast<int>(0x40000000u | (hash_name(name) & 0x3fffffffu));
}

/// The value that only keeps a short name from being declared twice.
consteval int second_case(unsigned flags, char short_name, const char* name, const char* help) {
    if (flags & metadata)
        return static_cast<int>(0x08000000u |
                                ((hash_name(name) ^ hash_name(help) * 31u ^ flags) & 0x07ffffffu));
    if (short_name) return static_cast<unsigned char>(short_name);
    return static_cast<int>(0x20000000u | (hash_name(name) & 0x1fffffffu));
}

/// A text of a declaration while the compiler works on it; nullptr is no text.
template <size_t N>
struct Literal {
    char characters[N];
    bool is_null = false;
};

template <size_t N>
consteval Literal<N> literal(const char (&text)[N]) {
    Literal<N> result{};
    for (size_t i = 0; i < N; i++) result.characters[i] = text[i];
    return result;
}

consteval Literal<1> literal(decltype(nullptr)) {
    return {{0}, true};
}

// Not constexpr: a declaration that reaches one does not compile, and the compiler names it.
void option_has_neither_a_short_nor_a_long_name();
void option_name_must_be_lower_case_letters_digits_and_dashes();
void option_name_is_too_long();
void short_option_must_be_printable_and_not_a_dash();
void metavar_must_not_be_empty();
void optional_argument_needs_a_metavar();
void help_must_not_end_in_a_period_or_hold_line_breaks_tabs_or_double_blanks();
void synopsis_is_too_long_for_a_help_page();
void verb_counts_are_the_wrong_way_round();

consteval bool is_name(const char* text, size_t size) {
    if (size == 0 || text[0] == '-') return false;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
    }
    return true;
}

consteval bool is_help(const char* text, size_t size) {
    if (size == 0 || text[size - 1] == '.') return false;
    for (size_t i = 0; i < size; i++)
        if (text[i] < ' ' && text[i] >= 0)
            return false;
        else if (text[i] == ' ' && text[i + 1] == ' ')
            return false;
    return true;
}

template <size_t N>
struct alignas(8) Record {
    RecordHeader header;
    char texts[N];
};

/// What a declaration says besides its texts.
struct Declaration {
    unsigned flags = 0;
    char short_name = 0;
    int64_t data = 0;
    unsigned line = 0;
    unsigned count_min = 0, count_max = 0;
};

template <size_t N, size_t M, size_t H>
consteval void check(const Declaration& declared, const Literal<N>& name, const Literal<M>& metavar,
                     const Literal<H>& help) {
    bool is_real = !(declared.flags & (metadata & ~static_cast<unsigned>(help_entry)));
    if (is_real && name.is_null && !declared.short_name)
        option_has_neither_a_short_nor_a_long_name();
    if (is_real && !name.is_null && !is_name(name.characters, N - 1))
        option_name_must_be_lower_case_letters_digits_and_dashes();
    if (N - 1 > name_size_max) option_name_is_too_long();
    if (declared.short_name && (declared.short_name <= ' ' || declared.short_name == '-' ||
                                declared.short_name > '~' || declared.short_name == '='))
        short_option_must_be_printable_and_not_a_dash();
    if (!metavar.is_null && M == 1) metavar_must_not_be_empty();
    if ((declared.flags & optional_argument) && metavar.is_null)
        optional_argument_needs_a_metavar();
    if (!help.is_null && !is_help(help.characters, H - 1))
        help_must_not_end_in_a_period_or_hold_line_breaks_tabs_or_double_blanks();
    if (!help.is_null && N + M > synopsis_size_max) synopsis_is_too_long_for_a_help_page();
    if (declared.count_min > declared.count_max) verb_counts_are_the_wrong_way_round();
}

/// Builds the record. An aggregate made by a function stays read-only with every compiler; one
/// made by a constructor does not with GCC.
template <size_t N, size_t M, size_t H, size_t D>
consteval auto make_record(const Declaration& declared, const Literal<N>& name,
                           const Literal<M>& metavar, const Literal<H>& help,
                           const Literal<D>& details) {
    check(declared, name, metavar, help);
    using Result = Record<(N + M + H + D + 7) / 8 * 8>;
    static_assert(sizeof(Result) < 0xffff);
    Result record{};
    RecordHeader& header = record.header;
    unsigned flags = declared.flags;
    if (!metavar.is_null) flags |= takes_argument;
    if (!name.is_null) flags |= has_long_name;
    if (help.is_null) flags |= is_hidden;
    if (!details.is_null) flags |= has_details;
    const char* name_text = name.is_null ? nullptr : name.characters;
    header.size_bytes = sizeof(Result);
    header.flags = static_cast<uint16_t>(flags);
    header.id = first_case(declared.flags, declared.short_name, name_text,
                           help.is_null ? nullptr : help.characters);
    header.name_hash = name.is_null ? 0 : hash_name(name.characters, N - 1);
    header.short_name = static_cast<unsigned char>(declared.short_name);
    header.data = declared.data;
    header.line = declared.line;
    header.count_min = static_cast<uint16_t>(declared.count_min);
    header.count_max = static_cast<uint16_t>(declared.count_max);
    header.name_size = N - 1;
    header.metavar_size = M - 1;
    header.help_size = H - 1;
    header.details_size = D - 1;
    size_t at = 0;
    for (size_t i = 0; i < N; i++) record.texts[at++] = name.characters[i];
    for (size_t i = 0; i < M; i++) record.texts[at++] = metavar.characters[i];
    for (size_t i = 0; i < H; i++) record.texts[at++] = help.characters[i];
    for (size_t i = 0; i < D; i++) record.texts[at++] = details.characters[i];
    return record;
}

} // namespace kindling::options
