/* SPDX-License-Identifier: MIT */
/* The smallest program with an option. */
#include <options/option.h>
#include <stdio.h>

COMMAND("hello", NULL, "Greet someone.", NULL, NULL, NULL);

/* clang-format off */
int main(int argc, char** argv) {
    const char* name = "world";
    struct option_parser parser;
    option_parser_init(&parser, OPTION_TABLE, argc, argv);
    FOREACH_OPTION(option, &parser) {
        switch (option) {
        OPTION('n', "name", "NAME", "Whom to greet"):
            name = option_parser_argument(&parser);
            break;
        OPTION_COMMON_HELP:
            return option_parser_print_help(&parser, COMMAND_TABLE, VERB_TABLE);
        }
    }
    if (!option_parser_expect_args(&parser, 0, 0)) return option_parser_print_error(&parser);
    printf("Hello, %s!\n", name);
    return 0;
}
