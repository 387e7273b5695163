// SPDX-License-Identifier: MIT
#include "options/option_parser.hpp"
#include "tests/catch.hpp"
#include "tests/options/child.hpp"
#include "tests/options/command_line.hpp"
#include "tests/options/table_copy.hpp"

#include <algorithm>

using namespace kindling::options;

namespace {

/// The options of most tests; never called, its cases only declare.
[[maybe_unused, gnu::used]] void declare(int option) {
    // It takes the labels for expressions.
    // clang-format off
    switch (option) {
    OPTION_NAMESPACE("parse"):
    OPTION('h', "help", nullptr, "Flag"):
    OPTION_LONG("version", nullptr, "Long-only flag"):
    OPTION('r', "required1", "ARG", "Required"):
    OPTION_LONG("required2", "ARG", "Required without short"):
    OPTION_FULL(optional_arg, 'o', "optional1", "ARG", "Optional"):
    OPTION_LONG_FLAGS(optional_arg, "optional2", "ARG", "Optional without short"):
        break;
    }
    switch (option) {
    OPTION_NAMESPACE("second"):
    OPTION('h', "help2", nullptr, "Another help"):
    OPTION_LONG("required", "ARG", "Required"):
        break;
    }
    switch (option) {
    OPTION_NAMESPACE("third"):
    OPTION('h', "help3", nullptr, "A third help"):
    OPTION_FULL(optional_arg, 'o', "optional", "ARG", "Optional"):
        break;
    }
    switch (option) {
    OPTION_NAMESPACE("stopping"):
    OPTION('a', "flag", nullptr, "Flag"):
    OPTION('r', "required", "ARG", "Required"):
    OPTION_FULL(stops_parsing, 'e', "exec", nullptr, "The rest is a command"):
        break;
    }
    switch (option) {
    OPTION_NAMESPACE("groups"):
    OPTION('a', "flag", nullptr, "Flag"):
    OPTION_GROUP("advanced-things"):
    OPTION('b', "advanced", nullptr, "A beginning of the marker's text"):
    OPTION('c', "other", "ARG", "Other"):
    OPTION_LONG("otter", nullptr, "Shares a beginning"):
    OPTION_GROUP("lonely"):
    OPTION_LONG("zebra", nullptr, "The only one"):
        break;
    }
    switch (option) {
    OPTION_NAMESPACE("one"):
    OPTION_LONG("foo", nullptr, "The only option"):
        break;
    }
    switch (option) {
    OPTION_NAMESPACE("verbs"):
    OPTION_POSITIONAL:
    OPTION_SHORT('a', nullptr, "A"):
    OPTION_SHORT('b', nullptr, "B"):
    OPTION_SHORT('c', nullptr, "C"):
    OPTION_SHORT('d', nullptr, "D"):
    OPTION_SHORT('e', nullptr, "E"):
    OPTION_SHORT('f', nullptr, "F"):
        break;
    }
    switch (option) {
    OPTION_NAMESPACE("verbs-too"):
    OPTION_SHORT('5', nullptr, "A digit"):
        break;
    }
    // clang-format on
}

/// The section's options in a plain array.
Table array() {
    static const TableBuilder copy = copy_of(OPTION_TABLE, {"parse", "second", "third", "stopping",
                                                            "groups", "one", "verbs", "verbs-too"});
    return copy.table();
}

struct Parsed {
    Words events;
    std::vector<int> ids;
    Words positionals;
};

Parsed parse(const Words& words, Mode mode = Mode::normal, const char* name_space = "parse",
             Table table = OPTION_TABLE) {
    CommandLine line(words);
    std::vector<char*> before(line.argv(), line.argv() + line.argc() + 1);
    Parser parser(table, line.argc(), line.argv(), name_space);
    parser.set_mode(mode);
    Parsed parsed;
    FOREACH_OPTION(id, parser) {
        parsed.events.push_back(event_of(parser, id));
        parsed.ids.push_back(id);
    }
    parsed.positionals = positionals_of(parser);
    CHECK(parser.positionals_count() == parsed.positionals.size());

    // Whatever the words: argv is a permutation of itself behind an untouched argv[0].
    std::vector<char*> after(line.argv(), line.argv() + line.argc() + 1);
    CHECK(after.front() == before.front());
    CHECK(after.back() == nullptr);
    std::sort(before.begin(), before.end());
    std::sort(after.begin(), after.end());
    CHECK(before == after);
    CHECK(parser.next() == done_id);
    CHECK_FALSE(parser.option());
    CHECK(parser.argument() == nullptr);
    for (size_t i = 0; i < 4; i++) {
        const char* word = parser.positional(i);
        CHECK((word ? word : "") ==
              (i < parsed.positionals.size() ? parsed.positionals[i] : std::string()));
    }
    return parsed;
}

struct Case {
    Words words;
    Words events;
    Words positionals;
    Mode mode = Mode::normal;
};

void check(const Case& c, const char* name_space = "parse") {
    CAPTURE(c.words);
    Parsed parsed = parse(c.words, c.mode, name_space);
    CHECK(parsed.events == c.events);
    CHECK(parsed.positionals == c.positionals);
    Parsed from_array = parse(c.words, c.mode, name_space, array());
    CHECK(from_array.events == c.events);
    CHECK(from_array.ids == parsed.ids);
    CHECK(from_array.positionals == c.positionals);
}

} // namespace

