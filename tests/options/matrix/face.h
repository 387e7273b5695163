/* SPDX-License-Identifier: MIT */
/*
 * The same words for both languages, so that one source is compiled as C and as C++.
 */
#pragma once

#ifdef __cplusplus
#include "options/option.hpp"
using namespace kindling::options;
#define PARSER(name) Parser parser(OPTION_TABLE, argc, argv, name)
#define PARSER_ARGUMENT parser
#define ARGUMENT parser.argument()
#define HAS_FAILED parser.has_failed()
#define POSITIONAL(n) parser.positional(n)
#define CHOICE(name) VerbChoice name = choose_verb(VERB_TABLE, parser)
#define NESTED_CHOICE(name, outer) VerbChoice name = choose_verb(outer)
#define LIST parser.next_value()
#define ITEM parser.number()
#define LINKAGE extern "C"
#else
#include "options/option.h"
#define PARSER(name)                                                                               \
    struct option_parser parser;                                                                   \
    if (name)                                                                                      \
        option_parser_init_namespace(&parser, OPTION_TABLE, argc, argv, name);                     \
    else                                                                                           \
        option_parser_init(&parser, OPTION_TABLE, argc, argv)
#define PARSER_ARGUMENT &parser
#define ARGUMENT option_parser_argument(&parser)
#define HAS_FAILED option_parser_failed(&parser)
#define POSITIONAL(n) option_parser_get_arg(&parser, n)
#define CHOICE(name)                                                                               \
    struct option_verb_choice name;                                                                \
    option_choose_verb(&name, VERB_TABLE, &parser)
#define NESTED_CHOICE(name, outer)                                                                 \
    struct option_verb_choice name;                                                                \
    option_choose_nested_verb(&name, &(outer))
#define LIST option_parser_next_value(&parser)
#define ITEM option_parser_uint(&parser)
#define LINKAGE
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Notes what came of a command line; `value` may be null. */
void seen(const char* name, const char* value);

/* What reads command lines: gives false if one was wrong. */
bool parse_bare(int argc, char** argv);
bool parse_named(int argc, char** argv);
bool parse_shared(int argc, char** argv);
bool take_shared(int option);

#ifdef __cplusplus
}
#endif
