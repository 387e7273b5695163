// SPDX-License-Identifier: MIT
#include "options/option_macros.h"
#include "options/option_verb.hpp"
#include "tests/catch.hpp"
#include "tests/options/command_line.hpp"
#include "tests/options/record_table.hpp"

using namespace kindling::options;

namespace {

/// What a program with the verbs below does with these words.
std::string run(const Words& words) {
    CommandLine line(words);
    VerbChoice choice =
        choose_verb(VERB_TABLE, static_cast<size_t>(line.argc() - 1), line.argv() + 1);
    // It takes the labels for expressions.
    // clang-format off
    switch (choice.id) {
    VERB_NOARG("list", "Show the boot menu entries"):
        return "list";
    VERB_DEFAULT("status", "[FILE]", 0, 1, "Show what is there"):
        return "status of " + std::to_string(choice.arguments_count);
    VERB_GROUP("Changing things"):
    VERB("install", "DISK…", 1, VERB_ANY, "Copy the loader"):
        return std::string("install to ") + choice.arguments[0];
    VERB("rename", "OLD NEW", 2, 2, "Rename an entry"):
        return "rename";
    VERB_FULL(0, "old-install", "DISK", 1, 1, nullptr, 42, nullptr):
        return "data " + std::to_string(choice.verb.data());
    VERB_NS("predict", "ENTRY", 1, 1, "predict", "Say what the registers will be"):
        return std::string("predict with ") + choice.verb.scope().data();
    VERB_ERROR:
        return "error " + std::to_string(static_cast<int>(choice.error));
    }
    // clang-format on
    return "no case";
}

std::string code(VerbError error) {
    return "error " + std::to_string(static_cast<int>(error));
}

/// The choice points into `words`.
VerbChoice choose(const RecordTable& verbs, const std::vector<const char*>& words) {
    return choose_verb(verbs.table(), words.size(), words.data());
}

std::string message(const RecordTable& verbs, const std::vector<const char*>& words) {
    TextSink text;
    write_error(text.sink(), choose(verbs, words), "bootctl");
    return text.text();
}

const RecordTable& shared_verbs() {
    static const RecordTable records(
        verb_record("list", nullptr, 0, 0, "Show the boot menu entries"), group_record("changing"),
        verb_record("install", "[DISK]", 0, 1, "Copy the loader"),
        verb_record("rename", "OLD NEW", 2, 2, "Rename an entry"),
        verb_record("old-name", nullptr, 0, 0, nullptr));
    return records;
}

} // namespace

TEST_CASE("a verb runs its case", "[options][verb]") {
    CHECK(run({"list"}) == "list");
    CHECK(run({"install", "disk"}) == "install to disk");
    CHECK(run({"install", "a", "b", "c", "d"}) == "install to a");
    CHECK(run({"rename", "a", "b"}) == "rename");
    CHECK(run({"old-install", "x"}) == "data 42");
    CHECK(run({"predict", "x"}) == "predict with predict");
}

TEST_CASE("without words the default verb runs", "[options][verb]") {
    CHECK(run({}) == "status of 0");
    CHECK(run({"status"}) == "status of 0");
    CHECK(run({"status", "x"}) == "status of 1");
}

TEST_CASE("the words behind a verb are counted", "[options][verb]") {
    CHECK(run({"list", "x"}) == code(VerbError::too_many));
    CHECK(run({"install"}) == code(VerbError::too_few));
    CHECK(run({"rename", "a"}) == code(VerbError::too_few));
    CHECK(run({"rename", "a", "b", "c"}) == code(VerbError::too_many));
    CHECK(run({"status", "a", "b"}) == code(VerbError::too_many));
}

TEST_CASE("verbs are neither abbreviated nor folded, and titles are none", "[options][verb]") {
    for (const char* word : {"", "lis", "lists", "List", "Changing things", "Changing", "x"})
        CHECK(run({word}) == code(VerbError::unknown));
    CHECK(find_verb(shared_verbs().table(), "install"));
    CHECK_FALSE(find_verb(shared_verbs().table(), "changing"));
    CHECK_FALSE(find_verb(shared_verbs().table(), "inst"));
}

