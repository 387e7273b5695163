/* SPDX-License-Identifier: MIT */
/*
 * The whole of option.h, as a program in C11 uses it. The last line is "N passed, M failed".
 */
#define _GNU_SOURCE
#include "options/option.h"
#include "tests/options/c_test.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

COMMAND("c-test|c-test-too", NULL, "Hold what C programs can do.", "c-test(1)", NULL,
        "The footer of the page.");

/** What a run did, as text: "flag required=x | positional". */
struct report {
    char text[512];
};

static void note(struct report* report, const char* what, const char* argument) {
    size_t used = strlen(report->text);
    snprintf(report->text + used, sizeof(report->text) - used, "%s%s%s%s", used ? " " : "", what,
             argument ? "=" : "", argument ? argument : "");
}

static void note_rest(struct report* report, const struct option_parser* parser) {
    if (option_parser_failed(parser)) {
        note(report, "failed", NULL);
        return;
    }
    size_t count = option_parser_get_n_args(parser);
    if (count) note(report, "|", NULL);
    for (size_t i = 0; i < count; i++) note(report, option_parser_get_arg(parser, i), NULL);
    if (option_parser_get_arg(parser, count) || option_parser_get_args(parser)[count])
        note(report, "no end", NULL);
}

static bool read_even(const char* argument, void* value) {
    bool is_even = *argument >= '0' && *argument <= '8' && *argument % 2 == 0 && !argument[1];
    if (is_even) *(int*)value = *argument - '0';
    return is_even;
}

/* The macros' labels are not expressions. */
/* clang-format off */
static void run_forms(struct option_parser* parser, struct report* report) {
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION_POSITIONAL:
            note(report, "positional", option_parser_argument(parser));
            break;
        OPTION('f', "flag", NULL, "A flag"):
            note(report, "flag", NULL);
            break;
        OPTION_LONG("long", 0, "Only a long name"):
            note(report, "long", NULL);
            break;
        OPTION_SHORT('s', NULL, "Only a short name"):
            note(report, "s", NULL);
            break;
        OPTION('r', "required", "ARG", "With an argument"):
            note(report, "required", option_parser_argument(parser));
            break;
        OPTION_FULL(OPTION_OPTIONAL_ARG, 'o', "optional", "ARG", "Perhaps with one"):
            note(report, "optional", option_parser_argument(parser));
            break;
        OPTION_LONG_FLAGS(OPTION_OPTIONAL_ARG, "long-optional", "ARG", "Long"):
            note(report, "long-optional", option_parser_argument(parser));
            break;
        OPTION_SHORT_FLAGS(OPTION_OPTIONAL_ARG, 'p', "ARG", "Short"):
            note(report, "p", option_parser_argument(parser));
            break;
        OPTION_FULL(OPTION_STOPS_PARSING, 'e', "exec", NULL, "The rest is a command"):
            note(report, "exec", NULL);
            break;
        OPTION_HELP_VERBATIM("-ff", "Both, twice"):
        OPTION_GROUP("More"):
        OPTION_LONG_DATA("data", NULL, 666, "With a word of data"):
        OPTION_SHORT_DATA('d', NULL, -667, "The same body"):
            note(report, option_parser_data(parser) == 666    ? "666"
                         : option_parser_data(parser) == -667 ? "-667"
                                                              : "wrong data", NULL);
            break;
        OPTION_ALIAS('F', "flagge", "flag"):
        OPTION_ALIAS_DEPRECATED(0, "fahne", "flag", "use --flag"):
        OPTION_DEPRECATED('z', "zap", NULL, "do not"):
            note(report, "zap", NULL);
            break;
        OPTION('t', "take", NULL, "Takes the next word"):
            note(report, "take", option_parser_peek_next_arg(parser));
            note(report, "took", option_parser_consume_next_arg(parser));
            break;
        OPTION_LONG("reject", "ARG", "Is never right"):
            if (option_parser_reject(parser, "nothing at all") != -1) note(report, "bad", NULL);
            break;
        OPTION_ERROR:
            note(report, "error", NULL);
            break;
        }
        if (option != 1 && option > 0 && !option_parser_option(parser)) note(report, "none", NULL);
    }
    if (option_parser_option(parser) || option_parser_argument(parser)) note(report, "left", NULL);
}