TEST_CASE("words without options are positional", "[options]") {
    check({{}, {}, {}});
    check({{"a", "b", "c", "d"}, {}, {"a", "b", "c", "d"}});
    check({{"-", ""}, {}, {"-", ""}});
}

TEST_CASE("two dashes end the options and vanish once", "[options]") {
    check({{"--", "--help", "-h", "x"}, {}, {"--help", "-h", "x"}});
    check({{"--", "a", "--required1", "-o", "--", "d"}, {}, {"a", "--required1", "-o", "--", "d"}});
    check({{"--"}, {}, {}});
    check({{"--", "--"}, {}, {"--"}});
    check({{"a", "--", "-h"}, {}, {"a", "--", "-h"}, Mode::stop});
    check({{"--", "a", "--"}, {}, {"a", "--"}, Mode::stop});
    check({{"a", "b", "--", "c", "--", "d"}, {}, {"a", "b", "c", "--", "d"}});
    check({{"a", "b", "--"}, {}, {"a", "b"}});
    check({{"--help", "a", "--", "--help"}, {"help"}, {"a", "--help"}});
}

TEST_CASE("flags are found wherever they stand among positionals", "[options]") {
    for (const char* flag : {"--help", "-h"}) {
        check({{flag}, {"help"}, {}});
        check({{flag, "a", "b", "c", "d"}, {"help"}, {"a", "b", "c", "d"}});
        check({{"a", "b", flag, "c", "d"}, {"help"}, {"a", "b", "c", "d"}});
        check({{"a", "b", "c", "d", flag}, {"help"}, {"a", "b", "c", "d"}});
    }
    check({{"a", "--help", "b"}, {"help"}, {"a", "b"}});
    check({{"--help", "a", "-h"}, {"help"}, {"a", "-h"}, Mode::stop});
    check({{"-h", "a", "--help", "b", "c"}, {"help"}, {"a", "--help", "b", "c"}, Mode::stop});
    check({{"a", "-h", "--", "b"}, {}, {"a", "-h", "--", "b"}, Mode::stop});
    check({{"--version"}, {"version"}, {}});
    check({{"a", "--version", "b"}, {"version"}, {"a", "b"}});
    check({{"-H"}, {"error"}, {}});
    check({{"--HELP"}, {"error"}, {}});
    check({{"--help1"}, {"error"}, {}});
    check({{"--vers"}, {"version"}, {}});
}

