/* SPDX-License-Identifier: MIT */
/* A program without verbs, in C; it answers for dynamic values through an option. */
#include "options/option.h"

#include <stdio.h>

COMMAND("plain-tool", NULL, "Has no verbs", NULL, NULL, NULL);

/* clang-format off */
int main(int argc, char** argv) {
    const char* what = NULL;
    struct option_parser parser;
    option_parser_init(&parser, OPTION_TABLE, argc, argv);
    FOREACH_OPTION(option, &parser) {
        switch (option) {
        OPTION_COMMON_HELP:
        OPTION_LONG_TYPED("disk", "DISK", "dynamic:disks", "A disk"):
        OPTION_LONG("disk-type", "TYPE", "Begins like another"):
        OPTION_POSITIONAL_TYPED("FILE", "file"):
            break;
        OPTION_COMMON_COMPLETION:
            return option_parser_print_completion(&parser, COMMAND_TABLE, VERB_TABLE,
                                                  option_parser_choice(&parser));
        OPTION_COMMON_COMPLETE:
            what = option_parser_argument(&parser);
            break;
        }
    }
    if (option_parser_failed(&parser)) return option_parser_print_error(&parser);
    if (what) printf("%s of %zu words\tthe answer\n", what, option_parser_get_n_args(&parser));
    return 0;
}
/* clang-format on */
