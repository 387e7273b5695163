// SPDX-License-Identifier: MIT
//
// What a program can set or ask while a command line is read: modes, policies, copies, the rest.
#include "options/option_parser.hpp"
#include "tests/catch.hpp"
#include "tests/options/child.hpp"
#include "tests/options/command_line.hpp"
#include "tests/options/record_table.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>

using namespace kindling::options;

namespace {

const RecordTable& shared_table() {
    static const RecordTable records(
        one_option('a', "all", nullptr, "A"), one_option('b', "bare", nullptr, "B"),
        one_option('c', "color", "WHEN", "C", optional_arg), one_option('r', "require", "ARG", "R"),
        one_option('e', "exec", nullptr, "E", stops_parsing), group_record("More"),
        one_option('m', "many", nullptr, "M"), one_option(0, "mania", nullptr, "M"),
        group_record("Other"), one_option(0, "manifold", nullptr, "M"));
    return records;
}

/// Runs to the end and tells the events; `modes` are switched to, one before each event.
struct Outcome {
    Words events;
    Words positionals;
};
Outcome run(const Words& words, const std::vector<Mode>& modes) {
    CommandLine line(words);
    Parser parser(shared_table().table(), line.argc(), line.argv());
    Outcome outcome;
    for (size_t i = 0;; i++) {
        if (i < modes.size()) parser.set_mode(modes[i]);
        int id = parser.next();
        if (id == done_id) break;
        outcome.events.push_back(event_of(parser, id));
    }
    outcome.positionals = positionals_of(parser);
    return outcome;
}

ParseError extra(const Words& words, size_t n, Mode mode = Mode::normal) {
    static std::vector<std::unique_ptr<CommandLine>> kept; // errors point into the words
    kept.push_back(std::make_unique<CommandLine>(words));
    Parser parser(shared_table().table(), kept.back()->argc(), kept.back()->argv());
    parser.set_mode(mode);
    while (parser.next()) {
    }
    REQUIRE_FALSE(parser.has_failed());
    return parser.extra_word(n);
}

} // namespace

TEST_CASE("modes may be switched between any two words", "[options][mode]") {
    constexpr Mode normal = Mode::normal, stop = Mode::stop, give = Mode::return_positional;
    Outcome outcome = run({"w", "-a", "x", "-b", "y", "-m", "z"}, {give, give, normal, give, give});
    CHECK(outcome.events == Words{"+w", "all", "bare", "+y", "many", "+z"});
    CHECK(outcome.positionals == Words{"x"});
    outcome = run({"w", "-a", "x", "-b", "y", "-a", "z"}, {normal, give, normal, give, normal});
    CHECK(outcome.events == Words{"all", "+x", "bare", "+y", "all"});
    CHECK(outcome.positionals == Words{"w", "z"});
    outcome = run({"w", "-a", "x", "-b"}, {normal, stop});
    CHECK(outcome.events == Words{"all"});
    CHECK(outcome.positionals == Words{"w", "x", "-b"});
    outcome = run({"w", "-r", "v", "x", "-b", "y", "-a", "z", "--", "-a"}, {normal, give, stop});
    CHECK(outcome.events == Words{"require=v", "+x", "bare"});
    CHECK(outcome.positionals == Words{"w", "y", "-a", "z", "--", "-a"});
    outcome = run({"-ab", "x", "-b"}, {normal, stop, give});
    CHECK(outcome.events == Words{"all", "bare", "+x", "bare"});
    CHECK(outcome.positionals.empty());
}