TEST_CASE("a required argument is joined or the next word, whatever it looks like", "[options]") {
    check({{"--required1", "x"}, {"required1=x"}, {}});
    check({{"-r", "x"}, {"required1=x"}, {}});
    check({{"-rx"}, {"required1=x"}, {}});
    check({{"-r=x"}, {"required1==x"}, {}});
    check({{"--required1=x"}, {"required1=x"}, {}});
    check({{"--required1="}, {"required1="}, {}});
    check({{"--required1=a=b=c"}, {"required1=a=b=c"}, {}});
    check({{"--required1", "--", "x"}, {"required1=--"}, {"x"}});
    check({{"--required1", "--help", "-r", "-"}, {"required1=--help", "required1=-"}, {}});
    check({{"a", "b", "--required2", "x"}, {"required2=x"}, {"a", "b"}});
    check({{"a", "b", "-r", "x"}, {}, {"a", "b", "-r", "x"}, Mode::stop});
    check({{"a", "b", "--required1", "x"}, {}, {"a", "b", "--required1", "x"}, Mode::stop});
    check({{"a", "b", "-r", "x", "c"}, {"required1=x"}, {"a", "b", "c"}});
    check({{"a", "b", "--required1", "x", "c"}, {"required1=x"}, {"a", "b", "c"}});
    check({{"-r", "x", "a", "b"}, {"required1=x"}, {"a", "b"}, Mode::stop});
    check({{"-r", ""}, {"required1="}, {}});
    check({{"--required1=--"}, {"required1=--"}, {}});
    check({{"-r", "--"}, {"required1=--"}, {}});
    check({{"-hr"}, {"help", "error"}, {}});
    check({{"a", "--required2"}, {"error"}, {}});
}

TEST_CASE("an optional argument is only taken when joined", "[options]") {
    check({{"--optional1=x"}, {"optional1=x"}, {}});
    check({{"--optional1="}, {"optional1="}, {}});
    check({{"--optional1=x"}, {"optional1=x"}, {}, Mode::stop});
    check({{"--optional1", "x"}, {"optional1"}, {"x"}});
    check({{"--optional1", "x"}, {"optional1"}, {"x"}, Mode::stop});
    check({{"--optional2", "x", "--optional2=x"}, {"optional2", "optional2=x"}, {"x"}});
    check({{"--optional2"}, {"optional2"}, {}});
    check({{"--optional1", "--help"}, {"optional1", "help"}, {}});
    check({{"-o", "--", "x"}, {"optional1"}, {"x"}});
    check({{"-o=x"}, {"optional1==x"}, {}});
    check({{"-ho", "-h"}, {"help", "optional1", "help"}, {}});
    check({{"-oh"}, {"optional1=h"}, {}});
    check({{"-ox"}, {"optional1=x"}, {}});
    check({{"-o", "x"}, {"optional1"}, {"x"}});
    check({{"a", "-o"}, {"optional1"}, {"a"}});
    check({{"-h", "-o", "-h"}, {"help", "optional1", "help"}, {}});
    check({{"-ho", "x"}, {"help", "optional1"}, {"x"}});
    check({{"-hox"}, {"help", "optional1=x"}, {}});
}

TEST_CASE("one long line with every form is read in order", "[options]") {
    check({{"w1",
            "-h",
            "--help",
            "-r",
            "a1",
            "--required1",
            "a2",
            "w2",
            "-ra3",
            "--required1=a4",
            "--required2",
            "a5",
            "--required2=a6",
            "-o",
            "-oa7",
            "--optional1",
            "--optional1=a8",
            "w3",
            "--optional2",
            "--optional2=a9",
            "-ho",
            "-hoa10",
            "-hr",
            "a11",
            "-hra12",
            "-o",
            "-h",
            "-o",
            "--help",
            "w4",
            "--",
            "-h",
            "--help",
            "--"},
           {"help",         "help",          "required1=a1",  "required1=a2", "required1=a3",
            "required1=a4", "required2=a5",  "required2=a6",  "optional1",    "optional1=a7",
            "optional1",    "optional1=a8",  "optional2",     "optional2=a9", "help",
            "optional1",    "help",          "optional1=a10", "help",         "required1=a11",
            "help",         "required1=a12", "optional1",     "help",         "optional1",
            "help"},
           {"w1", "w2", "w3", "w4", "-h", "--help", "--"}});
}

