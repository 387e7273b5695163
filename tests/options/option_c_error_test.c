/* SPDX-License-Identifier: MIT */
/*
 * Errors as objects, and warnings, as a program in C11 sees them. The last line is "N passed, M
 * failed".
 */
#define _GNU_SOURCE
#include "options/option.h"
#include "tests/options/c_test.h"

#include <stdlib.h>

/* The macros' labels are not expressions. */
/* clang-format off */
static void run(struct option_parser* parser) {
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION('f', "flag", NULL, "A flag"):
        OPTION_LONG("long", NULL, "Only a long name"):
        OPTION('r', "required", "ARG", "With an argument"):
        OPTION_LONG_FLAGS(OPTION_OPTIONAL_ARG, "long-optional", "ARG", "Long"):
        OPTION_ALIAS_DEPRECATED(0, "fahne", "flag", "use --flag"):
        OPTION_DEPRECATED('z', NULL, NULL, "do not"):
            break;
        }
    }
}
/* clang-format on */

static void add_text(void* context, const char* text, size_t size) {
    strncat(context, text, size);
}

static void check_objects(void) {
    struct option_parser parser;
    struct option_error error;
    struct line line;
    split(&line, "-f --lo=x");
    option_parser_init(&parser, OPTION_TABLE, line.argc, line.argv);
    option_parser_get_error(&parser, &error);
    CHECK(error.kind == OPTION_ERROR_NONE && !error.option && !error.suggestion);
    run(&parser);
    option_parser_get_error(&parser, &error);
    CHECK(error.kind == OPTION_ERROR_AMBIGUOUS);
    CHECK(error.word_index == 2 && error.offset == 2);
    CHECK_TEXT(error.word, "--lo=x");
    CHECK(!error.option);
    const struct option_record* candidate = option_parser_next_candidate(&parser, NULL);
    CHECK_TEXT(option_record_name(candidate), "long");
    candidate = option_parser_next_candidate(&parser, candidate);
    CHECK_TEXT(option_record_name(candidate), "long-optional");
    CHECK(!option_parser_next_candidate(&parser, candidate));

    split(&line, "--requierd=x");
    option_parser_init(&parser, OPTION_TABLE, line.argc, line.argv);
    run(&parser);
    option_parser_get_error(&parser, &error);
    CHECK(error.kind == OPTION_ERROR_UNKNOWN && !error.option);
    CHECK_TEXT(option_record_name(error.suggestion), "required");
    CHECK(!option_parser_next_candidate(&parser, NULL));

    split(&line, "--flag=x");
    option_parser_init(&parser, OPTION_TABLE, line.argc, line.argv);
    run(&parser);
    option_parser_get_error(&parser, &error);
    CHECK(error.kind == OPTION_ERROR_SUPERFLUOUS && error.offset == 6);
    CHECK_TEXT(option_record_name(error.option), "flag");
}

static void check_warnings(void) {
    struct option_parser parser;
    struct line line;
    char warnings[200] = "";
    split(&line, "--fahne -z");
    option_parser_init(&parser, OPTION_TABLE, line.argc, line.argv);
    option_parser_set_warnings(&parser, add_text, warnings);
    run(&parser);
    CHECK_TEXT(warnings, "warning: '--fahne' is deprecated: use --flag\n"
                         "warning: '-z' is deprecated: do not\n");

    split(&line, "--fahne");
    option_parser_init(&parser, OPTION_TABLE, line.argc, line.argv);
    option_parser_set_warnings(&parser, NULL, NULL);
    run(&parser);
    CHECK(!option_parser_failed(&parser));
}

int main(void) {
    unsetenv("OPTION_ABBREVIATIONS");
    check_objects();
    check_warnings();
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