TEST_CASE("whatever the modes, no word is lost and the rest is in order", "[options][mode]") {
    std::mt19937 random(20261124);
    for (int i = 0; i < 20'000; i++) {
        Words words(random() % 10);
        for (size_t w = 0; w < words.size(); w++) {
            const char* const forms[] = {"-a", "-ab", "-r", "--require=x", "-c", "-cx", "--", "-e"};
            words[w] = random() % 2 ? "w" + std::to_string(w) : forms[random() % 8];
        }
        CommandLine line(words);
        std::vector<char*> before(line.argv(), line.argv() + line.argc());
        Parser parser(shared_table().table(), line.argc(), line.argv());
        std::vector<const char*> given;
        while (int id = parser.next()) {
            if (id == positional_id) given.push_back(parser.argument());
            parser.set_mode(static_cast<Mode>(random() % 3));
            if (random() % 8 == 0) parser.take_next();
        }
        std::vector<char*> after(line.argv(), line.argv() + line.argc());
        std::sort(before.begin(), before.end());
        std::sort(after.begin(), after.end());
        CAPTURE(words);
        REQUIRE(before == after);
        REQUIRE(line.argv()[line.argc()] == nullptr);
        // Words lie in one row of memory per line only by chance; their numbers tell their order.
        std::string last;
        for (const std::string& word : positionals_of(parser)) {
            if (word[0] != 'w') continue;
            REQUIRE(last < word);
            last = word;
        }
        for (const char* word : given)
            for (const std::string& left : positionals_of(parser))
                REQUIRE((word[0] != 'w' || left != word));
    }
}

TEST_CASE("numbers below zero are positionals where a program asks for it", "[options][mode]") {
    auto events = [](const Words& words, bool has_digits = false, bool are_positional = true,
                     Mode mode = Mode::normal) {
        RecordTable without(one_option('a', "all", nullptr, "A"), one_option('r', "req", "N", "R"));
        RecordTable with(one_option('a', "all", nullptr, "A"),
                         one_option('7', nullptr, nullptr, "7"));
        CommandLine line(words);
        Parser parser((has_digits ? with : without).table(), line.argc(), line.argv());
        parser.set_negative_numbers(are_positional);
        parser.set_mode(mode);
        Words seen;
        while (int id = parser.next()) seen.push_back(event_of(parser, id));
        for (const std::string& word : positionals_of(parser)) seen.push_back("." + word);
        return seen;
    };
    CHECK(events({"-5", "-a", "-.5", "-1.25", "-5."}) ==
          Words{"all", ".-5", ".-.5", ".-1.25", ".-5."});
    CHECK(events({"-5"}, false, false) == Words{"error"});
    CHECK(events({"-5"}, true) == Words{"error"});
    CHECK(events({"-7"}, true) == Words{"-7"});
    for (const char* word : {"-5x", "-.", "-.x", "-1.2.3", "-..5", "-5-", "--5", "-1e3", "-x5"})
        CHECK(events({word}) == Words{"error"});
    CHECK(events({"-r", "-5", "-r-6"}) == Words{"req=-5", "req=-6"});
    CHECK(events({"-a", "-5", "-a"}, false, true, Mode::stop) == Words{"all", ".-5", ".-a"});
    CHECK(events({"-a", "-5", "-a"}, false, true, Mode::return_positional) ==
          Words{"all", "+-5", "all"});
}

TEST_CASE("abbreviations follow the program, else the environment", "[options][mode]") {
    auto result = [](const char* variable, int policy) {
        ChildResult child = run_in_child([&] {
            ::unsetenv("OPTION_ABBREVIATIONS");
            if (variable) ::setenv("OPTION_ABBREVIATIONS", variable, 1);
            CommandLine line({"--requ=x"});
            Parser parser(shared_table().table(), line.argc(), line.argv());
            if (policy >= 0) parser.set_abbreviations(static_cast<Abbreviations>(policy));
            return parser.next() == error_id;
        });
        return child.output + (child.exit_status ? "unknown" : "found");
    };
    const std::string warned = "warning: '--requ' is short for '--require'; write it out\nfound";
    CHECK(result(nullptr, -1) == "found");
    CHECK(result("accept", -1) == "found");
    CHECK(result("warn", -1) == warned);
    CHECK(result("exact", -1) == "unknown");
    CHECK(result("nonsense", -1) == "found");
    CHECK(result("", -1) == "found");
    CHECK(result("exact", 0) == "found");
    CHECK(result("exact", 1) == warned);
    CHECK(result("warn", 2) == "unknown");
    CHECK(result(nullptr, 2) == "unknown");
}