TEST_CASE("each namespace has options of its own", "[options]") {
    check({{"-h", "--help2", "--required=x"}, {"help2", "help2", "required=x"}, {}}, "second");
    check(
        {{"-h", "--help3", "-ox", "--optional"}, {"help3", "help3", "optional=x", "optional"}, {}},
        "third");
    check({{"--help3"}, {"error"}, {}}, "second");
    check({{"a", "--required", "x", "-h", "b"}, {"required=x", "help2"}, {"a", "b"}}, "second");
    check({{"--opt", "a", "--optional=x"}, {"optional", "optional=x"}, {"a"}}, "third");
    check({{"--required1=x"}, {"error"}, {}}, "third");
    check({{"-r"}, {"error"}, {}}, "second");
    CHECK(find_mistake(OPTION_TABLE).what == nullptr);
}

TEST_CASE("after a stopping option everything is positional", "[options]") {
    check({{"--exec", "--flag", "x"}, {"exec"}, {"--flag", "x"}}, "stopping");
    check({{"-a", "--required=1", "--exec", "x"}, {"flag", "required=1", "exec"}, {"x"}},
          "stopping");
    check({{"-e"}, {"exec"}, {}}, "stopping");
    check({{"w", "-e", "-r", "x"}, {"exec"}, {"w", "-r", "x"}}, "stopping");
    check({{"-e", "--", "-a"}, {"exec"}, {"-a"}}, "stopping");
    check({{"-e", "--", "--", "-a"}, {"exec"}, {"--", "-a"}}, "stopping");
    check({{"-e", "x", "--", "-a"}, {"exec"}, {"x", "--", "-a"}}, "stopping");
    check({{"--", "-e", "-a"}, {}, {"-e", "-a"}}, "stopping");
    check({{"-ae", "-a"}, {"flag", "exec"}, {"-a"}}, "stopping");
    check({{"--flag", "-rx", "-a", "--exec", "--flag", "--", "-a"},
           {"flag", "required=x", "flag", "exec"},
           {"--flag", "--", "-a"}},
          "stopping");
    check({{"w", "--exec", "--required", "x", "--exec"},
           {"exec"},
           {"w", "--required", "x", "--exec"}},
          "stopping");
    check({{"--exec", "--", "x", "--", "--"}, {"exec"}, {"x", "--", "--"}}, "stopping");
    check({{"--exec", "--"}, {"exec"}, {}}, "stopping");
    check({{"w", "--", "--exec", "--"}, {}, {"w", "--exec", "--"}}, "stopping");
    check({{"-e", "-a"}, {"exec"}, {"-a"}, Mode::stop}, "stopping");
    check({{"--exe", "-a"}, {"exec"}, {"-a"}}, "stopping");
    check({{"--exec=x"}, {"error"}, {}}, "stopping");
    // The rest of its own bundle still is options.
    check({{"-ea", "-a"}, {"exec", "flag"}, {"-a"}}, "stopping");
    check({{"a", "-e", "b"}, {"+a", "exec"}, {"b"}, Mode::return_positional}, "stopping");
}

TEST_CASE("group markers are no options", "[options]") {
    check({{"-a", "--other=x", "-b"}, {"flag", "other=x", "advanced"}, {}}, "groups");
    check({{"-b", "-cx", "--flag"}, {"advanced", "other=x", "flag"}, {}}, "groups");
    check({{"--advanced-things"}, {"error"}, {}}, "groups");
    check({{"--advanced-things=2"}, {"error"}, {}}, "groups");
    check({{"--advanced-t"}, {"error"}, {}}, "groups");
    check({{"--lonely"}, {"error"}, {}}, "groups");
    check({{"--lone"}, {"error"}, {}}, "groups");
    check({{"--advanced", "--adv"}, {"advanced", "advanced"}, {}}, "groups");
    check({{"--ot"}, {"error"}, {}}, "groups");
    check({{"--o"}, {"error"}, {}}, "groups");
    check({{"--oth", "1", "--ott"}, {"other=1", "otter"}, {}}, "groups");
    check({{"--lonely=2"}, {"error"}, {}}, "groups");
    check({{"--a"}, {"advanced"}, {}}, "groups");
}

