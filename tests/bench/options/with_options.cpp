// SPDX-License-Identifier: MIT
//
// The command line with this library.
#include "options/option.hpp"
#ifdef WITH_OUTPUTS
#include "options/option_complete.hpp"
#include "options/option_introspect.hpp"
#endif
#include "tests/bench/options/arguments.hpp"

#include <unistd.h>

using namespace kindling::options;

COMMAND("depot", nullptr, "Keep copies of files in a store.", "depot(1)", nullptr,
        "A store is a directory that only depot writes to.");

namespace {

// clang-format off
bool take_options(Parser& parser, Arguments& into) {
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION_NAMESPACE("depot"):
        OPTION('h', "help", nullptr, "Show this help"):
            into.ask = ask_help;
            break;
        OPTION_LONG("version", nullptr, "Show the version"):
            into.ask = ask_version;
            break;
        OPTION('q', "quiet", nullptr, "Print errors and results only"):
            into.is_quiet = true;
            break;
        OPTION_FULL(repeatable, 'v', "verbose", nullptr, "Say more"):
            into.verbosity++;
            break;
        OPTION_LONG_TYPED("color", "WHEN", "auto|always|never", "When to use colors"):
            into.color = parser.choice_as<Color>();
            break;
        OPTION_LONG("no-pager", nullptr, "Do not pipe output into a pager"):
            into.has_pager = false;
            break;
        OPTION_LONG("no-legend", nullptr, "Do not show headers and footers"):
            into.has_legend = false;
            break;
        OPTION_LONG_TYPED("json", "FORMAT", "pretty|short|off", "Output as JSON"):
            into.json = parser.choice_as<Json>();
            break;
        OPTION_SHORT('j', nullptr, "Same as --json=short"):
            into.json = json_short;
            break;

        OPTION_GROUP("Where things are"):
        OPTION_TYPED('s', "store", "PATH", "path", "Directory of the store"):
            into.store = parser.argument();
            break;
        OPTION_TYPED('k', "key", "FILE", "file", "Key that the store is locked with"):
            into.key = parser.argument();
            break;
        OPTION_LONG_TYPED("cache", "DIR", "dir", "Directory of what is kept for speed"):
            into.cache = parser.argument();
            break;
        OPTION_TYPED('H', "host", "[USER@]HOST", "host", "Work on another machine"):
            into.host = parser.argument();
            break;

        OPTION_GROUP("What is meant"):
        OPTION('t', "tag", "NAME", "Only copies with this tag"):
            into.tag = parser.argument();
            break;
        OPTION_FULL(repeatable, 'x', "exclude", "PATTERN", "Leave out files like this"):
            if (into.excludes_count < excludes_max)
                into.excludes[into.excludes_count++] = parser.argument();
            break;
        OPTION('n', "dry-run", nullptr, "Only say what would be done"):
            into.is_dry_run = true;
            break;
        OPTION_LONG_TYPED("since", "TIME", "duration", "Only copies not older than this"):
            into.since_us = parser.duration_us();
            break;
        OPTION_LONG_TYPED("limit", "N", "uint:1..100000", "At most that many copies"):
            into.limit = parser.number();
            break;
        OPTION('a', "all", nullptr, "Also those that are hidden"):
            into.wants_all = true;
            break;

        OPTION_GROUP("How things move"):
        OPTION_LONG_FLAGS(optional_arg, "compress", "METHOD", "Compress what is saved"):
            into.wants_compression = true;
            into.compression = parser.argument();
            break;
        OPTION_TYPED('J', "jobs", "N", "uint:1..64", "How much is done at once"):
            into.jobs = parser.number();
            break;
        OPTION_LONG_TYPED("rate", "SIZE", "size", "At most that many bytes a second"):
            into.rate_bytes = parser.size_bytes();
            break;
        OPTION('f', "force", nullptr, "Do it in spite of warnings"):
            into.is_forced = true;
            break;
        OPTION_LONG_TYPED("timeout", "TIME", "duration", "Give up after this time"):
            into.timeout_us = parser.duration_us();
            break;
        OPTION_LONG_TYPED("checksum", "KIND", "sha256|blake3|none", "What files are checked with"):
            into.checksum = parser.choice_as<Checksum>();
            break;
        }
    }
    return !parser.has_failed();
}