TEST_CASE("what a beginning can mean depends on the groups asked for", "[options][mode]") {
    auto error = [](const std::vector<const char*>& groups, const char* word) {
        CommandLine line({word});
        Parser parser(shared_table().table(), line.argc(), line.argv());
        if (!groups.empty()) parser.set_groups(groups.data(), groups.size());
        int id = parser.next();
        if (id != error_id) return event_of(parser, id);
        TextSink text;
        write_cause(text.sink(), parser.error());
        return text.text();
    };
    CHECK(error({}, "--man") ==
          "option '--man' is ambiguous; it could be --many, --mania, --manifold");
    CHECK(error({"More"}, "--man") == "option '--man' is ambiguous; it could be --many, --mania");
    CHECK(error({"Other"}, "--man") == "manifold");
    CHECK(error({"Other"}, "--many") == "unrecognized option '--many'");
    CHECK(error({"Other"}, "-m") == "unrecognized option '-m'");
    CHECK(error({"Other", "More"}, "--man").find("mania, --manifold") != std::string::npos);
    CHECK(error({"None"}, "--man") == "unrecognized option '--man'");
    CHECK(error({"More"}, "--all") == "unrecognized option '--all'");
}

TEST_CASE("a copy of a parser of constant words goes on by itself", "[options][mode]") {
    const char* const words[] = {"program", "-ab", "w", "-rx", "-c", "--", "y", nullptr};
    Parser parser(shared_table().table(), 7, words);
    CHECK(event_of(parser, parser.next()) == "all");
    Parser copy = parser;
    for (Parser* each : {&parser, &copy}) {
        CHECK(event_of(*each, each->next()) == "bare");
        CHECK(event_of(*each, each->next()) == "+w");
        CHECK(event_of(*each, each->next()) == "require=x");
        CHECK(event_of(*each, each->next()) == "color");
        CHECK(each->next() == done_id);
        CHECK(positionals_of(*each) == Words{"y"});
    }
    const char* const expected[] = {"program", "-ab", "w", "-rx", "-c", "--", "y"};
    for (size_t i = 0; i < 7; i++) CHECK(words[i] == std::string(expected[i]));
}

TEST_CASE("a parser looks ahead for the words to come, and moves none", "[options][mode]") {
    auto ahead = [](const Words& words, int steps, Mode mode = Mode::normal, size_t max = 9) {
        CommandLine line(words);
        Parser parser(shared_table().table(), line.argc(), line.argv());
        parser.set_mode(mode);
        for (int i = 0; i < steps; i++) parser.next();
        std::vector<char*> before(line.argv(), line.argv() + line.argc());
        const char* seen[9] = {};
        size_t count = parser.look_ahead(seen, max);
        CHECK(std::equal(before.begin(), before.end(), line.argv()));
        return Words(seen, seen + count);
    };
    const Words words{"x", "-a", "y", "-ab", "z", "-r", "v", "--", "-b"};
    CHECK(ahead(words, 0) == Words{"x", "y", "z", "-b"});
    CHECK(ahead(words, 1) == Words{"x", "y", "z", "-b"});
    CHECK(ahead(words, 2) == Words{"x", "y", "z", "-b"});
    CHECK(ahead(words, 4) == Words{"x", "y", "z", "-b"});
    CHECK(ahead(words, 9) == Words{"x", "y", "z", "-b"});
    CHECK(ahead(words, 2, Mode::normal, 2) == Words{"x", "y"});
    CHECK(ahead(words, 2, Mode::normal, 0).empty());
    CHECK(ahead({"-a", "x", "-b"}, 1, Mode::stop) == Words{"x", "-b"});
    CHECK(ahead({"-e", "x", "-b"}, 1) == Words{"x", "-b"});
    CHECK(ahead({"x", "-a", "y", "--wrong", "z"}, 1) == Words{"x", "y"});
    CHECK(ahead({"--wrong", "z"}, 1).empty());
    CHECK(ahead({}, 0).empty());
}

