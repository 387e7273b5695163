/* SPDX-License-Identifier: MIT */
/*
 * Declarations of options and verbs, for C and C++. Each is a case of the switch that handles it:
 *
 *     FOREACH_OPTION(option, parser) {
 *         switch (option) {
 *         OPTION('t', "timeout", "SECONDS", "How long the menu waits"):
 *             timeout = parser.argument();
 *             break;
 *         }
 *     }
 *
 * Allowed in ordinary functions, member functions defined outside their class, and lambdas. Not in
 * templates and generic lambdas: GCC would forget the section, so these do not compile. Not in
 * inline functions, which member functions defined in their class are too: GCC puts their records
 * into a section of another type, and says "section type conflict" at the next ordinary one.
 *
 * The options of a loop belong to that loop: its parser knows no others, wherever the compiler puts
 * them. Where a switch stands in another function than the loop, or a parser is asked for help
 * before its loop has begun, give them a name with OPTION_NAMESPACE, and the parser too.
 */
#pragma once

/* As far as warnings go: a program may ask for any. */
#pragma GCC system_header

#define OPTION_JOIN_(a, b) a##b
#define OPTION_JOIN(a, b) OPTION_JOIN_(a, b)

#ifdef __cplusplus
#include "options/option_declare.hpp"
#define OPTION_SPACE_ option_namespace_
#define VERB_SPACE_ verb_namespace_
extern "C" {
#else
#include "options/option_declare.h"
#define OPTION_SPACE_ (sizeof(*option_namespace_) - 1)
#define VERB_SPACE_ (sizeof(*verb_namespace_) - 1)
#endif

/* The linker defines these two per section; weak, because a program may declare nothing. */
extern const unsigned char __start_kindling_options[] __attribute__((weak, visibility("hidden")));
extern const unsigned char __stop_kindling_options[] __attribute__((weak, visibility("hidden")));
extern const unsigned char __start_kindling_verbs[] __attribute__((weak, visibility("hidden")));
extern const unsigned char __stop_kindling_verbs[] __attribute__((weak, visibility("hidden")));
extern const unsigned char __start_kindling_commands[] __attribute__((weak, visibility("hidden")));
extern const unsigned char __stop_kindling_commands[] __attribute__((weak, visibility("hidden")));

#ifdef __cplusplus
}
#endif

/** The options, verbs and commands of the program or shared library that this is written in. */
#define OPTION_TABLE                                                                               \
    OPTION_TABLE_TYPE_ {                                                                           \
        __start_kindling_options, __stop_kindling_options, OPTION_IS_CHECKED_                      \
    }
#define VERB_TABLE                                                                                 \
    OPTION_TABLE_TYPE_ {                                                                           \
        __start_kindling_verbs, __stop_kindling_verbs, OPTION_IS_CHECKED_                          \
    }
#define COMMAND_TABLE                                                                              \
    OPTION_TABLE_TYPE_ {                                                                           \
        __start_kindling_commands, __stop_kindling_commands, OPTION_IS_CHECKED_                    \
    }

/** Runs its block for every option; the block is a switch over `option`. */
#define FOREACH_OPTION(option, parser) OPTION_LOOP_(option, parser)

/** The same; a wrong word returns from the function: in C++ `parser.error()`, in C -EINVAL. */
#define FOREACH_OPTION_OR_RETURN(option, parser)                                                   \
    FOREACH_OPTION(option, parser)                                                                 \
    if (option < 0)                                                                                \
        return OPTION_ERROR_VALUE_(parser);                                                        \
    else

/* Never more than a call of what does nothing, which the compiler drops for the other verbs. */
#define OPTION_NEEDS_CHECK_(flags, types)                                                          \
    OPTION_IF_(((flags)&VERB_ONLINE_ONLY) || OPTION_IS_GIVEN_(types)) option_link_verb_check();

/* Flags that are for the macros alone, or do not exist, become one that excludes all. */
#define OPTION_ASKED_(flags) (((flags)&OPTION_NOT_OF_PROGRAMS_) ? 0 | OPTION_UNKNOWN_ : 0 | (flags))

/**
 * Everything an option can have. Without a long name pass NULL or nullptr, without a short one 0;
 * without a metavar it takes no argument, without a help text it is hidden. `type_` is one of those
 * in option_value.h: arguments are checked before the case sees them. `details_` is for the manual.
 */
#define OPTION_FULL_TYPED(flags_, short_, long_, metavar_, type_, data_, help_, details_)          \
    OPTION_CASE_("kindling_options", __COUNTER__, OPTION_SPACE_, OPTION_ASKED_(flags_), short_,    \
                 long_, metavar_, type_, data_, 0, 0, help_, OPTION_NULL_, details_)
#define OPTION_TYPED(short_, long_, metavar_, type_, help_)                                        \
    OPTION_FULL_TYPED(0, short_, long_, metavar_, type_, 0, help_, OPTION_NULL_)
#define OPTION_LONG_TYPED(long_, metavar_, type_, help_)                                           \
    OPTION_FULL_TYPED(0, 0, long_, metavar_, type_, 0, help_, OPTION_NULL_)

