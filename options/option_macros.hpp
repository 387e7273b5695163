// SPDX-License-Identifier: MIT
//
// Declarations of options and verbs. Each is a case of the switch that handles it:
//
//     FOREACH_OPTION(option, parser) {
//         switch (option) {
//         OPTION('t', "timeout", "SECONDS", "How long the menu waits"):
//             timeout = parser.argument();
//             break;
//         }
//     }
//
// Allowed in ordinary functions, member functions defined outside their class, and lambdas. Not in
// inline functions, templates and generic lambdas: there GCC refuses the section or forgets it. A
// unit with several parsers names the namespace of each.
#pragma once

#include "options/option_record.hpp"

// The linker defines these two per section; weak, because a program may declare nothing.
extern "C" {
extern const unsigned char __start_kindling_options[] __attribute__((weak, visibility("hidden")));
extern const unsigned char __stop_kindling_options[] __attribute__((weak, visibility("hidden")));
extern const unsigned char __start_kindling_verbs[] __attribute__((weak, visibility("hidden")));
extern const unsigned char __stop_kindling_verbs[] __attribute__((weak, visibility("hidden")));
}

/// The options and the verbs of the program or shared library that this is written in.
#define OPTION_TABLE                                                                               \
    ::kindling::options::Table {                                                                   \
        __start_kindling_options, __stop_kindling_options                                          \
    }
#define VERB_TABLE                                                                                 \
    ::kindling::options::Table {                                                                   \
        __start_kindling_verbs, __stop_kindling_verbs                                              \
    }

// used, retain: no reader of the variable is visible to compiler and linker. no_reorder: GCC
// reverses the order at -O2. aligned: GCC would leave gaps. Clang needs no order, and would pad
// for its address sanitizer.
#ifdef __clang__
#define OPTION_SECTION_(name)                                                                      \
    __attribute__((section(name), used, retain, aligned(8), no_sanitize("address")))
#else
#define OPTION_SECTION_(name) __attribute__((section(name), used, retain, no_reorder, aligned(8)))
#endif

#define OPTION_JOIN_(a, b) a##b
#define OPTION_JOIN(a, b) OPTION_JOIN_(a, b)

// The label at the end takes the author's colon. The record stands between case and label, so that
// declarations can be stacked without a warning about falling through.
#define OPTION_RECORD_(section, counter, declaration, name, metavar, help, details)                \
    static constexpr auto OPTION_JOIN(option_record_, counter) OPTION_SECTION_(section) =          \
        ::kindling::options::make_record(declaration, ::kindling::options::literal(name),          \
                                         ::kindling::options::literal(metavar),                    \
                                         ::kindling::options::literal(help),                       \
                                         ::kindling::options::literal(details));                   \
    [[maybe_unused]] OPTION_JOIN(option_label_, counter)

/// Everything an option can have. Without a long name pass nullptr, without a short one 0; without
/// a metavar it takes no argument, without a help text it is hidden.
#define OPTION_FULL_DATA(flags_, short_, long_, metavar_, data_, help_)                            \
    case ::kindling::options::first_case(flags_, short_, long_, help_):                            \
    case ::kindling::options::second_case(flags_, short_, long_, help_):                           \
        OPTION_RECORD_("kindling_options", __COUNTER__,                                            \
                       (::kindling::options::Declaration{flags_, short_, data_, __LINE__}), long_, \
                       metavar_, help_, nullptr)

#define OPTION_FULL(flags_, short_, long_, metavar_, help_)                                        \
    OPTION_FULL_DATA(flags_, short_, long_, metavar_, 0, help_)

/// A short and a long name.
#define OPTION(short_, long_, metavar_, help_) OPTION_FULL(0, short_, long_, metavar_, help_)

#define OPTION_LONG(long_, metavar_, help_) OPTION_FULL(0, 0, long_, metavar_, help_)
#define OPTION_LONG_FLAGS(flags_, long_, metavar_, help_)                                          \
    OPTION_FULL(flags_, 0, long_, metavar_, help_)