TEST_CASE("an empty long name is unknown, however many options there are", "[options]") {
    for (const char* name_space : {"one", "parse"}) {
        check({{"--=foo"}, {"error"}, {}}, name_space);
        check({{"--="}, {"error"}, {}}, name_space);
        check({{"a", "--=", "--foo"}, {"error"}, {}}, name_space);
    }
    check({{"---"}, {"error"}, {}}, "one");
}

TEST_CASE("options outside the groups asked for do not exist", "[options]") {
    CommandLine line({"--zebra", "--ot"});
    const char* const groups[] = {"lonely"};
    Parser parser(OPTION_TABLE, line.argc(), line.argv(), "groups");
    parser.set_groups(groups, 1);
    CHECK(event_of(parser, parser.next()) == "zebra");
    CHECK(parser.next() == error_id);
    CHECK(parser.error().kind == ErrorKind::unknown);
    CHECK_FALSE(parser.error().next_candidate({}));
}

TEST_CASE("positionals come back in place when asked for", "[options]") {
    check({{"-a", "x", "-b", "y"}, {"-a", "+x", "-b", "+y"}, {}, Mode::return_positional}, "verbs");
    check({{"x", "--", "-b"}, {"+x"}, {"-b"}, Mode::return_positional}, "verbs");
}

TEST_CASE("the mode can change between two words", "[options]") {
    struct Expected {
        Words words;
        size_t options, verbs;
        Words left;
    };
    bool is_array = GENERATE(false, true);
    auto [words, options, verbs, left] = GENERATE(values<Expected>({
        {{"-a", "-b", "forward", "-c", "-d", "name", "-e", "-f"}, 4, 1, {"name", "-e", "-f"}},
        {{"-a", "-b", "other", "-c", "-d", "name", "-e", "-f"}, 6, 1, {"name"}},
        {{"-a", "-b", "-c", "-d", "-e"}, 5, 0, {}},
    }));
    CommandLine line(words);
    Parser parser(is_array ? array() : OPTION_TABLE, line.argc(), line.argv(), "verbs");
    parser.set_mode(Mode::return_positional);
    size_t options_seen = 0, verbs_seen = 0;
    FOREACH_OPTION(id, parser) {
        if (id != positional_id) {
            options_seen++;
            continue;
        }
        verbs_seen++;
        bool forwards = parser.argument() == std::string("forward");
        parser.set_mode(forwards ? Mode::stop : Mode::normal);
    }
    CHECK(options_seen == options);
    CHECK(verbs_seen == verbs);
    CHECK(positionals_of(parser) == left);
}

TEST_CASE("switching back to returned positionals keeps those that were passed", "[options]") {
    CommandLine line({"one", "-a", "two", "-b", "three"});
    Parser parser(OPTION_TABLE, line.argc(), line.argv(), "verbs");
    Words events;
    FOREACH_OPTION(id, parser) {
        events.push_back(event_of(parser, id));
        parser.set_mode(Mode::return_positional);
    }
    CHECK(events == Words{"-a", "+two", "-b", "+three"});
    CHECK(positionals_of(parser) == Words{"one"});
}

TEST_CASE("constant words are left alone and positionals come back in place", "[options]") {
    const char* const words[] = {"program", "one", "-a", "--", "-b"};
    Parser parser(OPTION_TABLE, 5, words, "verbs");
    Words events;
    FOREACH_OPTION(id, parser) events.push_back(event_of(parser, id));
    CHECK(events == Words{"+one", "-a"});
    CHECK(positionals_of(parser) == Words{"-b"});
}

