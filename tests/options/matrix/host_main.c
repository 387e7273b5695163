/* SPDX-License-Identifier: MIT */
/*
 * A program with options of its own beside a shared library that has others: prints those of its
 * table and what it read, then lets the library show what it sees.
 */
#include "tests/options/matrix/face.h"

#include <stdio.h>

LINKAGE int dump(int argc, char** argv);

/* The labels of the macros are no expressions. */
/* clang-format off */
int main(int argc, char** argv) {
    PARSER(OPTION_NULL_);
    int library = 0;
    FOREACH_OPTION(option, PARSER_ARGUMENT) {
        switch (option) {
        OPTION_LONG("of-the-program", OPTION_NULL_, "Declared in the program"):
            printf("of-the-program\n");
            break;
        OPTION_FULL(OPTION_STOPS_PARSING, 'h', "help", OPTION_NULL_, "Not that of the library"):
            library = 1;
            break;
        }
    }
    for (const unsigned char* at = __start_kindling_options; at != __stop_kindling_options;) {
        const struct option_record* record = (const struct option_record*)(const void*)at;
        printf("%s\n", record->name_size ? (const char*)(record + 1) : "-");
        at += record->size_bytes;
    }
    if (HAS_FAILED) printf("wrong\n");
    fflush(stdout);
    return library ? dump(argc - 1, argv + 1) : 0;
}