static void run_types(struct option_parser* parser, struct report* report) {
    int even = -1;
    char text[64] = "";
    size_t size, key_size;
    const char *value, *key;
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION_TYPED('b', "bool", "BOOL", "bool", "Truth"):
            note(report, option_parser_bool(parser) ? "true" : "false", NULL);
            break;
        OPTION_TYPED('i', "int", "N", "int:-5..5", "Integer"):
            snprintf(text, sizeof(text), "%lld", (long long)option_parser_int(parser));
            note(report, "int", text);
            break;
        OPTION_TYPED('u', "uint", "N", "uint:0..23,", "Integers"):
            while (option_parser_next_value(parser)) {
                snprintf(text, sizeof(text), "%llu", (unsigned long long)option_parser_uint(parser));
                note(report, "uint", text);
            }
            break;
        OPTION_LONG_TYPED("size", "BYTES", "size", "Size"):
            snprintf(text, sizeof(text), "%llu",
                     (unsigned long long)option_parser_size_bytes(parser));
            note(report, "size", text);
            break;
        OPTION_LONG_TYPED("duration", "TIME", "duration:ms", "Duration"):
            snprintf(text, sizeof(text), "%llu",
                     (unsigned long long)option_parser_duration_us(parser));
            note(report, "duration", text);
            break;
        OPTION_LONG_TYPED("choice", "WHEN", "auto:if it can|always|never", "Choice"):
            snprintf(text, sizeof(text), "%d", option_parser_choice(parser));
            note(report, "choice", text);
            break;
        OPTION_LONG("even", "N", "A type of the program's own"):
            if (option_parser_take(parser, read_even, &even, "an even digit")) {
                snprintf(text, sizeof(text), "%d", even);
                note(report, "even", text);
            }
            break;
        OPTION_LONG_TYPED("key", "KEY=VALUE", "key=value", "Key"):
            key = option_parser_value_key(parser, &key_size);
            value = option_parser_value_text(parser, &size);
            snprintf(text, sizeof(text), "[%.*s][%.*s]", (int)key_size, key, (int)size, value);
            note(report, "key", text);
            break;
        OPTION_FULL_TYPED(OPTION_OPTIONAL_ARG, 0, "wrong", "N", "uint", 7, "Asks for another type",
                          "Never do that"):
            option_parser_size_bytes(parser);
            break;
        }
    }
}

static int run_or_return(struct option_parser* parser) {
    FOREACH_OPTION_OR_RETURN(option, parser) {
        switch (option) {
        OPTION('f', "other-flag", NULL, "The same short name in another loop"):
            break;
        }
    }
    return 0;
}

static void run_named(struct option_parser* parser, struct report* report) {
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION_NAMESPACE("c-named"):
        OPTION('n', "named", NULL, "Of the namespace"):
            note(report, "named", NULL);
            break;
        OPTION_ERROR:
            note(report, "error", NULL);
            break;
        }
    }
}

static int run_remote(const struct option_verb_choice* choice, struct report* report) {
    switch (choice->id) {
    VERB_NAMESPACE("remote"):
    VERB("add", "NAME", 1, 1, "Add a machine"):
        note(report, "add", choice->arguments[0]);
        return 0;
    VERB_ERROR:
        return option_print_verb_error(choice);
    }
    return 9;
}

