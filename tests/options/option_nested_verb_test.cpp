// SPDX-License-Identifier: MIT
//
// Verbs below verbs, and options that are in a namespace of their verb.
#include "options/option_builder.hpp"
#include "options/option_help.hpp"
#include "options/option_macros.h"
#include "tests/catch.hpp"
#include "tests/options/child.hpp"
#include "tests/options/command_line.hpp"
#include "tests/options/record_table.hpp"

using namespace kindling::options;

namespace {

std::string message(const VerbChoice& choice) {
    TextSink text;
    write_error(text.sink(), choice, "tool");
    return text.text();
}

// The macros' labels are not expressions.
// clang-format off
std::string run_group(const VerbChoice& choice) {
    switch (choice.id) {
    VERB_NAMESPACE("macro remote group"):
    VERB_DEFAULT("show", "[NAME]", 0, 1, "Show one, or all"):
        return "show " + std::to_string(choice.arguments_count);
    VERB("add", "NAME", 1, 1, "Add a group"):
        return std::string("add group ") + choice.arguments[0];
    VERB_ERROR:
        return message(choice);
    }
    return "no case";
}

std::string run_remote(const VerbChoice& choice) {
    switch (choice.id) {
    VERB_NAMESPACE("macro remote"):
    VERB("add", "NAME", 1, 1, "Add a machine"):
        return std::string("add ") + choice.arguments[0];
    VERB_NESTED("group", "Groups of machines"):
        return run_group(choose_verb(choice));
    VERB_ALIAS("grp", "group"):
    VERB_ERROR:
        return message(choice);
    }
    return "no case";
}

std::string run_inner(const VerbChoice& choice) {
    switch (choice.id) {
    VERB_NAMESPACE("macro"):
    VERB_NESTED("remote", "Other machines"):
        return run_remote(choose_verb(choice));
    VERB_ERROR:
        return message(choice);
    }
    return "no case";
}

std::string run(const Words& words) {
    CommandLine line(words);
    line.argv()[0] = const_cast<char*>("macro");
    VerbChoice choice = choose_verb(VERB_TABLE, static_cast<size_t>(line.argc()), line.argv());
    switch (choice.id) {
    VERB_NESTED("macro", "All verbs of this file"):
        return run_inner(choose_verb(choice));
    VERB_ERROR:
        return message(choice);
    }
    return "no case";
}
// clang-format on

/// remote > add, remove, group > show.
const RecordTable& shared_verbs() {
    static const RecordTable records(
        verb_record("list", nullptr, 0, 0, "List"),
        verb_record("predict", "ENTRY", 1, 1, "Predict", 0, "predict"),
        verb_record("remote", "VERB ...", 1, count_unlimited, "Other machines", has_verbs),
        alias_record(0, "far", "remote", is_verb), namespace_record("remote"),
        verb_record("add", "NAME", 1, 1, "Add one", 0, "remote-add"),
        verb_record("remove", "NAME", 1, 2, "Remove one"),
        verb_record("group", "VERB ...", 1, count_unlimited, "Groups", has_verbs),
        namespace_record("remote group"),
        verb_record("show", "[NAME]", 0, 1, "Show", default_verb));
    return records;
}

VerbChoice follow(const std::vector<const char*>& words) {
    return follow_verbs(shared_verbs().table(), words.size(), words.data());
}

} // namespace

TEST_CASE("a verb below a verb runs its case", "[options][verb]") {
    CHECK(run({"remote", "add", "x"}) == "add x");
    CHECK(run({"remote", "group", "add", "x"}) == "add group x");
    CHECK(run({"remote", "grp", "add", "x"}) == "add group x");
    CHECK(run({"remote", "group"}) == "show 0");
    CHECK(run({"remote", "group", "show", "x"}) == "show 1");
}

TEST_CASE("an error of a nested verb names the verbs above", "[options][verb]") {
    CHECK(run({"remote"}) == "error: no verb given behind 'macro remote'\n"
                             "hint: choose one of add, group. Try 'tool macro remote --help'.\n");
    CHECK(run({"remote", "ad"}) == "error: unknown verb 'ad'\n"
                                   "hint: did you mean 'add'? Try 'tool macro remote --help'.\n");
    CHECK(run({"remote", "\x1b"}) == "error: unknown verb '\\x1b'\n"
                                     "hint: Try 'tool macro remote --help'.\n");
    CHECK(run({"remote", "list"}) == "error: unknown verb 'list'\n"
                                     "hint: Try 'tool macro remote --help'.\n");
    CHECK(run({"remote", "add"}) == "error: verb 'macro remote add' needs more arguments\n"
                                    "hint: Usage: tool macro remote add NAME\n");
    CHECK(run({"remote", "group", "add", "a", "b"}) ==
          "error: verb 'macro remote group add' takes fewer arguments; 'b' is too many\n"
          "hint: Usage: tool macro remote group add NAME\n");
    CHECK(run({"add"}) == "error: unknown verb 'add'\nhint: Try 'tool macro --help'.\n");
    // An error of the outer verb stays one.
    VerbChoice outer = choose_verb(shared_verbs().table(), 0, nullptr);
    CHECK(choose_verb(outer).error == VerbError::none_given);
    CHECK(choose_verb(outer).id == error_id);
}

