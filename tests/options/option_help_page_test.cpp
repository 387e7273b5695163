// SPDX-License-Identifier: MIT
//
// Whole pages of help against those in tests/data/options, and what holds for every page.
#include "options/option_help.hpp"
#include "options/option_print.hpp"
#include "tests/catch.hpp"
#include "tests/options/child.hpp"
#include "tests/options/command_line.hpp"
#include "tests/options/record_table.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <pty.h>
#include <sstream>
#include <string_view>

using namespace kindling::options;

namespace {

const RecordTable& shared_options() {
    static const RecordTable records(
        one_option('h', "help", nullptr, "Show this help"),
        one_option(0, "version", nullptr, "Show the version and its features"),
        one_option('v', nullptr, nullptr, "Say more; twice says what happens inside"),
        verbatim_record("-vv", "Say everything"), one_option(0, "hidden", "ARG", nullptr),
        group_record("Where the files of the boot loader are looked for"),
        one_option('p', "path", "PATH", "Directory of the EFI system partition"),
        one_option(0, "a-name-that-is-about-as-long-as-a-name-may-be", "PATH",
                   "Has its help below it, in whatever terminal"),
        group_record("Words of other languages", "list|remote add"),
        one_option('w', "wide", "日本語", "日本語 の テキスト も ここ で 折り返す"),
        one_option('e', "emoji", "🚀",
                   "Launches 🚀🚀🚀 and a family 👩‍👩‍👧 of emoji 🎉 in one "
                   "line of text"),
        one_option(0, "combining", "é", "Takes é, in two characters", optional_arg),
        group_record("Empty"), one_option(0, "compat", nullptr, nullptr),
        group_record("Output", "list"), one_option('j', nullptr, nullptr, "As JSON"),
        one_option('n', nullptr, "COUNT", "How many", optional_arg),
        one_option(0, "header", "NAME: VALUE", "Send a header…"),
        one_option(0, "no-help-wider-than-this", "VERYLONGMETAVAR",
                   "Supercalifragilisticexpialidocious"),
        namespace_record("predict"), one_option('b', "bank", "NAME", "Only this bank"));
    return records;
}

const RecordTable& shared_verbs() {
    static const RecordTable records(
        verb_record("list", "[PATTERN…]", 0, count_unlimited, "Show the boot menu entries",
                    default_verb),
        verb_record("predict", "ENTRY [PCR…]", 1, count_unlimited,
                    "Say what the registers will be after booting an entry", 0, "predict"),
        verb_record("copy-from-one-place", "SOURCE DESTINATION [ANOTHER]", 2, 3,
                    "Copy from one place to another"),
        verb_record("exchange", "FIRST SECOND [THIRD [FOURTH]] [ANOTHER…]", 2, count_unlimited,
                    "Put the first where the second is, and so on", option_required),
        verb_record("old-name", nullptr, 0, 0, nullptr), alias_record(0, "ls", "list", is_verb),
        group_record("Other machines"),
        verb_record("remote", "VERB ...", 1, count_unlimited, "Work on other machines", has_verbs),
        namespace_record("remote"),
        verb_record("add", "NAME [USER@]HOST", 2, 2, "Add a machine to those that are known"),
        verb_record("group", "VERB ...", 1, count_unlimited, "Groups of machines", has_verbs),
        namespace_record("remote group"),
        verb_record("show", "[NAME]", 0, 1, "Show one of them, or all", default_verb));
    return records;
}

const Command tool{"boot-tool",
                   "Say what the boot loader will do, and why. Two sentences that are longer than "
                   "eighty columns are wrapped at\neighty, in the widest terminal.",
                   nullptr,
                   "Environment: BOOT_ROOT names another root directory for everything that is "
                   "read and written, …\nand nothing else does.",
                   "boot-tool(1)"};

std::string page(const Words& words, const HelpStyle& style) {
    TextSink text;
    std::vector<const char*> verbs;
    for (const std::string& word : words) verbs.push_back(word.c_str());
    VerbChoice choice = follow_verbs(shared_verbs().table(), verbs.size(), verbs.data());
    Scope scope{shared_options().table()};
    if (choice.verb)
        write_verb_help(text.sink(), tool, choice, scope, style);
    else
        write_help(text.sink(), tool, scope, shared_verbs().table(), style);
    return text.text();
}

std::string all_pages(const HelpStyle& style) {
    std::string text;
    for (const Words& words : {Words{},
                               {"list"},
                               {"predict"},
                               {"copy-from-one-place"},
                               {"remote"},
                               {"remote", "add"},
                               {"remote", "group"},
                               {"remote", "group", "show"}}) {
        text += "#";
        for (const std::string& word : words) text += " " + word;
        text += "\n" + page(words, style);
    }
    return text;
}

std::string file(const std::string& name) {
    std::ifstream in(KINDLING_TEST_DATA "/options/" + name);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

std::vector<std::string> split(const std::string& text, char at) {
    std::vector<std::string> parts;
    std::stringstream in(text);
    for (std::string part; std::getline(in, part, at);) parts.push_back(part);
    return parts;
}

/// What must not be cut: the names of an option with their argument.
bool is_one_word(const std::string& line) {
    std::string text = line.substr(std::min(line.find_first_not_of(' '), line.size()));
    if (text.starts_with("-")) return true;
    return text.find(' ') == std::string::npos;
}

struct Variable {
    const char* name;
    const char* value; ///< null: unset
};

/// What `run` gives with other variables.
int with_environment(const std::vector<Variable>& variables, const std::function<int()>& run) {
    return run_in_child([&] {
               for (const char* name :
                    {"NO_COLOR", "CLICOLOR_FORCE", "TERM", "COLUMNS", "LC_ALL", "LC_CTYPE", "LANG"})
                   ::unsetenv(name);
               for (const Variable& each : variables)
                   if (each.value) ::setenv(each.name, each.value, 1);
               return run();
           })
        .exit_status;
}

/// A terminal of 100 columns.
struct Terminal {
    int outer = -1, inner = -1;

    Terminal() {
        winsize size{.ws_row = 24, .ws_col = 100, .ws_xpixel = 0, .ws_ypixel = 0};
        REQUIRE(::openpty(&outer, &inner, nullptr, nullptr, &size) == 0);
    }
    ~Terminal() {
        ::close(outer);
        ::close(inner);
    }
};

} // namespace

TEST_CASE("all pages of a program are those in the files", "[options][help]") {
    for (size_t columns : {40, 80, 120}) {
        std::string name = "help_" + std::to_string(columns);
        HelpStyle style{.columns = columns};
        CHECK(all_pages(style) == file(name + ".txt"));
        style.use_unicode = false;
        if (columns == 40) CHECK(all_pages(style) == file(name + "_ascii.txt"));
    }
    CHECK(all_pages({.columns = 80, .use_color = true, .use_links = true}) ==
          file("help_80_color.txt"));
}

TEST_CASE("no line of any page is too wide unless it is one word", "[options][help]") {
    for (size_t columns = 20; columns <= 130; columns++)
        for (bool use_unicode : {true, false})
            for (const std::string& line :
                 split(all_pages({.columns = columns, .use_unicode = use_unicode}), '\n')) {
                // A terminal without Unicode has no wide characters either; only dots are counted.
                size_t width = width_of(Text(line.c_str()));
                bool is_help_of_one_word =
                    line.find("Supercalifragilisticexpialidocious") != std::string::npos;
                if (width > columns && !is_one_word(line) && !is_help_of_one_word &&
                    !line.starts_with("#"))
                    FAIL(columns << " columns: " << line);
            }
}

TEST_CASE("abstract and footer are at most 80 columns wide", "[options][help]") {
    for (size_t columns : {81, 100, 200})
        for (const std::string& line : split(page({}, {.columns = columns}), '\n'))
            if (!line.starts_with(" ")) CHECK(width_of(Text(line.c_str())) <= 80);
}

TEST_CASE("the same words stand on the page in any terminal", "[options][help]") {
    auto words_of = [](const std::string& text) {
        std::map<std::string, int> words;
        std::stringstream in(text);
        for (std::string word; in >> word;) words[word]++;
        return words;
    };
    auto words = words_of(all_pages({.columns = 120}));
    for (size_t columns : {0, 1, 2, 5, 10, 20, 40, 41, 60, 80, 1000})
        CHECK(words_of(all_pages({.columns = columns})) == words);
}

TEST_CASE("without Unicode every ellipsis is three dots", "[options][help]") {
    std::string text = all_pages({.columns = 80, .use_unicode = false});
    CHECK(text.find("…") == std::string::npos);
    CHECK(text.find("Usage: boot-tool [OPTION...] VERB ...\n") != std::string::npos);
    CHECK(text.find("  [list [PATTERN...]]  ") != std::string::npos);
    CHECK(text.find("Send a header...\n") != std::string::npos);
    CHECK(text.find("written, ... and") != std::string::npos);
}

TEST_CASE("a hostile program name is escaped, and a long one is no reason to overflow",
          "[options][help]") {
    TextSink text;
    RecordTable options(one_option('h', "help", nullptr, "Show this help"));
    Command command;
    command.name = "evil\x1b[2J\n";
    write_help(text.sink(), command, {options.table()}, {}, {});
    CHECK(text.text().starts_with("Usage: evil\\x1b[2J\\x0a [OPTION…]\n"));
    TextSink other;
    command.name = "a-program-with-a-very-long-name";
    command.arguments = "[OPTION…] SOURCE DESTINATION…";
    write_help(other.sink(), command, {options.table()}, {}, {.columns = 40});
    CHECK(other.text().starts_with("Usage: a-program-with-a-very-long-name\n"
                                   "    [OPTION…] SOURCE DESTINATION…\n"));
}

TEST_CASE("colors follow the variables, in their order", "[options][help]") {
    Terminal terminal;
    int pipe_ends[2];
    REQUIRE(::pipe(pipe_ends) == 0);
    auto colors = [&](const std::vector<Variable>& variables) {
        return with_environment(variables, [&] {
            return (uses_color(terminal.inner) ? 1 : 0) + (uses_color(pipe_ends[1]) ? 2 : 0);
        });
    };
    CHECK(colors({{"TERM", "xterm"}}) == 1);
    CHECK(colors({{"TERM", "dumb"}}) == 0);
    CHECK(colors({{"TERM", nullptr}}) == 0);
    CHECK(colors({{"TERM", "xterm"}, {"NO_COLOR", "1"}}) == 0);
    CHECK(colors({{"TERM", "xterm"}, {"NO_COLOR", ""}}) == 1);
    CHECK(colors({{"TERM", "dumb"}, {"CLICOLOR_FORCE", "1"}}) == 3);
    CHECK(colors({{"CLICOLOR_FORCE", "1"}}) == 3);
    CHECK(colors({{"TERM", "xterm"}, {"CLICOLOR_FORCE", "0"}}) == 1);
    CHECK(colors({{"CLICOLOR_FORCE", ""}}) == 0);
    CHECK(colors({{"NO_COLOR", "x"}, {"CLICOLOR_FORCE", "1"}}) == 0);
    ::close(pipe_ends[0]);
    ::close(pipe_ends[1]);
}

TEST_CASE("links are for terminals only, Unicode for locales that have it", "[options][help]") {
    Terminal terminal;
    int pipe_ends[2];
    REQUIRE(::pipe(pipe_ends) == 0);
    auto style = [&](const std::vector<Variable>& variables) {
        return with_environment(variables, [&] {
            HelpStyle there = style_of(terminal.inner), away = style_of(pipe_ends[1]);
            return (there.use_links ? 1 : 0) + (away.use_links ? 2 : 0) +
                   (there.use_unicode ? 4 : 0) + (there.columns == 80 ? 8 : 0) +
                   (there.columns == 66 ? 16 : 0) + (away.columns == 80 ? 32 : 0);
        });
    };
    CHECK(style({{"TERM", "xterm"}, {"LANG", "C.UTF-8"}}) == 1 + 4 + 8 + 32);
    CHECK(style({{"TERM", "dumb"}, {"LC_ALL", "C"}, {"LANG", "C.UTF-8"}}) == 8 + 32);
    CHECK(style({{"TERM", "xterm"}, {"NO_COLOR", "1"}, {"LC_CTYPE", "de_DE.utf8"}}) == 4 + 8 + 32);
    CHECK(style({{"TERM", "xterm"}, {"CLICOLOR_FORCE", "1"}}) == 1 + 8 + 32);
    CHECK(style({{"TERM", "xterm"}, {"COLUMNS", "66"}, {"LANG", "POSIX"}}) == 1 + 16);
    ::close(pipe_ends[0]);
    ::close(pipe_ends[1]);
}

TEST_CASE("help is printed to standard output, and errors of writing are told", "[options][help]") {
    RecordTable verbs(verb_record("list", nullptr, 0, 0, "List"),
                      verb_record("remote", "VERB ...", 1, count_unlimited, "Others", has_verbs),
                      verb_record("help", "[VERB]", 0, count_unlimited, "Help"),
                      namespace_record("remote"), verb_record("add", nullptr, 0, 0, "Add"));
    RecordTable options(one_option('h', "help", nullptr, "Show this help"));
    auto run = [&](const Words& words, const char* to) {
        return run_in_child([&] {
            ::setenv("LC_ALL", "C.UTF-8", 1);
            ::setenv("NO_COLOR", "1", 1);
            ::unsetenv("COLUMNS");
            if (to) (void)!std::freopen(to, "w", stdout);
            CommandLine line(words);
            line.argv()[0] = const_cast<char*>("/usr/bin/tool");
            Parser parser(options.table(), line.argc(), line.argv());
            while (parser.next())
                if (parser.option()) return print_help(parser, {}, verbs.table());
            VerbChoice choice = choose_verb(verbs.table(), parser);
            if (choice.error != VerbError::none) return print_error(choice);
            return print_verb_help(choice, {});
        });
    };
    const std::string whole = "Usage: tool [OPTION…] VERB …\n";
    const std::string of_list = "Usage: tool [OPTION…] list\n";
    for (const Words& words : {Words{"--help"}, {"-h"}, {"help"}}) {
        ChildResult child = run(words, nullptr);
        CHECK(child.exit_status == 0);
        CHECK(child.output.starts_with(whole));
        CHECK(child.output == run({"--help"}, nullptr).output);
        CHECK(run(words, "/dev/null").output == "");
        child = run(words, "/dev/full");
        CHECK(child.exit_status == 1);
        CHECK(child.output == "error: cannot write: No space left on device\n");
    }
    for (const Words& words : {Words{"list", "--help"}, {"-h", "list"}, {"help", "list"}}) {
        ChildResult child = run(words, nullptr);
        CHECK(child.exit_status == 0);
        CHECK(child.output.starts_with(of_list));
    }
    ChildResult child = run({"help", "lsit"}, nullptr);
    CHECK(child.exit_status == exit_usage);
    CHECK(child.output == "error: unknown verb 'lsit'\n"
                          "hint: did you mean 'list'? Try 'tool --help'.\n");
    for (const Words& words : {Words{"help", "list", "extra"}, {"help", "list", "extra", "more"}}) {
        child = run(words, nullptr);
        CHECK(child.exit_status == exit_usage);
        CHECK(child.output == "error: unknown verb 'extra'\n"
                              "hint: Try 'tool list --help'.\n");
    }
    child = run({"help", "remote", "add", "extra"}, nullptr);
    CHECK(child.output == "error: unknown verb 'extra'\n"
                          "hint: Try 'tool remote add --help'.\n");
    CHECK(run({"help", "remote", "add"}, nullptr).exit_status == 0);
    ::setenv("OPTION_PROGRAM_NAME", "other", 1);
    CHECK(run({"help"}, nullptr).output.starts_with("Usage: other [OPTION…] VERB …\n"));
    CHECK(run({"help", "list"}, nullptr).output.starts_with("Usage: other [OPTION…] list\n"));
    ::setenv("OPTION_PROGRAM_NAME", "", 1);
    CHECK(run({"--help"}, nullptr).output.starts_with(whole));
    ::unsetenv("OPTION_PROGRAM_NAME");
}

TEST_CASE("tables in each other's place stop the program", "[options][help]") {
    RecordTable verbs(verb_record("list", nullptr, 0, 0, "List"));
    RecordTable commands(test_record<20>({.flags = is_command, .name = "tool"}));
    RecordTable options(one_option('h', "help", nullptr, "Show this help"));
    auto run = [&](Table first, Table second) {
        return run_in_child([&] {
            CommandLine line({"--help"});
            Parser parser(options.table(), line.argc(), line.argv());
            parser.next();
            return print_help(parser, first, second);
        });
    };
    CHECK(run({}, verbs.table()).exit_status == 0);
    CHECK(run({}, {}).exit_status == 0);
    for (const ChildResult& child : {run(verbs.table(), {}), run({}, commands.table())}) {
        CHECK(child.was_stopped);
        CHECK(child.output.find("are not where they belong") != std::string::npos);
    }
}