TEST_CASE("too many and too few words are errors of the parser", "[options][mode]") {
    auto check = [](const Words& words, size_t min, size_t max, Mode mode = Mode::normal) {
        CommandLine line(words);
        Parser parser(shared_table().table(), line.argc(), line.argv());
        parser.set_mode(mode);
        while (parser.next()) {
        }
        bool are_expected = parser.expect_positionals(min, max);
        const ParseError& error = parser.error();
        CHECK(are_expected == !error);
        CHECK(are_expected == !parser.has_failed());
        CHECK((are_expected || parser.positionals_count() == 0));
        CHECK(parser.expect_positionals(0, 99) == are_expected);
        return error ? error_text(error) : std::string("fine");
    };
    CHECK(check({}, 0, 0) == "fine");
    CHECK(check({"x", "-a", "y"}, 1, 2) == "fine");
    CHECK(check({"-a"}, 1, 2) == "error: an argument is missing\nhint: Try 'program --help'.\n");
    CHECK(check({"x", "-a", "y"}, 0, 1) ==
          "error: unexpected argument 'y'\nhint: Try 'program --help'.\n");
    CHECK(check({"\x1b"}, 0, 0) ==
          "error: unexpected argument '\\x1b'\nhint: Try 'program --help'.\n");
    CHECK(check({"--color", "ne\nver"}, 0, 0) ==
          "error: unexpected argument 'ne\\x0aver'\n"
          "hint: use --color=ne\\x0aver for an optional value. Try 'program --help'.\n");
    CHECK(check({"--color", "x"}, 0, 1) == "fine");
    CHECK(check({"--color", "x", "y"}, 0, 1) ==
          "error: unexpected argument 'y'\n"
          "hint: use --color=x for an optional value. Try 'program --help'.\n");
    CHECK(check({"--", "-a"}, 0, 0) ==
          "error: unexpected argument '-a'\n"
          "hint: options after -- are positional. Try 'program --help'.\n");
    CHECK(check({"x", "-a"}, 0, 1, Mode::stop) ==
          "error: unexpected argument '-a'\n"
          "hint: options must stand before the first word. Try 'program --help'.\n");
    CHECK(check({"--wrong"}, 0, 0).starts_with("error: unrecognized option"));
}

TEST_CASE("an extra word knows where it stands and what is before it", "[options][mode]") {
    ParseError error = extra({"-a", "x", "-c", "y"}, 1);
    CHECK(error.kind == ErrorKind::extra_word);
    CHECK(error.word == std::string("y"));
    CHECK(error.word_index == 4);
    CHECK(error.after == shared_table()["color"]);
    CHECK_FALSE(extra({"-a", "x", "-c", "y"}, 0).after);
    CHECK_FALSE(extra({"-cx", "y"}, 0).after);
    CHECK_FALSE(extra({"-rx", "y"}, 0).after);
    CHECK(extra({"-ac", "y"}, 0).after == shared_table()["color"]);
    CHECK_FALSE(extra({"-c", "--", "y"}, 0).after);
    CHECK(extra({"-a", "x"}, 1).kind == ErrorKind::none);
    CHECK(extra({"x", "--", "y"}, 1).is_behind_dashes);
    CHECK_FALSE(extra({"x", "--", "y"}, 0).is_behind_dashes);
    CHECK(extra({"--", "y"}, 0, Mode::return_positional).is_behind_dashes);
    CHECK(extra({"x", "-a"}, 1, Mode::stop).is_behind_word);
    CHECK_FALSE(extra({"x", "-a"}, 0).is_behind_word);
}