#define OPTION_LONG_DATA(long_, metavar_, data_, help_)                                            \
    OPTION_FULL_DATA(0, 0, long_, metavar_, data_, help_)

#define OPTION_SHORT(short_, metavar_, help_) OPTION_FULL(0, short_, nullptr, metavar_, help_)
#define OPTION_SHORT_FLAGS(flags_, short_, metavar_, help_)                                        \
    OPTION_FULL(flags_, short_, nullptr, metavar_, help_)
#define OPTION_SHORT_DATA(short_, metavar_, data_, help_)                                          \
    OPTION_FULL_DATA(0, short_, nullptr, metavar_, data_, help_)

/// Receives positional words in the return-positional mode.
#define OPTION_POSITIONAL                                                                          \
    OPTION_FULL(::kindling::options::positional_entry, 0, "(positional)", nullptr, nullptr)

/// Starts a group of the help, and the options of another parser. Never returned.
#define OPTION_GROUP(name_)                                                                        \
    OPTION_FULL(::kindling::options::group_marker, 0, name_, nullptr, nullptr)
#define OPTION_NAMESPACE(name_)                                                                    \
    OPTION_FULL(::kindling::options::namespace_marker, 0, name_, nullptr, nullptr)

/// A row of the help only; its first column is `text_` as it stands.
#define OPTION_HELP_VERBATIM(text_, help_)                                                         \
    OPTION_FULL(::kindling::options::help_entry_verbatim, 0, text_, nullptr, help_)

/// A wrong word. Optional: a loop without it ends as well, and the parser keeps the error.
#define OPTION_ERROR case ::kindling::options::error_id

/// Runs its block for every option; the block is a switch over `option`.
#define FOREACH_OPTION(option, parser)                                                             \
    for (int option = (parser).next(); option != ::kindling::options::done_id;                     \
         option = (parser).next())

/// The same; a wrong word returns `parser.error()` from the function.
#define FOREACH_OPTION_OR_RETURN(option, parser)                                                   \
    FOREACH_OPTION(option, parser)                                                                 \
    if (option == ::kindling::options::error_id)                                                   \
        return (parser).error();                                                                   \
    else

/// A verb, as a case of the switch over `choose_verb`. `arguments_` is its synopsis or nullptr;
/// `min_` and `max_` count the words behind the verb, VERB_ANY is no limit. `options_` names the
/// namespace of options that only this verb understands.
#define VERB_FULL(flags_, name_, arguments_, min_, max_, options_, data_, help_)                   \
    case ::kindling::options::first_case(::kindling::options::is_verb | (flags_), 0, name_,        \
                                         help_):                                                   \
        OPTION_RECORD_("kindling_verbs", __COUNTER__,                                              \
                       (::kindling::options::Declaration{::kindling::options::is_verb | (flags_),  \
                                                         0, data_, __LINE__, min_, max_}),         \
                       name_, arguments_, help_, options_)

#define VERB_ANY ::kindling::options::count_unlimited
#define VERB(name_, arguments_, min_, max_, help_)                                                 \
    VERB_FULL(0, name_, arguments_, min_, max_, nullptr, 0, help_)
#define VERB_NOARG(name_, help_) VERB(name_, nullptr, 0, 0, help_)
#define VERB_DEFAULT(name_, arguments_, min_, max_, help_)                                         \
    VERB_FULL(::kindling::options::default_verb, name_, arguments_, min_, max_, nullptr, 0, help_)
#define VERB_NS(name_, arguments_, min_, max_, options_, help_)                                    \
    VERB_FULL(0, name_, arguments_, min_, max_, options_, 0, help_)
#define VERB_GROUP(name_)                                                                          \
    VERB_FULL(::kindling::options::group_marker, name_, nullptr, 0, 0, nullptr, 0, nullptr)
#define VERB_ERROR case ::kindling::options::error_id