bool take_verb(const VerbChoice& choice, Arguments& into) {
    switch (choice.id) {
    VERB_NOARG("init", "Make a store"):
        into.verb = verb_init;
        break;
    VERB("save", "FILE...", 1, VERB_ANY, "Save files"):
        into.verb = verb_save;
        break;
    VERB_DEFAULT("list", "[COPY]", 0, 1, "List copies, or what is in one"):
        into.verb = verb_list;
        break;
    VERB("show", "COPY", 1, 1, "Show what is known about a copy"):
        into.verb = verb_show;
        break;
    VERB("restore", "COPY [DIR]", 1, 2, "Bring files back"):
        into.verb = verb_restore;
        break;
    VERB("forget", "COPY...", 1, VERB_ANY, "Forget copies"):
        into.verb = verb_forget;
        break;
    VERB_NOARG("prune", "Remove what nothing needs"):
        into.verb = verb_prune;
        break;
    VERB("check", "[COPY]", 0, 1, "Look for damage"):
        into.verb = verb_check;
        break;
    VERB("copy", "COPY STORE", 2, 2, "Copy to another store"):
        into.verb = verb_copy;
        break;
    VERB("mount", "DIR", 1, 1, "Show the store as a directory"):
        into.verb = verb_mount;
        break;
    VERB("diff", "COPY COPY", 2, 2, "Show what differs"):
        into.verb = verb_diff;
        break;
    VERB("help", "[VERB]", 0, 1, "Show this help"):
        into.verb = verb_help;
        break;
    VERB_ERROR:
        return false;
    }
    return true;
}
// clang-format on

template <class Wrong>
int print_error(const Wrong& wrong, const Parser& parser, bool is_loud) {
    FileSink error(is_loud ? STDERR_FILENO : -1);
    write_error(error.sink(), wrong, parser.program());
    return exit_usage;
}

} // namespace

int parse_arguments(int argc, char** argv, Arguments& arguments, bool is_loud) {
    Parser parser(OPTION_TABLE, argc, argv, "depot");
    if (!take_options(parser, arguments)) return print_error(parser.error(), parser, is_loud);
    if (arguments.ask != ask_nothing) return 0;
    VerbChoice choice = choose_verb(VERB_TABLE, parser);
    if (!take_verb(choice, arguments)) return print_error(choice, parser, is_loud);
    for (size_t i = 0; i < choice.arguments_count && i < 8; i++)
        arguments.words[arguments.words_count++] = choice.arguments[i];
    return 0;
}

#ifndef WITHOUT_HELP
void print_help(const char* program) {
    CommandTexts texts;
    read_command(COMMAND_TABLE, program, texts);
    FileSink out(STDOUT_FILENO);
    write_help(out.sink(), texts.command, Scope{OPTION_TABLE, "depot"}, VERB_TABLE,
               style_of(STDOUT_FILENO));
}
#endif

#ifdef WITH_OUTPUTS
bool print_output(const char* what) {
    FileSink out(STDOUT_FILENO);
    Program program{COMMAND_TABLE, VERB_TABLE, Scope{OPTION_TABLE, "depot"}};
    constexpr const char* shells[] = {"bash", "zsh", "fish"};
    for (unsigned i = 0; i < 3; i++)
        if (equal(what, shells[i])) write_completion(out.sink(), static_cast<Shell>(i), program);
    if (equal(what, "json")) write_introspection(out.sink(), program, JsonLayout::pretty);
    return true;
}
#endif