TEST_CASE("without a default verb no words are an error", "[options][verb]") {
    CHECK(choose(shared_verbs(), {}).error == VerbError::none_given);
    CHECK(choose(shared_verbs(), {}).id == error_id);
    CHECK(choose_verb(Table{}, 0, nullptr).error == VerbError::none_given);
    const char* word = "list";
    CHECK(choose_verb(Table{}, 1, &word).error == VerbError::unknown);
}

TEST_CASE("with one verb everything else is an error", "[options][verb]") {
    RecordTable one(verb_record("list", nullptr, 0, 0, "List"));
    CHECK(choose(one, {}).error == VerbError::none_given);
    for (const char* word : {"l", "lis", "lists", "frobnicate", "", "LIST"})
        CHECK(choose(one, {word}).error == VerbError::unknown);
    CHECK(choose(one, {"list"}).error == VerbError::none);
    CHECK(message(one, {}) == "error: no verb given\n"
                              "hint: choose one of list. Try 'bootctl --help'.\n");
}

TEST_CASE("a default verb that needs words is counted as well", "[options][verb]") {
    RecordTable verbs(verb_record("show", "FILE", 1, 1, "Show a file", default_verb));
    CHECK(choose(verbs, {}).error == VerbError::too_few);
    CHECK(choose(verbs, {"show", "x"}).error == VerbError::none);
}

TEST_CASE("a choice tells what was typed and what is left", "[options][verb]") {
    const std::vector<const char*> words{"rename", "a", "b"};
    VerbChoice choice = choose(shared_verbs(), words);
    CHECK(choice.typed == std::string("rename"));
    CHECK(choice.verb.name().data() == std::string("rename"));
    CHECK(choice.id == choice.verb.id());
    REQUIRE(choice.arguments_count == 2);
    CHECK(choice.arguments == words.data() + 1);
    VerbChoice unknown = choose(shared_verbs(), {"x", "a"});
    CHECK(unknown.typed == std::string("x"));
    CHECK_FALSE(unknown.verb);
    CHECK(unknown.arguments_count == 1);
}

TEST_CASE("each wrong choice is a cause and a hint, in two lines", "[options][verb]") {
    struct Message {
        std::vector<const char*> words;
        const char* text;
    };
    auto [words, text] = GENERATE(values<Message>({
        {{},
         "error: no verb given\n"
         "hint: choose one of list, install, rename. Try 'bootctl --help'.\n"},
        {{"isntall"},
         "error: unknown verb 'isntall'\n"
         "hint: did you mean 'install'? Try 'bootctl --help'.\n"},
        {{"frobnicate"},
         "error: unknown verb 'frobnicate'\n"
         "hint: Try 'bootctl --help'.\n"},
        {{"\x1b[2J"},
         "error: unknown verb '\\x1b[2J'\n"
         "hint: Try 'bootctl --help'.\n"},
        {{"rename", "a"},
         "error: verb 'rename' needs more arguments\n"
         "hint: Usage: bootctl rename OLD NEW\n"},
        {{"list", "x\n"},
         "error: verb 'list' takes no arguments; 'x\\x0a' is too many\n"
         "hint: Usage: bootctl list\n"},
        {{"install", "a", "b"},
         "error: verb 'install' takes fewer arguments; 'b' is too many\n"
         "hint: Usage: bootctl install [DISK]\n"},
        {{"list"}, "error: the case of a verb did not return\n"},
    }));
    CHECK(message(shared_verbs(), words) == text);
}

TEST_CASE("only an unknown verb has a suggestion", "[options][verb]") {
    auto suggested = [](const std::vector<const char*>& words) {
        Option verb = choose(shared_verbs(), words).suggestion();
        return std::string(verb ? verb.name().data() : "nothing");
    };
    CHECK(suggested({"lsit"}) == "list");
    CHECK(suggested({"LIST"}) == "list");
    CHECK(suggested({"inst"}) == "install");
    CHECK(suggested({"-v"}) == "nothing");
    CHECK(suggested({""}) == "nothing");
    CHECK(suggested({"rename"}) == "nothing");
    CHECK(suggested({}) == "nothing");
}