TEST_CASE("what is a bug of the program stops it", "[options][mode]") {
    auto output = [](const std::function<void()>& run) {
        ChildResult child = run_in_child([&] {
            run();
            return 0;
        });
        CHECK(child.was_stopped == !child.output.empty());
        return child.output;
    };
    Table table = shared_table().table();
    CommandLine line({"-a", "x"});
    CHECK(output([&] { Parser(table, line.argc() - 1, line.argv()); }) ==
          "option parser: argc and argv do not agree\n");
    CHECK(output([&] { Parser(table, line.argc(), line.argv(), "nowhere"); }) ==
          "option parser: no such namespace of options\n");
    CHECK(output([&] { Parser(table, line.argc(), line.argv()).positionals(); }) ==
          "option parser: positionals asked for before the last option\n");
    CHECK(output([&] { Parser(Table{}, line.argc(), line.argv(), "nowhere"); }) ==
          "option parser: no such namespace of options\n");
    CHECK(output([&] { Parser(Table{}, line.argc(), line.argv()).next(); }).empty());

    RecordTable twice(one_option('a', "all", nullptr, "A"), one_option('b', "all", nullptr, "B"));
    RecordTable short_twice(one_option('a', nullptr, nullptr, "A"),
                            one_option('a', "all", nullptr, "B"));
    RecordTable nothing(alias_record('a', nullptr, "gone"));
    auto checked = [&](const RecordTable& records) {
        return output([&] {
            Table of_records = records.table();
            of_records.is_checked = true;
            Parser(of_records, line.argc(), line.argv()).next();
        });
    };
    CHECK(checked(shared_table()).empty());
    CHECK(checked(twice) == "option parser: '--all' is declared twice\n");
    CHECK(checked(short_twice) == "option parser: '--all' is declared twice\n");
    CHECK(checked(nothing) == "option parser: '-a' is another name for nothing\n");
}

TEST_CASE("an empty table knows no option and harms nobody", "[options][mode]") {
    for (const char* word : {"-a", "--all", "--all=x", "--", "-", "", "x", "-5"}) {
        CommandLine line({word});
        Parser parser(Table{}, line.argc(), line.argv());
        parser.set_verbs(Table{});
        parser.set_negative_numbers(true);
        bool is_wrong = word[0] == '-' && word[1] && word[1] != '5' && std::string(word) != "--";
        CHECK((parser.next() == error_id) == is_wrong);
        if (is_wrong) CHECK(error_text(parser.error()).starts_with("error: unrecognized option"));
        CHECK_FALSE(parser.error().owner());
        CHECK_FALSE(parser.error().suggestion());
        CHECK_FALSE(parser.find_given({}));
    }
    CHECK(find_mistake(Table{}).what == nullptr);
    CHECK_FALSE(Listing({Table{}}).next());
    CHECK_FALSE(has_namespace(Table{}, nullptr));
}

TEST_CASE("a rejection without words of its own is one, and the first error stays",
          "[options][mode]") {
    CommandLine line({"x", "-cy"});
    Parser parser(shared_table().table(), line.argc(), line.argv());
    parser.set_mode(Mode::return_positional);
    REQUIRE(parser.next() == positional_id);
    parser.reject(nullptr);
    CHECK(error_text(parser.error()) == "error: invalid value 'x': expected another value\n"
                                        "hint: Try 'program --help'.\n");
    CHECK(parser.next() == done_id);
    CHECK(parser.error().argument.data() == std::string("x"));
}

TEST_CASE("POSIXLY_CORRECT does not change what a command line means", "[options][mode]") {
    ::setenv("POSIXLY_CORRECT", "1", 1);
    Outcome outcome = run({"word", "-a", "--color=x", "more"}, {});
    ::unsetenv("POSIXLY_CORRECT");
    CHECK(outcome.events == Words{"all", "color=x"});
    CHECK(outcome.positionals == Words{"word", "more"});
}
