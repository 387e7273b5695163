/* SPDX-License-Identifier: MIT */
/*
 * What one declaration leaves in the program: a record without pointers, built by the compiler and
 * stored in a read-only section. The linker marks where the section begins and ends; a tool may
 * read it from the file without running the program. For C and C++.
 *
 * Sections: kindling_options, kindling_verbs, kindling_commands. Each is a row of records.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** What a declaration asks for. Combine with '|'. */
enum {
    /** The argument is only taken in joined form: --color=red, -cred. */
    OPTION_OPTIONAL_ARG = 1 << 0,
    /** After this option everything is positional; one "--" directly behind it is swallowed. */
    OPTION_STOPS_PARSING = 1 << 1,
    /** A row of the help that no word matches, with the first column of a real option. */
    OPTION_HELP_ENTRY = 1 << 2,
    /** A row of the help whose first column is printed as it is given. */
    OPTION_HELP_ENTRY_VERBATIM = 1 << 3,
    OPTION_POSITIONAL_ENTRY = 1 << 4, /**< the case that receives positional words */
    OPTION_GROUP_MARKER = 1 << 5,     /**< starts a group of the help */
    OPTION_NAMESPACE_MARKER = 1 << 6, /**< names the options of a parser */
    OPTION_DEFAULT_VERB = 1 << 7,     /**< a verb that runs when none is given */
    /** May be given more than once to say more; completions offer it again. */
    OPTION_REPEATABLE = 1 << 8,
    /** Another name for what `scope` names; the parser returns that one. */
    OPTION_IS_ALIAS = 1 << 9,
    /** Works, but warns; `details` says what to do instead. */
    OPTION_IS_DEPRECATED = 1 << 10,
    OPTION_IS_COMMAND = 1 << 11, /**< describes a program, see COMMAND */
    OPTION_IS_VERB = 1 << 12,
    /** A verb that has verbs of its own, in the namespace of its path: "remote add". */
    OPTION_HAS_VERBS = 1 << 13,
    OPTION_UNKNOWN_ = 1 << 14, /**< stands for flags that a declaration cannot have */
    /** A verb that is left out, with success, in a chroot or offline; see `is_offline`. */
    VERB_ONLINE_ONLY = 1 << 15,

    /* Set by the macros from the texts that are there: */
    OPTION_TAKES_ARGUMENT = 1 << 16,
    OPTION_HAS_LONG_NAME = 1 << 17,
    OPTION_IS_HIDDEN = 1 << 18, /**< no help text: understood, but never shown */

    /** A verb that does nothing without an option: its help says so. */
    VERB_OPTION_REQUIRED = 1 << 19,

    /** What a program may not ask for itself. */
    OPTION_NOT_OF_PROGRAMS_ =
        ~(OPTION_OPTIONAL_ARG | OPTION_STOPS_PARSING | OPTION_HELP_ENTRY |
          OPTION_HELP_ENTRY_VERBATIM | OPTION_POSITIONAL_ENTRY | OPTION_GROUP_MARKER |
          OPTION_NAMESPACE_MARKER | OPTION_DEFAULT_VERB | OPTION_REPEATABLE | OPTION_IS_ALIAS |
          OPTION_IS_DEPRECATED | OPTION_HAS_VERBS | VERB_ONLINE_ONLY | VERB_OPTION_REQUIRED),
};

/** The version of the record's layout. */
#define OPTION_RECORD_FORMAT 1

/**
 * The start of every record. Six texts follow, each with a terminating NUL: name, metavar, help,
 * type, scope, details. The whole is a multiple of eight bytes.
 *
 * text    | option             | verb                      | group          | command
 * name    | long name          | name                      | title          | names, split by '|'
 * metavar | of its argument    | synopsis of its arguments |                | synopsis
 * help    | one line           | one line                  |                | abstract
 * type    | of its argument    | of its arguments, by ';'  |                | manual pages, by '|'
 * scope   | of an alias: target | namespace of its options | verbs, by '|'  | namespace of its
 * options details | for the manual     | for the manual            |                | footer
 */
struct option_record {
    uint32_t flags;
    uint16_t size_bytes;             /**< of the whole record; the next one starts there */
    uint16_t unit;                   /**< hash of the source file's name */
    int32_t id;                      /**< the case value that the parser returns */
    uint32_t name_hash;              /**< of the long name; 0 without one */
    uint32_t name_space;             /**< of the parser that it belongs to; 0 is the unnamed one */
    uint16_t sequence;               /**< rises within a unit in the order of the source */
    uint16_t line;                   /**< of the source; at most 65535 */
    int64_t data;                    /**< a word for the handler */
    uint16_t count_min;              /**< of a verb: arguments behind it */
    uint16_t count_max;              /**< 65535 is no limit */
    uint8_t format;                  /**< OPTION_RECORD_FORMAT */
    uint8_t short_name;              /**< a printable character; 0 without one */
    uint8_t name_size, metavar_size; /**< bytes without the NUL, like the following */
    uint16_t help_size, type_size, scope_size, details_size;
};

/** Limits in bytes, without the NUL. Longer texts do not compile. */
#define OPTION_NAME_SIZE_MAX 48
#define OPTION_SYNOPSIS_SIZE_MAX 56
#define OPTION_TEXT_SIZE_MAX 255 /**< of the other names and of metavars */

/** No limit to the number of a verb's arguments. */
#define VERB_ANY 65535

/**
 * Names are compared by a hash first: sum of c[i] * p^(i+1) modulo 2^32. Being a sum, it is
 * also what C's preprocessor can write as a constant.
 */
#define OPTION_HASH_PRIME 16777619u

#ifdef __cplusplus
extern "C" {
#endif
struct option_parser;

/**
 * Notes the group of the option that was given last. OPTION_GROUP_VERBS asks for it and what it
 * needs; other programs do not contain that.
 */
void option_parser_note_group(struct option_parser* parser);

/** Does nothing. Verbs that have more to be checked call it, so that the linker takes the check. */
void option_link_verb_check(void);

#ifdef __cplusplus
}
#endif
