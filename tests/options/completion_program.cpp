// SPDX-License-Identifier: MIT
//
// A command line with everything that completions must know. It does nothing but answer them.
#include "options/option.hpp"
#include "options/option_complete.hpp"

#include <unistd.h>

using namespace kindling::options;

COMMAND("tool|other-tool", nullptr, "Has it all", nullptr, nullptr, nullptr);

namespace {

int print_words(const VerbChoice& choice) {
    FileSink out(STDOUT_FILENO);
    for (size_t i = 1; i < choice.arguments_count; i++)
        write_candidate(out.sink(), choice.arguments[i], "a word before");
    write_candidate(out.sink(), "two words", "has: a colon [and] brackets");
    write_candidate(out.sink(), "it's", "");
    write_candidate(out.sink(), "co:lon", "x");
    write_candidate(out.sink(), "line\nbreak", "not offered");
    return 0;
}

// clang-format off
int run_remote(const VerbChoice& choice) {
    switch (choice.id) {
    VERB_NAMESPACE("remote"):
    VERB_NS("add", "NAME URL", 2, 2, "adding", "Add one"):
    VERB_TYPED("remove", "NAME...", "dynamic:names", 1, VERB_ANY, "Remove some"):
        return 0;
    }
    return 1;
}

[[maybe_unused, gnu::used]] int options_of_add(int option) {
    switch (option) {
    OPTION_NAMESPACE("adding"):
    OPTION('t', "track", "BRANCH", "Only that branch"):
    OPTION_LONG_TYPED("mirror", "KIND", "fetch|push", "How to mirror"):
        return option;
    }
    return 0;
}

int run(const Parser& parser) {
    VerbChoice choice = choose_verb(VERB_TABLE, parser);
    switch (choice.id) {
    VERB_TYPED("copy", "FILE DIRECTORY", "file;dir", 2, 2, "Copy 'a' file; cost: $5 [really]"):
    VERB_TYPED("kill", "PID...", "pid", 1, VERB_ANY, "Stop processes"):
    VERB_TYPED("own", "USER GROUP", "user;group", 2, 2, "Change the owner"):
    VERB_TYPED("start", "UNIT", "unit", 1, 1, "Start a unit"):
    VERB_TYPED("set", "BOOL AUTO", "bool;tristate", 2, 2, "Switch"):
    VERB("plain", "TEXT", 0, 1, "Takes any text"):
    VERB("secret", nullptr, 0, 0, nullptr):
    VERB_ALIAS("cp", "copy"):
        return 0;
    VERB_NESTED("remote", "Work on other machines"):
        return run_remote(choose_verb(choice));
    VERB_COMMON_HELP:
        return 0;
    VERB_COMMON_COMPLETE:
        return print_words(choice);
    }
    return 1;
}

} // namespace

int main(int argc, char** argv) {
    Parser parser(OPTION_TABLE, argc, argv);
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION('x', nullptr, nullptr, "No long name"):
        OPTION('o', "output", "FILE", "Plain text"):
        OPTION_TYPED('f', "file", "FILE", "file", "A file"):
        OPTION_FULL(OPTION_OPTIONAL_ARG, 0, "maybe", "TEXT", "Optional"):
        OPTION_FULL_TYPED(OPTION_OPTIONAL_ARG, 'c', "color", "WHEN", "auto|never", 0, "Colors", nullptr):
        OPTION_LONG_TYPED("list", "ITEMS", "one:the first|two|three,", "Several"):
        OPTION_FULL(OPTION_REPEATABLE, 'v', "verbose", nullptr, "Say more"):
        OPTION_LONG_TYPED("name", "NAME", "dynamic:names", "A name"):
        OPTION_ALIAS('O', "out", "file"):
        OPTION_LONG("hidden", "TEXT", nullptr):
        OPTION_FULL(OPTION_STOPS_PARSING, 'e', "exec", nullptr, "Run the rest"):
        OPTION_GROUP_VERBS("Remote", "remote"):
        OPTION_LONG("ssh", nullptr, "Over SSH"):
        OPTION_GROUP_VERBS("Remote removal", "remote remove"):
        OPTION_LONG("force", nullptr, "No questions"):
            break;
        OPTION_COMMON_COMPLETION:
            FileSink out(STDOUT_FILENO);
            write_completion(out.sink(), parser.choice_as<Shell>(),
                             {COMMAND_TABLE, VERB_TABLE, parser.scope()}, "tool");
            return 0;
        }
    }
    return run(parser);
}
// clang-format on
