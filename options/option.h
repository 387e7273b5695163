/* SPDX-License-Identifier: MIT */
/*
 * Command lines in C: declare each option where it is handled, and get parsing, errors,
 * suggestions, help, completions and introspection from the one declaration.
 *
 *     struct option_parser parser;
 *     option_parser_init(&parser, OPTION_TABLE, argc, argv);
 *     FOREACH_OPTION(option, &parser) {
 *         switch (option) {
 *         OPTION('o', "output", "FILE", "Write to FILE"):
 *             output = option_parser_argument(&parser);
 *             break;
 *         OPTION_COMMON_HELP:
 *             return option_parser_print_help(&parser, COMMAND_TABLE, VERB_TABLE);
 *         }
 *     }
 *     if (option_parser_failed(&parser)) return option_parser_print_error(&parser);
 *
 * Nothing is allocated, nothing needs to be freed; texts point into argv and the tables. C++ has
 * option.hpp, which is the same engine.
 */
#pragma once

#include "options/option_record.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Records in a row: OPTION_TABLE, VERB_TABLE or COMMAND_TABLE. */
struct option_table {
    const unsigned char *first, *end;
    bool is_checked; /**< a parser looks for mistakes first and stops the program at one */
};

/** A command line while it is read. Initialize it; copy it only between two words. */
struct option_parser {
    uint64_t opaque[192];
};

/** What happens with words that are no options. */
enum option_mode {
    OPTION_MODE_NORMAL,            /**< options and positionals mix */
    OPTION_MODE_STOP,              /**< the first positional ends the options */
    OPTION_MODE_RETURN_POSITIONAL, /**< positionals come back in place, as OPTION_POSITIONAL */
};

/** What a unique beginning of a long name means. */
enum option_abbreviations {
    OPTION_ABBREVIATIONS_ACCEPT,
    OPTION_ABBREVIATIONS_WARN,
    OPTION_ABBREVIATIONS_EXACT,
};

/**
 * Parses in place: `argv` stays a permutation of itself, with the positionals at its end.
 * `argv[argc]` must be NULL. The parser takes the options of the loop it is used in.
 */
void option_parser_init(struct option_parser* parser, struct option_table table, int argc,
                        char** argv);
/** The same for the options behind OPTION_NAMESPACE(name), which must exist. */
void option_parser_init_namespace(struct option_parser* parser, struct option_table table, int argc,
                                  char** argv, const char* name);

/** May be called between two words; positionals that were passed stay positionals. */
void option_parser_set_mode(struct option_parser* parser, enum option_mode mode);
void option_parser_set_abbreviations(struct option_parser* parser,
                                     enum option_abbreviations policy);
/** Hides the options outside the groups named; the unnamed group is always outside. Borrowed. */
void option_parser_set_groups(struct option_parser* parser, const char* const* groups,
                              size_t count);
/** Takes "-5" as a positional while no option has a digit as its name. */
void option_parser_set_negative_numbers(struct option_parser* parser, bool are_positional);
/** Lets errors tell to which verb an unknown option belongs. */
void option_parser_set_verbs(struct option_parser* parser, struct option_table verbs);

/**
 * The case value of the next option; 0 after the last; -1 once for a wrong word, then 0.
 * FOREACH_OPTION calls the second form, with the namespace of its loop.
 */
int option_parser_next(struct option_parser* parser);
int option_parser_next_bound(struct option_parser* parser, size_t loop_namespace);

/** The option that was returned last: its record, or NULL. */
const struct option_record* option_parser_option(const struct option_parser* parser);
/** The word for the handler of OPTION_..._DATA. */
int64_t option_parser_data(const struct option_parser* parser);
/** The argument of the option that was returned last; NULL if none was given. */
const char* option_parser_argument(const struct option_parser* parser);

/** The argument of an option with a type. Asking for another type stops the program. */
bool option_parser_bool(const struct option_parser* parser);
int64_t option_parser_int(const struct option_parser* parser);
uint64_t option_parser_uint(const struct option_parser* parser);
uint64_t option_parser_size_bytes(const struct option_parser* parser);
uint64_t option_parser_duration_us(const struct option_parser* parser);
int option_parser_choice(const struct option_parser* parser); /**< its place in the list */
/** Moves to the next item of a list; false at the end. */
bool option_parser_next_value(struct option_parser* parser);
/** Text of the value, or of the item of a list; not terminated. `*size` is set. */
const char* option_parser_value_text(const struct option_parser* parser, size_t* size);
/** Of KEY=VALUE what stands before the '='; not terminated. */
const char* option_parser_value_key(const struct option_parser* parser, size_t* size);

/**
 * The next word, option or not, and the same marked as used; NULL at the end. Inside a bundle that
 * is the word behind it, and only the bundle's last option may take it.
 */
const char* option_parser_peek_next_arg(const struct option_parser* parser);
const char* option_parser_consume_next_arg(struct option_parser* parser);

/** Makes the argument an error. `expected` is static text: "a number from 1 to 9". Gives -1. */
int option_parser_reject(struct option_parser* parser, const char* expected);
/** An error if fewer or more words are left; true if not. */
bool option_parser_expect_args(struct option_parser* parser, size_t min, size_t max);

/**
 * Converts the argument with a function of the program's own, or makes it an error: `expected` is
 * static text, "a color such as #ff8800". True if that went well.
 */
