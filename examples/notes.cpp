// SPDX-License-Identifier: MIT
//
// Keeps notes in a file. Shows verbs, and options that belong to some of them.
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <options/option.hpp>

namespace options = kindling::options;

COMMAND("notes", nullptr, "Keep notes in a file.", nullptr, nullptr, nullptr);

namespace {

struct Arguments {
    const char* file = "notes.txt";
    bool has_numbers = false;
};

int complain(const char* what, const char* name) {
    std::fprintf(stderr, "error: cannot %s '%s': %s\n", what, name, std::strerror(errno));
    return EXIT_FAILURE;
}

int add(const Arguments& arguments, const options::VerbChoice& verb) {
    std::FILE* file = std::fopen(arguments.file, "a");
    if (!file) return complain("open", arguments.file);
    for (std::size_t i = 0; i < verb.arguments_count; i++)
        std::fprintf(file, "%s\n", verb.arguments[i]);
    return std::fclose(file) == 0 ? EXIT_SUCCESS : complain("write to", arguments.file);
}

/// All notes, or only one.
int list(const Arguments& arguments, std::uint64_t only = 0) {
    std::FILE* file = std::fopen(arguments.file, "r");
    if (!file) return complain("open", arguments.file);
    std::uint64_t number = 1;
    bool is_start = true;
    for (int c = std::getc(file); c != EOF; c = std::getc(file)) {
        bool is_shown = only == 0 || only == number;
        if (is_shown && is_start && arguments.has_numbers) std::printf("%" PRIu64 " ", number);
        if (is_shown) std::putchar(c);
        is_start = c == '\n';
        number += is_start;
    }
    std::fclose(file);
    return EXIT_SUCCESS;
}

// clang-format off
int run(const Arguments& arguments, const options::Parser& parser) {
    options::VerbChoice verb = options::choose_verb(VERB_TABLE, parser);
    switch (verb.id) {
    VERB("add", "TEXT...", 1, VERB_ANY, "Write a note for each TEXT"):
        return add(arguments, verb);
    VERB_TYPED("pick", "NUMBER", "uint:1..", 1, 1, "Show one note"):
        return list(arguments, verb.value(0).number);
    VERB_DEFAULT("list", nullptr, 0, 0, "Show the notes"):
        return list(arguments);
    VERB_ALIAS("show", "list"):
    VERB_COMMON_HELP:
        return options::print_verb_help(verb, COMMAND_TABLE);
    }
    return options::print_error(verb);
}

int parse_and_run(options::Parser& parser) {
    Arguments arguments;
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION_TYPED('f', "file", "FILE", "path", "Keep them in FILE, not in notes.txt"):
            arguments.file = parser.argument();
            break;
        OPTION_COMMON_HELP:
            return options::print_help(parser, COMMAND_TABLE, VERB_TABLE);

        OPTION_GROUP_VERBS("Options of list", "list"):
        OPTION('n', "numbers", nullptr, "Number the notes"):
            arguments.has_numbers = true;
            break;
        }
    }
    return run(arguments, parser);
}
// clang-format on

} // namespace

int main(int argc, char** argv) {
    options::Parser parser(OPTION_TABLE, argc, argv);
    parser.set_verbs(VERB_TABLE);
    return parse_and_run(parser);
}