TEST_CASE("words are followed to the verb that they name", "[options][verb]") {
    CHECK(follow({}).error == VerbError::none);
    CHECK_FALSE(follow({}).verb);
    CHECK(follow({}).id == error_id);
    CHECK(follow({"list"}).path == std::string("list"));
    CHECK(follow({"list", "whatever"}).path == std::string("list"));
    CHECK(follow({"remote"}).path == std::string("remote"));
    CHECK(follow({"far", "group", "show", "x"}).path == std::string("remote group show"));
    CHECK(follow({"remote", "add"}).verb.count_max() == 1);
    VerbChoice wrong = follow({"remote", "shwo"});
    CHECK(wrong.error == VerbError::unknown);
    CHECK(wrong.id == error_id);
    CHECK_FALSE(wrong.verb);
    CHECK(message(wrong) == "error: unknown verb 'shwo'\nhint: Try 'tool remote --help'.\n");
    wrong = follow({"remote", "group", "shwo"});
    CHECK(wrong.suggestion().name().data() == std::string("show"));
    CHECK(follow({"show"}).error == VerbError::unknown);
}

TEST_CASE("an option of a verb's own namespace is told to belong to it", "[options][verb]") {
    RecordTable options(
        one_option('v', "verbose", nullptr, "Say more"), namespace_record("predict"),
        one_option('b', "bank", "NAME", "Only this bank"), namespace_record("remote-add"),
        one_option('f', "fetch", nullptr, "Fetch at once"));
    auto error = [&](const char* word, bool knows_verbs = true) {
        CommandLine line({word});
        Parser parser(options.table(), line.argc(), line.argv());
        if (knows_verbs) parser.set_verbs(shared_verbs().table());
        while (parser.next()) {
        }
        REQUIRE(parser.has_failed());
        std::string text = error_text(parser.error());
        return text.substr(text.find("hint: "));
    };
    const std::string predict =
        "hint: this option belongs to verb 'predict'. Try 'program --help'.\n";
    CHECK(error("--bank=x") == predict);
    CHECK(error("-b") == predict);
    CHECK(error("-vb") == predict);
    CHECK(error("-vb", false) == "hint: Try 'program --help'.\n");
    CHECK(error("--ban") == "hint: Try 'program --help'.\n");
    CHECK(error("--fetch") ==
          "hint: this option belongs to verb 'remote add'. Try 'program --help'.\n");
    CHECK(error("-f") == "hint: this option belongs to verb 'remote add'. Try 'program --help'.\n");
    CHECK(error("--verbos=") != predict);
}

TEST_CASE("verbs may be fifteen deep, and words as many as they like", "[options][verb]") {
    TableBuilder builder;
    std::string path;
    Words words;
    for (int i = 0; i < 15; i++) {
        std::string name = "verb" + std::to_string(i);
        builder.add({.flags = is_verb | (i < 14 ? has_verbs : 0u), .name = name});
        path += path.empty() ? name : " " + name;
        words.push_back(name);
        if (i < 14) builder.add({.flags = namespace_marker | is_verb, .name = path});
    }
    CommandLine line(words);
    const char* const* verbs = line.argv() + 1;
    VerbChoice choice = choose_verb(builder.table(), words.size(), verbs);
    for (int i = 1; i < 15; i++) {
        CHECK(choice.error == VerbError::none);
        choice = choose_verb(choice);
    }
    CHECK(choice.error == VerbError::none);
    CHECK(choice.path == path);
    CHECK(choice.arguments_count == 0);
    CHECK(follow_verbs(builder.table(), words.size(), verbs).path == path);
    CHECK(follow_verbs(builder.table(), 14, verbs).verb.has(has_verbs));

    // --help behind them all: more words than it looks at do no harm.
    RecordTable options(one_option('h', "help", nullptr, "Help"));
    for (size_t extra : {0, 1, 20}) {
        Words more = words;
        more.insert(more.end(), extra, "x");
        more.push_back("--help");
        CommandLine full(more);
        Parser parser(options.table(), full.argc(), full.argv());
        REQUIRE(parser.next() > 0);
        TextSink text;
        write_help(text.sink(), {"tool"}, parser, builder.table(), {.columns = 200});
        CHECK(text.text().starts_with("Usage: tool [OPTION…] " + path + "\n"));
    }
}

