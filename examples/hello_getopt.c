/* SPDX-License-Identifier: MIT */
/* What hello.c was before it moved: each option stands in three places. */
#include <getopt.h>
#include <stdio.h>

static int print_help(void) {
    puts("hello [OPTION...]\n\nGreet someone.\n\n"
         "  -h --help       Show this help\n"
         "  -n --name=NAME  Whom to greet");
    return 0;
}

int main(int argc, char** argv) {
    static const struct option options[] = {
        {"help", no_argument, NULL, 'h'},
        {"name", required_argument, NULL, 'n'},
        {NULL, 0, NULL, 0},
    };
    const char* name = "world";
    int option;
    while ((option = getopt_long(argc, argv, "hn:", options, NULL)) >= 0) {
        switch (option) {
        case 'h':
            return print_help();
        case 'n':
            name = optarg;
            break;
        default:
            return 2;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "%s: too many arguments\n", argv[0]);
        return 2;
    }
    printf("Hello, %s!\n", name);
    return 0;
}