bool option_parser_take(struct option_parser* parser,
                        bool (*convert)(const char* argument, void* value), void* value,
                        const char* expected);

bool option_parser_failed(const struct option_parser* parser);

/** What can be wrong with a command line. */
enum option_error_kind {
    OPTION_ERROR_NONE,
    OPTION_ERROR_UNKNOWN,       /**< no option of that name, or no name at all */
    OPTION_ERROR_AMBIGUOUS,     /**< a beginning of several names, see the candidates */
    OPTION_ERROR_MISSING,       /**< the option requires an argument */
    OPTION_ERROR_SUPERFLUOUS,   /**< the option takes none */
    OPTION_ERROR_IN_BUNDLE,     /**< it took the next word, but others follow in its bundle */
    OPTION_ERROR_INVALID_VALUE, /**< the argument is not of its type, or was rejected */
    OPTION_ERROR_NO_WORDS,      /**< not even a program name */
    OPTION_ERROR_EXTRA_WORD,    /**< a positional more than expected */
    OPTION_ERROR_MISSING_WORD,  /**< one less */
};

/** A wrong word. Points into the command line and the table. */
struct option_error {
    enum option_error_kind kind;
    int word_index;                         /**< in the vector that was parsed */
    size_t offset;                          /**< of the wrong part, in bytes of the word */
    const char* word;                       /**< the whole of it; empty if there is none */
    const struct option_record* option;     /**< what it was taken for, or NULL */
    const struct option_record* suggestion; /**< what was probably meant, or NULL */
};
void option_parser_get_error(const struct option_parser* parser, struct option_error* error);
/** The options that an ambiguous word could mean, in order: NULL gives the first. */
const struct option_record* option_parser_next_candidate(const struct option_parser* parser,
                                                         const struct option_record* previous);
/** The long name; empty if it has none. */
const char* option_record_name(const struct option_record* option);

/**
 * Where warnings of abbreviations and deprecated names go, in pieces; standard error by default.
 * Without a function they are dropped.
 */
void option_parser_set_warnings(struct option_parser* parser,
                                void (*write)(void* context, const char* text, size_t size),
                                void* context);
/** Writes "error: ..." and "hint: ..." to standard error. Gives the exit status, 2. */
int option_parser_print_error(const struct option_parser* parser);

/** What is left when the options are done: a NULL-terminated part of argv, its size, the n-th. */
const char* const* option_parser_get_args(const struct option_parser* parser);
size_t option_parser_get_n_args(const struct option_parser* parser);
const char* option_parser_get_arg(const struct option_parser* parser, size_t n);

/**
 * Prints the page of --help to standard output; with a verb among the words left, that verb's.
 * `verbs` may be empty: (struct option_table){0}. Gives the exit status.
 */
int option_parser_print_help(const struct option_parser* parser, struct option_table commands,
                             struct option_table verbs);

/**
 * True if text for that file descriptor may be colored: it is a terminal that can, and NO_COLOR,
 * CLICOLOR_FORCE and TERM say nothing else.
 */
bool option_uses_color(int fd);

/**
 * Prints the tables as JSON to standard output, for OPTION_COMMON_INTROSPECT_CLI: indented, or on
 * one line. `version` may be NULL. Gives the exit status.
 */
int option_parser_print_introspection(const struct option_parser* parser,
                                      struct option_table commands, struct option_table verbs,
                                      const char* version, bool is_pretty);

/**
 * Prints the completion script for a shell to standard output, for OPTION_COMMON_COMPLETION:
 * `shell` is the place in OPTION_SHELL_VALUES, which is what option_parser_choice() gives. Without
 * a COMMAND the program's own name is completed. Gives the exit status.
 */
int option_parser_print_completion(const struct option_parser* parser, struct option_table commands,
                                   struct option_table verbs, int shell);

/** The verb of a command line. */
struct option_verb_choice {
    int id; /**< the case value; -1 if none was found */
    const char* const* arguments;
    size_t arguments_count;
    uint64_t opaque[72];
};
/** Finds the verb among what the parser has left; the parser must outlive the choice. */
void option_choose_verb(struct option_verb_choice* choice, struct option_table verbs,
                        const struct option_parser* parser);
/** The same for the verb behind one that has verbs of its own. */
void option_choose_nested_verb(struct option_verb_choice* choice,
                               const struct option_verb_choice* outer);
/**
 * Writes "error: ..." and "hint: ..." to standard error, or why a verb with VERB_ONLINE_ONLY does
 * nothing. Gives the exit status: 2, or 0 for the latter.
 */
int option_print_verb_error(const struct option_verb_choice* choice);
/** `help VERB`: prints the page of the verb that the arguments of the choice name. */
int option_print_verb_help(const struct option_verb_choice* choice, struct option_table commands);

/** Conversions for arguments without a type: 0, -EINVAL or -ERANGE; nothing changes on errors. */
int option_parse_bool(const char* text, bool* value);
int option_parse_int(const char* text, int64_t min, int64_t max, int64_t* value);
int option_parse_uint(const char* text, uint64_t min, uint64_t max, uint64_t* value);
int option_parse_size(const char* text, uint64_t* bytes);
int option_parse_duration(const char* text, const char* unit, uint64_t* microseconds);

#ifdef __cplusplus
}
#endif

#include "options/option_common.h"
