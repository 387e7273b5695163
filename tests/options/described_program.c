/* SPDX-License-Identifier: MIT */
/* A program in C that describes itself. */
#include "options/option.h"

COMMAND("described", NULL, "Takes files.", "described(1)|https://example.org/", NULL, NULL);

/* clang-format off */
int main(int argc, char** argv) {
    bool is_asked = false;
    struct option_parser parser;
    option_parser_init(&parser, OPTION_TABLE, argc, argv);
    FOREACH_OPTION(option, &parser) {
        switch (option) {
        OPTION_COMMON_HELP:
        OPTION_FULL(OPTION_OPTIONAL_ARG | OPTION_REPEATABLE, 'c', "color", "WHEN", "Use colors"):
        OPTION_FULL(OPTION_STOPS_PARSING, 'e', NULL, NULL, "Run the rest"):
        OPTION_ALIAS_DEPRECATED(0, "colour", "color", "use --color"):
        OPTION_POSITIONAL_TYPED("FILE", "file"):
            break;
        OPTION_COMMON_INTROSPECT_CLI:
            is_asked = true;
            break;
        }
    }
    if (option_parser_failed(&parser)) return option_parser_print_error(&parser);
    if (is_asked)
        return option_parser_print_introspection(&parser, COMMAND_TABLE, VERB_TABLE, "1.2", false);
    return 0;
}
/* clang-format on */