#define OPTION_FULL_DATA(flags_, short_, long_, metavar_, data_, help_)                            \
    OPTION_FULL_TYPED(flags_, short_, long_, metavar_, OPTION_NULL_, data_, help_, OPTION_NULL_)
#define OPTION_FULL(flags_, short_, long_, metavar_, help_)                                        \
    OPTION_FULL_DATA(flags_, short_, long_, metavar_, 0, help_)

/** A short and a long name. */
#define OPTION(short_, long_, metavar_, help_) OPTION_FULL(0, short_, long_, metavar_, help_)

#define OPTION_LONG(long_, metavar_, help_) OPTION_FULL(0, 0, long_, metavar_, help_)
#define OPTION_LONG_FLAGS(flags_, long_, metavar_, help_)                                          \
    OPTION_FULL(flags_, 0, long_, metavar_, help_)
#define OPTION_LONG_DATA(long_, metavar_, data_, help_)                                            \
    OPTION_FULL_DATA(0, 0, long_, metavar_, data_, help_)

#define OPTION_SHORT(short_, metavar_, help_) OPTION_FULL(0, short_, OPTION_NULL_, metavar_, help_)
#define OPTION_SHORT_FLAGS(flags_, short_, metavar_, help_)                                        \
    OPTION_FULL(flags_, short_, OPTION_NULL_, metavar_, help_)
#define OPTION_SHORT_DATA(short_, metavar_, data_, help_)                                          \
    OPTION_FULL_DATA(0, short_, OPTION_NULL_, metavar_, data_, help_)

/**
 * Another name for the option that `target_` names; the parser returns that one. Hidden. The
 * deprecated form warns and says what to do instead.
 */
#define OPTION_ALIAS(short_, long_, target_)                                                       \
    OPTION_CASE_("kindling_options", __COUNTER__, OPTION_SPACE_, OPTION_IS_ALIAS, short_, long_,   \
                 OPTION_NULL_, OPTION_NULL_, 0, 0, 0, OPTION_NULL_, target_, OPTION_NULL_)
#define OPTION_ALIAS_DEPRECATED(short_, long_, target_, message_)                                  \
    OPTION_CASE_("kindling_options", __COUNTER__, OPTION_SPACE_,                                   \
                 OPTION_IS_ALIAS | OPTION_IS_DEPRECATED, short_, long_, OPTION_NULL_,              \
                 OPTION_NULL_, 0, 0, 0, OPTION_NULL_, target_, message_)

/** An option that still works, hidden, and warns: "--old is deprecated: use --new". */
#define OPTION_DEPRECATED(short_, long_, metavar_, message_)                                       \
    OPTION_CASE_("kindling_options", __COUNTER__, OPTION_SPACE_, OPTION_IS_DEPRECATED, short_,     \
                 long_, metavar_, OPTION_NULL_, 0, 0, 0, OPTION_NULL_, OPTION_NULL_, message_)

/** Receives positional words in the return-positional mode. */
#define OPTION_POSITIONAL                                                                          \
    OPTION_FULL(OPTION_POSITIONAL_ENTRY, 0, "(positional)", OPTION_NULL_, OPTION_NULL_)

/**
 * The same, and what the words of a program without verbs are, for completions and documents:
 * "FILE", "file". They are not checked, and the mode may be another one.
 */
#define OPTION_POSITIONAL_TYPED(metavar_, type_)                                                   \
    OPTION_FULL_TYPED(OPTION_POSITIONAL_ENTRY, 0, "(positional)", metavar_, type_, 0,              \
                      OPTION_NULL_, OPTION_NULL_)

/** Starts a group of the help. Never returned. */
#define OPTION_GROUP(name_) OPTION_FULL(OPTION_GROUP_MARKER, 0, name_, OPTION_NULL_, OPTION_NULL_)

/** The same; the options belong to some verbs only: "install|list". See `choose_verb`. */
#define OPTION_GROUP_VERBS(name_, verbs_)                                                          \
    OPTION_CASE_NEEDING_(OPTION_NEEDS_(option_parser_note_group, __COUNTER__), "kindling_options", \
                         __COUNTER__, OPTION_SPACE_, OPTION_GROUP_MARKER, 0, name_, OPTION_NULL_,  \
                         OPTION_NULL_, 0, 0, 0, OPTION_NULL_, verbs_, OPTION_NULL_)

/** What follows in this switch belongs to the parser of that name. Once per switch. */
#define OPTION_NAMESPACE(name_)                                                                    \
    OPTION_NAMED_CASE_("kindling_options", __COUNTER__, option_namespace_, OPTION_SPACE_,          \
                       OPTION_NAMESPACE_MARKER, name_)

/** A row of the help only; its first column is `text_` as it stands. */
#define OPTION_HELP_VERBATIM(text_, help_)                                                         \
    OPTION_FULL(OPTION_HELP_ENTRY_VERBATIM, 0, text_, OPTION_NULL_, help_)

/** A wrong word. Optional: a loop without it ends as well, and the parser keeps the error. */
#define OPTION_ERROR case -1
#define OPTION_ERROR_ID (-1)

