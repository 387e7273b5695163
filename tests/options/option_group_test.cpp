// SPDX-License-Identifier: MIT
//
// Groups of options that belong to some verbs only.
#include "options/option_builder.hpp"
#include "options/option_help.hpp"
#include "tests/catch.hpp"
#include "tests/options/child.hpp"
#include "tests/options/command_line.hpp"
#include "tests/options/record_table.hpp"

using namespace kindling::options;

namespace {

const RecordTable& shared_options() {
    static const RecordTable records(
        one_option('h', "help", nullptr, "Show this help"),
        group_record("Places", "install|list|remote"), one_option('p', "path", "PATH", "Where"),
        one_option('P', "other-path", "PATH", "Where else"), group_record("Output", "list"),
        one_option('j', "json", nullptr, "As JSON"),
        one_option('n', "number", "N", "How many", optional_arg),
        group_record("Adding", "remote add"), one_option('f', "fetch", nullptr, "Fetch at once"),
        group_record("For all"), one_option('v', "verbose", nullptr, "Say more"));
    return records;
}

const RecordTable& shared_verbs() {
    static const RecordTable records(
        verb_record("list", nullptr, 0, 0, "Show entries", default_verb),
        verb_record("list-all", nullptr, 0, 0, "Show all entries"),
        verb_record("install", "[DISK]", 0, 1, "Copy the loader"),
        verb_record("remote", "VERB ...", 1, count_unlimited, "Other machines", has_verbs),
        alias_record(0, "ls", "list", is_verb), namespace_record("remote"),
        verb_record("add", "NAME", 1, 1, "Add one"),
        verb_record("remove", "NAME", 1, 1, "Remove one"));
    return records;
}

struct Run {
    CommandLine line;
    Parser parser;
    VerbChoice choice;

    explicit Run(const Words& words)
        : line(words), parser(shared_options().table(), line.argc(), line.argv()) {
        while (parser.next()) {
        }
        choice = choose_verb(shared_verbs().table(), parser);
        if (choice.error == VerbError::none && choice.verb.has(has_verbs))
            choice = choose_verb(choice);
    }

    std::string message() const {
        TextSink text;
        write_error(text.sink(), choice, "tool");
        return text.text();
    }
};

} // namespace

TEST_CASE("options of a verb may stand before and behind it, alone and bundled",
          "[options][group]") {
    for (const Words& words : {Words{"list", "--json"},
                               {"--json", "list"},
                               {"-vj", "list", "-jv"},
                               {"-j"},
                               {"ls", "-p", "x", "-j"},
                               {"install", "--path=x", "disk"},
                               {"-px", "install", "-v"},
                               {"remote", "add", "x", "-f"},
                               {"-f", "remote", "add", "x"},
                               {"-px", "remote", "add", "x"},
                               {"-px", "remote", "remove", "x"}}) {
        CAPTURE(words);
        CHECK(Run(words).choice.error == VerbError::none);
    }
}

TEST_CASE("an option of another verb is an error that names both", "[options][group]") {
    struct Message {
        Words words;
        const char* text;
    };
    auto [words, text] = GENERATE(values<Message>({
        {{"install", "--json"},
         "error: cannot use '--json' with verb 'install'\n"
         "hint: it belongs to list. Try 'tool install --help'.\n"},
        {{"-vj", "install"},
         "error: cannot use '--json' with verb 'install'\n"
         "hint: it belongs to list. Try 'tool install --help'.\n"},
        {{"list-all", "-v", "-p", "x", "-v"},
         "error: cannot use '--path' with verb 'list-all'\n"
         "hint: it belongs to install, list and remote. Try 'tool list-all --help'.\n"},
        {{"-p", "x", "list-all", "-v"},
         "error: cannot use '--path' with verb 'list-all'\n"
         "hint: it belongs to install, list and remote. Try 'tool list-all --help'.\n"},
        {{"-P", "-h", "list-all", "-n5", "-v"},
         "error: cannot use '--other-path' with verb 'list-all'\n"
         "hint: it belongs to install, list and remote. Try 'tool list-all --help'.\n"},
        {{"remote", "remove", "x", "--fetch"},
         "error: cannot use '--fetch' with verb 'remote remove'\n"
         "hint: it belongs to remote add. Try 'tool remote remove --help'.\n"},
        {{"-f"},
         "error: cannot use '--fetch' with verb 'list'\n"
         "hint: it belongs to remote add. Try 'tool list --help'.\n"},
    }));
    CAPTURE(words);
    Run run(words);
    CHECK(run.choice.error == VerbError::other_verb);
    CHECK(run.choice.id == error_id);
    CHECK(run.message() == text);
}

TEST_CASE("an error of the words comes before one of the options", "[options][group]") {
    CHECK(Run({"frobnicate", "--json"}).choice.error == VerbError::unknown);
    CHECK(Run({"list-all", "x", "--json"}).choice.error == VerbError::too_many);
    CHECK(Run({"remote", "--json"}).choice.error == VerbError::none_given);
    CHECK(Run({"remote", "add", "--json"}).choice.error == VerbError::too_few);
}

TEST_CASE("the option that was given is found however the words were moved", "[options][group]") {
    Option places = group_of({shared_options().table()}, shared_options()["path"]);
    for (const Words& words : {Words{"a", "-p", "-v", "b", "-v", "c", "-v"},
                               {"-p", "--json", "b", "c", "-v"},
                               {"-v", "a", "--path", "--", "b", "--", "-v", "-P"},
                               {"-n", "a", "-vp", "x", "b", "-h"}}) {
        CAPTURE(words);
        CommandLine line(words);
        Parser parser(shared_options().table(), line.argc(), line.argv());
        while (parser.next()) {
        }
        REQUIRE_FALSE(parser.has_failed());
        CHECK(parser.find_given(places) == shared_options()["path"]);
        CHECK_FALSE(parser.find_given(shared_options()["help"]));
    }
}