TEST_CASE("a path that is too long names no verb", "[options][verb]") {
    TableBuilder builder;
    std::string name(48, 'n'), path;
    for (int i = 0; i < 8; i++) {
        builder.add({.flags = is_verb | has_verbs, .name = name});
        path += path.empty() ? name : " " + name;
        if (i < 7) builder.add({.flags = namespace_marker | is_verb, .name = path});
    }
    std::vector<const char*> words(20, name.c_str());
    VerbChoice choice = choose_verb(builder.table(), words.size(), words.data());
    int deep = 1;
    for (; deep < 20 && choice.error == VerbError::none; deep++) choice = choose_verb(choice);
    CHECK(choice.error == VerbError::unknown);
    CHECK(deep == 7);
    CHECK(std::string(choice.path).size() <= verb_path_size_max);
    choice = follow_verbs(builder.table(), words.size(), words.data());
    CHECK(choice.error == VerbError::unknown);
    CHECK_FALSE(choice.verb);
}

TEST_CASE("a verb in a namespace of the longest name is whole", "[options][verb]") {
    TableBuilder builder;
    std::string name(48, 'n'), path;
    for (int i = 0; i < 5; i++) {
        builder.add({.flags = is_verb | has_verbs, .name = name});
        path += path.empty() ? name : " " + name;
        builder.add({.flags = namespace_marker | is_verb, .name = path});
    }
    REQUIRE(path.size() == 244);
    builder.add({.flags = is_verb, .name = std::string(48, 'z')});
    std::vector<const char*> words(5, name.c_str());
    std::string last(48, 'z');
    words.push_back(last.c_str());
    VerbChoice choice = follow_verbs(builder.table(), words.size(), words.data());
    CHECK(choice.error == VerbError::none);
    CHECK(choice.path == path + " " + last);
}

TEST_CASE("a nested default verb runs without words, and the outer one without any",
          "[options][verb]") {
    RecordTable verbs(
        verb_record("remote", "VERB ...", 1, count_unlimited, "Remote", has_verbs | default_verb),
        namespace_record("remote"), verb_record("show", nullptr, 0, 0, "Show", default_verb));
    VerbChoice outer = choose_verb(verbs.table(), 0, nullptr);
    CHECK(outer.error == VerbError::none);
    VerbChoice choice = choose_verb(outer);
    CHECK(choice.error == VerbError::none);
    CHECK(choice.path == std::string("remote show"));
}

TEST_CASE("a mistake among the verbs stops a program that is to be checked", "[options][verb]") {
    RecordTable twice(verb_record("list", nullptr, 0, 0, "List"),
                      verb_record("list", nullptr, 0, 0, "List again"));
    ChildResult child = run_in_child([&] {
        Table table = twice.table();
        const char* const words[] = {"list"};
        choose_verb(table, 1, words);
        table.is_checked = true;
        choose_verb(table, 1, words);
        return 0;
    });
    CHECK(child.was_stopped);
    CHECK(child.output == "option parser: 'list' is declared twice\n");
}

TEST_CASE("too many words get the hint that the parser knows", "[options][verb]") {
    RecordTable options(one_option('v', "verbose", nullptr, "Say more"),
                        one_option('c', "color", "WHEN", "Colors", optional_arg));
    auto wrong = [&](const Words& words, Mode mode = Mode::normal) {
        CommandLine line(words);
        Parser parser(options.table(), line.argc(), line.argv());
        parser.set_mode(mode);
        while (parser.next()) {
        }
        VerbChoice choice = choose_verb(shared_verbs().table(), parser);
        if (choice.verb && choice.verb.has(has_verbs)) choice = choose_verb(choice);
        return message(choice);
    };
    CHECK(wrong({"list", "--color", "never"}) ==
          "error: verb 'list' takes no arguments; 'never' is too many\n"
          "hint: use --color=never for an optional value. Usage: tool list\n");
    CHECK(wrong({"--", "list", "-v"}) ==
          "error: verb 'list' takes no arguments; '-v' is too many\n"
          "hint: options after -- are positional. Usage: tool list\n");
    CHECK(wrong({"list", "-v"}, Mode::stop) ==
          "error: verb 'list' takes no arguments; '-v' is too many\n"
          "hint: options must stand before the first word. Usage: tool list\n");
    CHECK(wrong({"remote", "remove", "a", "b", "-c", "never"}) ==
          "error: verb 'remote remove' takes fewer arguments; 'never' is too many\n"
          "hint: use --color=never for an optional value. Usage: tool remote remove NAME\n");
    CHECK(wrong({"list", "--", "x"}) == "error: verb 'list' takes no arguments; 'x' is too many\n"
                                        "hint: Usage: tool list\n");
}