TEST_CASE("options may stand around the verb, and the parser leaves its words", "[options][verb]") {
    RecordTable options(one_option('v', "verbose", nullptr, "Say more"),
                        one_option('n', "number", "N", "How many"));
    CommandLine line({"-v", "rename", "-n", "3", "a", "--verbose", "b"});
    Parser parser(options.table(), line.argc(), line.argv());
    size_t count = 0;
    while (parser.next()) count++;
    CHECK(count == 3);
    VerbChoice choice = choose_verb(shared_verbs().table(), parser);
    CHECK(choice.error == VerbError::none);
    CHECK(choice.verb.name().data() == std::string("rename"));
    REQUIRE(choice.arguments_count == 2);
    CHECK(choice.arguments[0] == std::string("a"));
    CHECK(choice.arguments[1] == std::string("b"));
    CHECK(choice.arguments[2] == nullptr);
}

TEST_CASE("options of one verb belong to an inner parser", "[options][verb]") {
    RecordTable options(one_option('v', "verbose", nullptr, "Say more"),
                        namespace_record("predict"),
                        one_option('v', "value", "N", "Another meaning"));
    CommandLine line({"-v", "predict", "-v", "3", "entry"});
    Parser outer(options.table(), line.argc(), line.argv());
    outer.set_mode(Mode::stop);
    CHECK(event_of(outer, outer.next()) == "verbose");
    CHECK(outer.next() == done_id);
    REQUIRE(outer.positional(0) == std::string("predict"));
    Parser inner(options.table(), static_cast<int>(outer.positionals_count()),
                 const_cast<char**>(outer.positionals()), "predict");
    CHECK(event_of(inner, inner.next()) == "value=3");
    CHECK(inner.next() == done_id);
    CHECK(positionals_of(inner) == Words{"entry"});
}

TEST_CASE("after a wrong option no verb runs, not even the default one", "[options][verb]") {
    RecordTable options(one_option('v', "verbose", nullptr, "Say more"));
    RecordTable verbs(verb_record("list", nullptr, 0, 0, "Show the entries", default_verb));
    CommandLine line({"--wrong"});
    Parser parser(options.table(), line.argc(), line.argv());
    CHECK(parser.next() == error_id);
    VerbChoice choice = choose_verb(verbs.table(), parser);
    CHECK(choice.id == error_id);
    CHECK(choice.error == VerbError::wrong_option);
    CHECK_FALSE(choice.suggestion());
    TextSink text;
    write_error(text.sink(), choice, "bootctl");
    CHECK(text.text() == "error: unrecognized option '--wrong'\n"
                         "hint: Try 'bootctl --help'.\n");
}

TEST_CASE("a stray word in place of a verb may have been meant as a value", "[options][verb]") {
    RecordTable options(one_option('c', "color", "WHEN", "Use colors", optional_arg));
    RecordTable verbs(verb_record("list", nullptr, 0, 0, "List"),
                      verb_record("remote", "VERB ...", 1, count_unlimited, "Others", has_verbs),
                      namespace_record("remote"), verb_record("add", nullptr, 0, 0, "Add"));
    auto message_of = [&](const Words& words) {
        CommandLine line(words);
        Parser parser(options.table(), line.argc(), line.argv());
        while (parser.next()) {
        }
        VerbChoice choice = choose_verb(verbs.table(), parser);
        if (choice.error == VerbError::none && choice.verb.has(has_verbs))
            choice = choose_verb(choice);
        TextSink text;
        write_error(text.sink(), choice, "tool");
        return text.text();
    };
    CHECK(message_of({"--color", "never", "list"}) ==
          "error: unknown verb 'never'\n"
          "hint: use --color=never for an optional value. Try 'tool --help'.\n");
    CHECK(message_of({"remote", "-c", "never"}) ==
          "error: unknown verb 'never'\n"
          "hint: use --color=never for an optional value. Try 'tool remote --help'.\n");
    CHECK(message_of({"--color", "lst"}) ==
          "error: unknown verb 'lst'\n"
          "hint: did you mean 'list'? use --color=lst for an optional value. Try 'tool --help'.\n");
    CHECK(message_of({"never", "--color", "list"}) == "error: unknown verb 'never'\n"
                                                      "hint: Try 'tool --help'.\n");
    CHECK(message_of({"--", "--verbose"}) ==
          "error: unknown verb '--verbose'\n"
          "hint: options after -- are positional. Try 'tool --help'.\n");
}