TEST_CASE("of several options of a group the first one is told", "[options][group]") {
    CHECK(Run({"list-all", "-Px", "-px"}).message().find("--other-path'") != std::string::npos);
    CHECK(Run({"list-all", "-px", "-Px"}).message().find("--path'") != std::string::npos);
}

TEST_CASE("an alias stands for the verb in what belongs to it", "[options][group]") {
    RecordTable options(group_record("G", "list"), one_option('x', "extra", nullptr, "X"),
                        alias_record('y', "why", "extra"));
    RecordTable verbs(verb_record("list", nullptr, 0, 0, "List"),
                      verb_record("show", nullptr, 0, 0, "Show"),
                      alias_record(0, "ls", "list", is_verb));
    for (const char* option : {"-x", "--why", "-y"}) {
        CommandLine line({"ls", option});
        Parser parser(options.table(), line.argc(), line.argv());
        while (parser.next()) {
        }
        CHECK(choose_verb(verbs.table(), parser).error == VerbError::none);
        CommandLine other({"show", option});
        Parser wrong(options.table(), other.argc(), other.argv());
        while (wrong.next()) {
        }
        VerbChoice choice = choose_verb(verbs.table(), wrong);
        CHECK(choice.error == VerbError::other_verb);
        CHECK(choice.wrong == options["extra"]);
    }
}

TEST_CASE("64 groups may belong to verbs, and 65 are a mistake", "[options][group]") {
    TableBuilder options, verbs;
    verbs.add({.flags = is_verb, .name = "other"});
    for (int i = 0; i < 65; i++) {
        std::string number = std::to_string(i);
        options.add({.flags = group_marker, .name = "Group " + number, .scope = "verb" + number});
        options.add({.name = "option" + number, .help = "Help"});
        verbs.add({.flags = is_verb, .name = "verb" + number});
        Table table = options.table();
        CHECK((find_mistake(table).what == nullptr) == (i < 64));
        if (i == 64) break;
        CommandLine line({"--option" + number, "other"});
        Parser parser(table, line.argc(), line.argv());
        while (parser.next()) {
        }
        VerbChoice choice = choose_verb(verbs.table(), parser);
        CHECK(choice.error == VerbError::other_verb);
        CHECK(choice.wrong.name().data() == "option" + number);
    }
    // Where nobody looks for mistakes, the options of the others are for every verb.
    CommandLine line({"--option64", "other"});
    Parser parser(options.table(), line.argc(), line.argv());
    while (parser.next()) {
    }
    CHECK(choose_verb(verbs.table(), parser).error == VerbError::none);
}

TEST_CASE("the help of a verb has the groups that are for it", "[options][group]") {
    auto page = [](const std::vector<const char*>& words) {
        TextSink text;
        VerbChoice choice = follow_verbs(shared_verbs().table(), words.size(), words.data());
        REQUIRE(choice.verb);
        write_verb_help(text.sink(), {"tool"}, choice, {shared_options().table()}, {});
        return text.text();
    };
    CHECK("\n" + page({"install"}) == R"(
Usage: tool [OPTION…] install [DISK]

Copy the loader

Options:
  -h --help            Show this help

Places:
  -p --path=PATH       Where
  -P --other-path=PATH Where else

For all:
  -v --verbose         Say more
)");
    CHECK(page({"list-all"}).find("Places") == std::string::npos);
    CHECK(page({"ls"}) == page({"list"}));
    CHECK(page({"remote", "add"}).find("Adding:\n") != std::string::npos);
    CHECK(page({"remote", "add"}).find("Places:\n") != std::string::npos);
    CHECK(page({"remote", "remove"}).find("Adding:\n") == std::string::npos);
    CHECK(page({"remote"}).find("\n\nVerbs:\n  add NAME             Add one\n  remove NAME  ") !=
          std::string::npos);
}

TEST_CASE("--help is about the verb of the line, wherever both stand", "[options][group]") {
    auto first_line = [](const Words& words, Mode mode = Mode::normal) {
        CommandLine line(words);
        Parser parser(shared_options().table(), line.argc(), line.argv());
        parser.set_mode(mode);
        while (int id = parser.next()) {
            if (id == positional_id || parser.option() != shared_options()["help"]) continue;
            TextSink text;
            write_help(text.sink(), {"tool"}, parser, shared_verbs().table(), {});
            return text.text().substr(0, text.text().find('\n'));
        }
        return std::string("no help");
    };
    const std::string whole = "Usage: tool [OPTION…] VERB …";
    CHECK(first_line({"--help"}) == whole);
    CHECK(first_line({"--help", "list"}) == "Usage: tool [OPTION…] list");
    CHECK(first_line({"list", "--help"}) == "Usage: tool [OPTION…] list");
    CHECK(first_line({"list", "-vhv"}) == "Usage: tool [OPTION…] list");
    CHECK(first_line({"-v", "remote", "-px", "-h", "-n", "add", "x"}) ==
          "Usage: tool [OPTION…] remote add NAME");
    CHECK(first_line({"remote", "add", "a", "b", "--help"}) ==
          "Usage: tool [OPTION…] remote add NAME");
    CHECK(first_line({"--help", "--", "install"}) == "Usage: tool [OPTION…] install [DISK]");
    CHECK(first_line({"--help", "install", "--list"}, Mode::stop) ==
          "Usage: tool [OPTION…] install [DISK]");
    CHECK(first_line({"--help", "--wrong", "list"}) == whole);
    CHECK(first_line({"--help", "frobnicate"}) == whole);
}
