/* SPDX-License-Identifier: MIT */
/* Prints the beginning of files. The same program as shorten.cpp, in C. */
#include <errno.h>
#include <options/option.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

COMMAND("shorten", "[OPTION...] [FILE...]", "Print the beginning of files.", NULL, NULL,
        "Without FILE, or if it is -, standard input is read.");

enum { skipped_max = 16, exit_pipe = 128 + 13 };
enum color_when { color_auto, color_always, color_never }; /* as in OPTION_COLOR_VALUES */

struct arguments {
    uint64_t lines_max, bytes_max;
    uint64_t skipped[skipped_max];
    size_t skipped_count;
    const char* output;
    enum color_when color;
    bool is_quiet;
};

static void add_skipped(struct option_parser* parser, struct arguments* arguments) {
    if (!*option_parser_argument(parser)) arguments->skipped_count = 0;
    while (option_parser_next_value(parser)) {
        if (arguments->skipped_count == skipped_max) {
            option_parser_reject(parser, "at most 16 lines to skip");
            return;
        }
        arguments->skipped[arguments->skipped_count++] = option_parser_uint(parser);
    }
}

/* The exit status if there is nothing more to do, else a negative number. */
/* clang-format off */
static int parse(struct option_parser* parser, struct arguments* arguments) {
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION_TYPED('n', "lines", "N", "uint", "Print N lines of each file, 10 by default"):
            arguments->lines_max = option_parser_uint(parser);
            break;
        OPTION_TYPED('c', "bytes", "SIZE", "size", "Print at most SIZE of each file: 512, 10K"):
            arguments->bytes_max = option_parser_size_bytes(parser);
            break;
        OPTION_FULL_TYPED(OPTION_REPEATABLE, 's', "skip", "N[,N...]", "uint:1..,", 0,
                          "Leave these lines out; may be repeated", NULL):
            add_skipped(parser, arguments);
            break;

        OPTION_GROUP("Output"):
        OPTION_TYPED('o', "output", "FILE", "path", "Write to FILE"):
            arguments->output = option_parser_argument(parser);
            break;
        OPTION_COMMON_COLOR:
            arguments->color = (enum color_when)option_parser_choice(parser);
            break;
        OPTION('q', "quiet", NULL, "Print no names of files"):
            arguments->is_quiet = true;
            break;

        OPTION_GROUP("Information"):
        OPTION_COMMON_HELP:
            return option_parser_print_help(parser, COMMAND_TABLE, VERB_TABLE);
        OPTION_COMMON_VERSION:
            puts("shorten 1.0");
            return EXIT_SUCCESS;
        }
    }
    return option_parser_failed(parser) ? option_parser_print_error(parser) : -1;
}
/* clang-format on */

static bool is_skipped(const struct arguments* arguments, uint64_t line) {
    for (size_t i = 0; i < arguments->skipped_count; i++)
        if (arguments->skipped[i] == line) return true;
    return false;
}

static void copy_beginning(const struct arguments* arguments, FILE* in, FILE* out) {
    uint64_t line = 1, printed = 0, bytes = 0;
    for (int c; printed < arguments->lines_max && bytes < arguments->bytes_max;) {
        if ((c = getc(in)) == EOF) break;
        bool is_kept = !is_skipped(arguments, line);
        if (is_kept) {
            putc(c, out);
            bytes++;
        }
        if (c != '\n') continue;
        line++;
        if (is_kept) printed++;
    }
}

static void print_heading(const struct arguments* arguments, const char* name, FILE* out) {
    bool is_colored =
        arguments->color == color_always ||
        (arguments->color == color_auto && out == stdout && option_uses_color(STDOUT_FILENO));
    fprintf(out, is_colored ? "\033[1m%s:\033[0m\n" : "%s:\n", name);
}

static int complain(const char* what, const char* name) {
    fprintf(stderr, "error: cannot %s '%s': %s\n", what, name, strerror(errno));
    return EXIT_FAILURE;
}

static int shorten(const struct arguments* arguments, const char* name, FILE* out) {
    bool is_input = strcmp(name, "-") == 0;
    FILE* in = is_input ? stdin : fopen(name, "r");
    if (!in) return complain("open", name);
    copy_beginning(arguments, in, out);
    int status = ferror(in) ? complain("read", name) : EXIT_SUCCESS;
    if (!is_input) fclose(in);
    return status;
}

int main(int argc, char** argv) {
    struct arguments arguments = {.lines_max = 10, .bytes_max = UINT64_MAX};
    struct option_parser parser;
    option_parser_init(&parser, OPTION_TABLE, argc, argv);
    int status = parse(&parser, &arguments);
    if (status >= 0) return status;

    const char* output = arguments.output ? arguments.output : "standard output";
    FILE* out = arguments.output ? fopen(arguments.output, "w") : stdout;
    if (!out) return complain("open", output);
    static const char* const only_input[] = {"-", NULL};
    size_t count = option_parser_get_n_args(&parser);
    const char* const* names = count ? option_parser_get_args(&parser) : only_input;
    status = EXIT_SUCCESS;
    for (; *names; names++) {
        if (count > 1 && !arguments.is_quiet) print_heading(&arguments, *names, out);
        if (shorten(&arguments, *names, out) != EXIT_SUCCESS) status = EXIT_FAILURE;
    }
    if (fclose(out) == 0) return status;
    return errno == EPIPE ? exit_pipe : complain("write to", output);
}