/**
 * A verb, as a case of the switch over what `choose_verb` gives. `arguments_` is its synopsis or
 * NULL; `types_` their types, separated by ';', the last for all that follow; `min_` and `max_`
 * count the words behind the verb, VERB_ANY is no limit. `options_` names the namespace of options
 * that only this verb understands. Flags are OPTION_DEFAULT_VERB, VERB_ONLINE_ONLY and
 * VERB_OPTION_REQUIRED. `details_` stands at the end of the verb's help and in the manual.
 */
#define VERB_FULL_TYPED(flags_, name_, arguments_, types_, min_, max_, options_, data_, help_,     \
                        details_)                                                                  \
    VERB_NEEDING_(OPTION_NEEDS_CHECK_(flags_, types_), flags_, name_, arguments_, types_, min_,    \
                  max_, options_, data_, help_, details_)
#define VERB_NEEDING_(needed_, flags_, name_, arguments_, types_, min_, max_, options_, data_,     \
                      help_, details_)                                                             \
    OPTION_CASE_NEEDING_(needed_, "kindling_verbs", __COUNTER__, VERB_SPACE_,                      \
                         OPTION_IS_VERB | OPTION_ASKED_(flags_), 0, name_, arguments_, types_,     \
                         data_, min_, max_, help_, options_, details_)
#define VERB_FULL(flags_, name_, arguments_, min_, max_, options_, data_, help_)                   \
    VERB_FULL_TYPED(flags_, name_, arguments_, OPTION_NULL_, min_, max_, options_, data_, help_,   \
                    OPTION_NULL_)

#define VERB(name_, arguments_, min_, max_, help_)                                                 \
    VERB_FULL(0, name_, arguments_, min_, max_, OPTION_NULL_, 0, help_)
#define VERB_TYPED(name_, arguments_, types_, min_, max_, help_)                                   \
    VERB_FULL_TYPED(0, name_, arguments_, types_, min_, max_, OPTION_NULL_, 0, help_, OPTION_NULL_)
#define VERB_NOARG(name_, help_) VERB(name_, OPTION_NULL_, 0, 0, help_)
#define VERB_DEFAULT(name_, arguments_, min_, max_, help_)                                         \
    VERB_FULL(OPTION_DEFAULT_VERB, name_, arguments_, min_, max_, OPTION_NULL_, 0, help_)
#define VERB_NS(name_, arguments_, min_, max_, options_, help_)                                    \
    VERB_FULL(0, name_, arguments_, min_, max_, options_, 0, help_)
/** A verb with verbs of its own, declared behind a VERB_NAMESPACE of its path: "remote add". */
#define VERB_NESTED(name_, help_)                                                                  \
    VERB_FULL(OPTION_HAS_VERBS, name_, "VERB ...", 1, VERB_ANY, OPTION_NULL_, 0, help_)
/** Another name for a verb, hidden; the deprecated form warns and says what to do instead. */
#define VERB_ALIAS(name_, target_)                                                                 \
    VERB_FULL(OPTION_IS_ALIAS, name_, OPTION_NULL_, 0, VERB_ANY, target_, 0, OPTION_NULL_)
#define VERB_ALIAS_DEPRECATED(name_, target_, message_)                                            \
    VERB_FULL_TYPED(OPTION_IS_ALIAS | OPTION_IS_DEPRECATED, name_, OPTION_NULL_, OPTION_NULL_, 0,  \
                    VERB_ANY, target_, 0, OPTION_NULL_, message_)
#define VERB_DEPRECATED(name_, arguments_, min_, max_, message_)                                   \
    VERB_FULL_TYPED(OPTION_IS_DEPRECATED, name_, arguments_, OPTION_NULL_, min_, max_,             \
                    OPTION_NULL_, 0, OPTION_NULL_, message_)
#define VERB_GROUP(name_)                                                                          \
    VERB_FULL(OPTION_GROUP_MARKER, name_, OPTION_NULL_, 0, 0, OPTION_NULL_, 0, OPTION_NULL_)
/** What follows in this switch are verbs of the verb of that path. Once per switch. */
#define VERB_NAMESPACE(name_)                                                                      \
    OPTION_NAMED_CASE_("kindling_verbs", __COUNTER__, verb_namespace_, VERB_SPACE_,                \
                       OPTION_NAMESPACE_MARKER | OPTION_IS_VERB, name_)
#define VERB_ERROR case -1

/**
 * Describes a program, at file scope; what help, completions, manual and introspection say above
 * its options. `names_` are those it is called by, separated by '|', the first its own.
 * `arguments_` NULL stands for "[OPTION…] VERB …" or "[OPTION…]"; `manuals_`, such as "bootctl(1)",
 * and `options_`, the namespace of its options, may be NULL as well.
 */
#define COMMAND(names_, arguments_, abstract_, manuals_, options_, footer_)                        \
    OPTION_RECORD_("kindling_commands", __COUNTER__, __LINE__, 0, OPTION_IS_COMMAND, 0, names_,    \
                   arguments_, manuals_, 0, 0, 0, abstract_, options_, footer_)