static int run_program(struct option_parser* parser, struct report* report) {
    struct option_verb_choice choice, nested;
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION_COMMON_HELP:
            return option_parser_print_help(parser, COMMAND_TABLE, VERB_TABLE);
        OPTION_GROUP_VERBS("Of list", "list"):
        OPTION_COMMON_JSON_SHORT:
            break;
        }
    }
    if (option_parser_failed(parser)) return option_parser_print_error(parser);
    option_choose_verb(&choice, VERB_TABLE, parser);
    switch (choice.id) {
    VERB_DEFAULT("list", NULL, 0, 0, "List"):
        note(report, "list", NULL);
        return 0;
    VERB_NESTED("remote", "Other machines"):
        option_choose_nested_verb(&nested, &choice);
        return run_remote(&nested, report);
    VERB_GROUP("Others"):
    VERB_NS("named", NULL, 0, 0, "c-named", "With options of its own"):
    VERB_TYPED("show", "FILE", "file", 1, VERB_ANY, "Show a file"):
        note(report, "show", choice.arguments[choice.arguments_count - 1]);
        return 0;
    VERB_ALIAS("ls", "list"):
    VERB_ALIAS_DEPRECATED("dir", "list", "use list"):
    VERB_FULL(VERB_ONLINE_ONLY, "reload", NULL, 0, 0, NULL, 0, NULL):
        note(report, "reload", NULL);
        return 0;
    VERB_DEPRECATED("old", NULL, 0, 0, "do not"):
        note(report, "old", NULL);
        return 0;
    VERB_COMMON_HELP:
        return option_print_verb_help(&choice, COMMAND_TABLE);
    VERB_ERROR:
        return option_print_verb_error(&choice);
    }
    return 9;
}
/* clang-format on */

typedef void run_function(struct option_parser* parser, struct report* report);

static struct report report_of(run_function* run, const char* words) {
    struct report report = {""};
    struct option_parser parser;
    struct line line;
    split(&line, words);
    option_parser_init(&parser, OPTION_TABLE, line.argc, line.argv);
    run(&parser, &report);
    note_rest(&report, &parser);
    return report;
}

/** What a child prints, and how it ends: its exit status, or minus the signal. */
struct child {
    char output[4096];
    int status;
};

static struct child child_of(int (*run)(const char* words), const char* words) {
    struct child child = {"", -1};
    int ends[2];
    if (pipe(ends)) return child;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        setenv("NO_COLOR", "1", 1);
        setenv("LC_ALL", "C", 1);
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        _exit(run(words));
    }
    close(ends[1]);
    size_t used = 0;
    for (ssize_t size;
         (size = read(ends[0], child.output + used, sizeof(child.output) - 1 - used)) > 0;)
        used += (size_t)size;
    child.output[used] = 0;
    close(ends[0]);
    waitpid(pid, &child.status, 0);
    child.status = WIFEXITED(child.status) ? WEXITSTATUS(child.status) : -WTERMSIG(child.status);
    return child;
}

static int program(const char* words) {
    struct report report = {""};
    struct option_parser parser;
    struct line line;
    split(&line, words);
    option_parser_init(&parser, OPTION_TABLE, line.argc, line.argv);
    option_parser_set_verbs(&parser, VERB_TABLE);
    int status = run_program(&parser, &report);
    fputs(report.text, stdout);
    fflush(stdout);
    return status;
}

static int forms(const char* words) {
    report_of(run_forms, words);
    return 0;
}

static int types(const char* words) {
    report_of(run_types, words);
    return 0;
}

static int print_parse_error(const char* words) {
    struct report report = {""};
    struct option_parser parser;
    struct line line;
    split(&line, words);
    option_parser_init(&parser, OPTION_TABLE, line.argc, line.argv);
    run_forms(&parser, &report);
    if (!option_parser_failed(&parser)) option_parser_expect_args(&parser, 1, 1);
    return option_parser_print_error(&parser);
}