TEST_CASE("a handler may look at the next word and take it", "[options]") {
    SECTION("a joined argument leaves the next word alone") {
        CommandLine line({"-ox", "-h"});
        Parser parser(OPTION_TABLE, line.argc(), line.argv(), "parse");
        CHECK(event_of(parser, parser.next()) == "optional1=x");
        CHECK(parser.peek_next() == std::string("-h"));
        CHECK(event_of(parser, parser.next()) == "help");
    }
    SECTION("the word taken is no positional") {
        CommandLine line({"p", "-o", "word"});
        Parser parser(OPTION_TABLE, line.argc(), line.argv(), "parse");
        CHECK(event_of(parser, parser.next()) == "optional1");
        CHECK(parser.peek_next() == std::string("word"));
        CHECK(parser.take_next() == std::string("word"));
        CHECK(parser.next() == done_id);
        CHECK(positionals_of(parser) == Words{"p"});
    }
    SECTION("at the end there is none") {
        CommandLine line({"-o"});
        Parser parser(OPTION_TABLE, line.argc(), line.argv(), "parse");
        parser.next();
        CHECK(parser.peek_next() == nullptr);
        CHECK(parser.take_next() == nullptr);
        CHECK(parser.next() == done_id);
    }
    SECTION("looking does not take") {
        CommandLine line({"-o", "--required1=x"});
        Parser parser(OPTION_TABLE, line.argc(), line.argv(), "parse");
        parser.next();
        CHECK(parser.peek_next() == std::string("--required1=x"));
        CHECK(event_of(parser, parser.next()) == "required1=x");
        CHECK(parser.peek_next() == nullptr);
    }
    SECTION("a loop that takes words without a dash") {
        CommandLine line({"-o", "one", "-h", "left", "--optional2", "two", "-o", "--"});
        Parser parser(OPTION_TABLE, line.argc(), line.argv(), "parse");
        Words taken;
        FOREACH_OPTION(id, parser) {
            if (!parser.option().has(optional_arg)) continue;
            if (const char* next = parser.peek_next(); next && next[0] != '-')
                taken.push_back(parser.take_next());
        }
        CHECK(taken == Words{"one", "two"});
        CHECK(positionals_of(parser) == Words{"left"});
    }
}

TEST_CASE("inside a bundle the next word is the one behind the bundle", "[options]") {
    CommandLine line({"-hh", "word", "-h"});
    Parser parser(OPTION_TABLE, line.argc(), line.argv(), "parse");
    CHECK(event_of(parser, parser.next()) == "help");
    CHECK(parser.peek_next() == std::string("word"));
    SECTION("the last option of the bundle may take it") {
        CHECK(event_of(parser, parser.next()) == "help");
        CHECK(parser.take_next() == std::string("word"));
        CHECK(event_of(parser, parser.next()) == "help");
        CHECK(parser.next() == done_id);
        CHECK(positionals_of(parser).empty());
    }
    SECTION("an earlier one may not") {
        CHECK(parser.take_next() == nullptr);
        CHECK(parser.next() == error_id);
        CHECK(parser.error().kind == ErrorKind::in_bundle);
        CHECK(parser.error().word_index == 1);
        CHECK(parser.error().offset == 1);
        CHECK(parser.next() == done_id);
    }
}

TEST_CASE("a vector without a program name is an error", "[options]") {
    char* argv[] = {nullptr};
    Parser parser(OPTION_TABLE, 0, argv, "parse");
    CHECK(parser.next() == error_id);
    CHECK(parser.error().kind == ErrorKind::no_words);
    CHECK(parser.positionals_count() == 0);
}

TEST_CASE("abbreviations follow the policy", "[options]") {
    CommandLine line({"--vers"});
    Parser parser(OPTION_TABLE, line.argc(), line.argv(), "parse");
    parser.set_abbreviations(Abbreviations::exact);
    CHECK(parser.next() == error_id);
    CHECK(parser.error().kind == ErrorKind::unknown);
    REQUIRE(parser.error().suggestion());
    CHECK(parser.error().suggestion().name().data() == std::string("version"));
}

TEST_CASE("hundreds of thousands of alternating words take no time to speak of", "[options]") {
    Words words;
    for (int i = 0; i < 200'000; i++) {
        words.push_back("-h");
        words.push_back(std::to_string(i));
    }
    Parsed parsed = parse(words);
    CHECK(parsed.events.size() == 200'000);
    REQUIRE(parsed.positionals.size() == 200'000);
    for (size_t i = 0; i < parsed.positionals.size(); i++)
        if (parsed.positionals[i] != std::to_string(i)) FAIL("out of order at " << i);
}