static void check_forms(void) {
    static const struct {
        const char *words, *report;
    } cases[] = {
        {"", ""},
        {"a b", "| a b"},
        {"-f --flag", "flag flag"},
        {"--long -s", "long s"},
        {"--lon", "error failed"},
        {"--long-", "long-optional"},
        {"-rx --required=y --required z -r w", "required=x required=y required=z required=w"},
        {"-ox -o y --optional=z --optional", "optional=x optional optional=z optional | y"},
        {"--long-optional=x -px -p", "long-optional=x p=x p"},
        {"a -f b --exec -f -- c", "flag exec | a b -f -- c"},
        {"--exec -- -f", "exec | -f"},
        {"--data -d", "666 -667"},
        {"-F --flagge --flag", "flag flag flag"},
        {"-fsr x", "flag s required=x"},
        {"-t word x", "take=word took=word | x"},
        {"-t", "take took"},
        {"-tf word", "take=word took error failed"},
        {"--reject x -f", "failed"},
        {"-x", "error failed"},
        {"--flag=x", "error failed"},
        {"--required", "error failed"},
        {"-- -f", "| -f"},
        {"--other-flag", "error failed"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct report report = report_of(run_forms, cases[i].words);
        CHECK_TEXT(report.text, cases[i].report);
    }
}

static void check_types(void) {
    CHECK_TEXT(report_of(run_types, "-bYES --bool=off").text, "true false");
    CHECK_TEXT(report_of(run_types, "-i -5 --int=0x3").text, "int=-5 int=3");
    CHECK_TEXT(report_of(run_types, "-u1,,0x17 -u , --uint=").text, "uint=1 uint=23");
    CHECK_TEXT(report_of(run_types, "--size=1.5K --duration=20").text, "size=1536 duration=20000");
    CHECK_TEXT(report_of(run_types, "--choice never").text, "choice=2");
    CHECK_TEXT(report_of(run_types, "--choice nev").text, "choice=2");
    CHECK_TEXT(report_of(run_types, "--key a=b=c").text, "key=[a][b=c]");
    CHECK_TEXT(report_of(run_types, "--even=4 --even 3").text, "even=4 failed");
    CHECK_TEXT(report_of(run_types, "-i6").text, "failed");
    CHECK_TEXT(report_of(run_types, "-u1,99").text, "failed");
    struct child child = child_of(types, "--wrong=5");
    CHECK(child.status == -SIGABRT);
    CHECK_TEXT(child.output, "option parser: the option has no value of that type\n");
    CHECK(child_of(types, "--wrong").status == 0); /* A value may be left out. */
}

static void check_settings(void) {
    struct report report = {""};
    struct option_parser parser;
    struct line line;

    split(&line, "-f a -s -f");
    option_parser_init(&parser, OPTION_TABLE, line.argc, line.argv);
    option_parser_set_mode(&parser, OPTION_MODE_STOP);
    run_forms(&parser, &report);
    note_rest(&report, &parser);
    CHECK_TEXT(report.text, "flag | a -s -f");

    report = (struct report){""};
    split(&line, "-f a -s");
    option_parser_init(&parser, OPTION_TABLE, line.argc, line.argv);
    option_parser_set_mode(&parser, OPTION_MODE_RETURN_POSITIONAL);
    run_forms(&parser, &report);
    note_rest(&report, &parser);
    CHECK_TEXT(report.text, "flag positional=a s");

    report = (struct report){""};
    split(&line, "--fla");
    option_parser_init(&parser, OPTION_TABLE, line.argc, line.argv);
    option_parser_set_abbreviations(&parser, OPTION_ABBREVIATIONS_EXACT);
    run_forms(&parser, &report);
    CHECK_TEXT(report.text, "error");

    report = (struct report){""};
    split(&line, "--data -5 -f");
    option_parser_init(&parser, OPTION_TABLE, line.argc, line.argv);
    option_parser_set_groups(&parser, (const char* const[]){"More"}, 1);
    option_parser_set_negative_numbers(&parser, true);
    run_forms(&parser, &report);
    CHECK_TEXT(report.text, "666 error");

    report = (struct report){""};
    split(&line, "-n --named x");
    option_parser_init_namespace(&parser, OPTION_TABLE, line.argc, line.argv, "c-named");
    run_named(&parser, &report);
    note_rest(&report, &parser);
    CHECK_TEXT(report.text, "named named | x");

    split(&line, "-f --wrong");
    option_parser_init(&parser, OPTION_TABLE, line.argc, line.argv);
    CHECK(run_or_return(&parser) == -EINVAL);
    split(&line, "-f --other-flag");
    option_parser_init(&parser, OPTION_TABLE, line.argc, line.argv);
    CHECK(run_or_return(&parser) == 0);

    split(&line, "-n x");
    option_parser_init_namespace(&parser, OPTION_TABLE, line.argc, line.argv, "c-named");
    int id = option_parser_next(&parser);
    CHECK(id > 0 && option_parser_option(&parser)->id == id);
    CHECK(option_parser_option(&parser)->short_name == 'n');
    CHECK(option_parser_next(&parser) == 0);
    CHECK(option_parser_option(&parser) == NULL);
    CHECK(option_parser_data(&parser) == 0);
    CHECK(option_parser_expect_args(&parser, 1, 1));
    CHECK(!option_parser_expect_args(&parser, 0, 0));
    CHECK(option_parser_failed(&parser));
    CHECK(option_parser_get_n_args(&parser) == 0);
}

static void check_errors(void) {
    struct child child = child_of(print_parse_error, "--flga");
    CHECK(child.status == 2);
    CHECK_TEXT(child.output, "error: unrecognized option '--flga'\n"
                             "hint: did you mean '--flag'? Try 'c-test --help'.\n");
    child = child_of(print_parse_error, "--reject=x");
    CHECK_TEXT(child.output, "error: invalid value 'x' for option '--reject': expected nothing at "
                             "all\nhint: Try 'c-test --help'.\n");
    child = child_of(print_parse_error, "");
    CHECK(child.status == 2);
    CHECK_TEXT(child.output, "error: an argument is missing\nhint: Try 'c-test --help'.\n");
    child = child_of(print_parse_error, "a -o b");
    CHECK_TEXT(child.output,
               "error: unexpected argument 'b'\n"
               "hint: use --optional=b for an optional value. Try 'c-test --help'.\n");
    child = child_of(forms, "--fahne -z");
    CHECK_TEXT(child.output, "warning: '--fahne' is deprecated: use --flag\n"
                             "warning: '-z' is deprecated: do not\n");
}

static void check_verbs(void) {
    setenv("SYSTEMD_OFFLINE", "1", 1);
    struct child left_out = child_of(program, "reload");
    CHECK(left_out.status == 0);
    CHECK_TEXT(left_out.output, "note: verb 'reload' does nothing in a chroot or offline\n");
    setenv("SYSTEMD_OFFLINE", "0", 1);
    CHECK_TEXT(child_of(program, "reload").output, "reload");
    unsetenv("SYSTEMD_OFFLINE");
    CHECK_TEXT(child_of(program, "").output, "list");
    CHECK_TEXT(child_of(program, "ls -j").output, "list");
    CHECK_TEXT(child_of(program, "dir").output,
               "warning: verb 'dir' is deprecated: use list\nlist");
    CHECK_TEXT(child_of(program, "old").output, "warning: verb 'old' is deprecated: do not\nold");
    CHECK_TEXT(child_of(program, "show a b").output, "show=b");
    CHECK_TEXT(child_of(program, "remote add x").output, "add=x");
    static const struct {
        const char *words, *output;
    } cases[] = {
        {"lst", "error: unknown verb 'lst'\nhint: did you mean 'list'? Try 'c-test --help'.\n"},
        {"list x", "error: verb 'list' takes no arguments; 'x' is too many\n"
                   "hint: Usage: c-test list\n"},
        {"show", "error: verb 'show' needs more arguments\nhint: Usage: c-test show FILE\n"},
        {"remote", "error: no verb given behind 'remote'\n"
                   "hint: choose one of add. Try 'c-test remote --help'.\n"},
        {"remote ad", "error: unknown verb 'ad'\n"
                      "hint: did you mean 'add'? Try 'c-test remote --help'.\n"},
        {"show -j x", "error: cannot use '-j' with verb 'show'\n"
                      "hint: it belongs to list. Try 'c-test show --help'.\n"},
        {"--named", "error: unrecognized option '--named'\n"
                    "hint: this option belongs to verb 'named'. Try 'c-test --help'.\n"},
        {"help lst", "error: unknown verb 'lst'\n"
                     "hint: did you mean 'list'? Try 'c-test --help'.\n"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct child child = child_of(program, cases[i].words);
        CHECK_TEXT(child.output, cases[i].output);
        CHECK(child.status == 2);
    }
}

static void check_help(void) {
    static const char* const whole = "Usage: c-test [OPTION...] VERB ...\n"
                                     "\n"
                                     "Hold what C programs can do.\n"
                                     "\n"
                                     "Verbs:\n"
                                     "  [list]          List\n"
                                     "  remote VERB ... Other machines\n"
                                     "\n"
                                     "Others:\n"
                                     "  named           With options of its own\n"
                                     "  show FILE       Show a file\n"
                                     "  help [VERB]     Show this help, or that of a verb\n"
                                     "\n"
                                     "Options:\n"
                                     "  -h --help       Show this help\n"
                                     "\n"
                                     "Of list:\n"
                                     "  -j              Same as --json=pretty on a terminal,\n"
                                     "                  --json=short otherwise\n"
                                     "\n"
                                     "The footer of the page.\n"
                                     "\n"
                                     "See c-test(1) for details.\n";
    static const char* const ways[] = {"-h", "--help", "help", "--he"};
    setenv("COLUMNS", "60", 1);
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        struct child child = child_of(program, ways[i]);
        CHECK(child.status == 0);
        CHECK_TEXT(child.output, whole);
    }
    struct child child = child_of(program, "help show");
    CHECK(child.status == 0);
    CHECK_TEXT(child.output, child_of(program, "show --help").output);
    CHECK_TEXT(child.output, child_of(program, "--help show").output);
    CHECK_TEXT(child.output, "Usage: c-test [OPTION...] show FILE\n"
                             "\n"
                             "Show a file\n"
                             "\n"
                             "Options:\n"
                             "  -h --help Show this help\n"
                             "\n"
                             "See c-test(1) for details.\n");
    child = child_of(program, "remote add x -h");
    CHECK(strncmp(child.output, "Usage: c-test [OPTION...] remote add NAME\n", 42) == 0);
    child = child_of(program, "help remote add");
    CHECK(strncmp(child.output, "Usage: c-test [OPTION...] remote add NAME\n", 42) == 0);
}

static void check_conversions(void) {
    bool truth = false;
    int64_t integer = 1;
    uint64_t number = 1;
    CHECK(option_parse_bool("On", &truth) == 0 && truth);
    CHECK(option_parse_bool("maybe", &truth) == -EINVAL && truth);
    CHECK(option_parse_int("-0x10", -16, 16, &integer) == 0 && integer == -16);
    CHECK(option_parse_int("17", -16, 16, &integer) == -ERANGE && integer == -16);
    CHECK(option_parse_int("x", -16, 16, &integer) == -EINVAL && integer == -16);
    CHECK(option_parse_uint("18446744073709551615", 0, UINT64_MAX, &number) == 0);
    CHECK(number == UINT64_MAX);
    CHECK(option_parse_uint("-1", 0, UINT64_MAX, &number) == -EINVAL && number == UINT64_MAX);
    CHECK(option_parse_size("1.5K", &number) == 0 && number == 1536);
    CHECK(option_parse_size("16E", &number) == -ERANGE && number == 1536);
    CHECK(option_parse_duration("5min 20s", "s", &number) == 0 && number == 320000000);
    CHECK(option_parse_duration("7", "ms", &number) == 0 && number == 7000);
    CHECK(option_parse_duration("", "ms", &number) == -EINVAL && number == 7000);
}

int main(void) {
    unsetenv("OPTION_ABBREVIATIONS");
    check_forms();
    check_types();
    check_settings();
    check_errors();
    check_verbs();
    check_help();
    check_conversions();
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
