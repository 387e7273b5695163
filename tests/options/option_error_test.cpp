// SPDX-License-Identifier: MIT
#include "options/option_error.hpp"
#include "tests/catch.hpp"
#include "tests/options/command_line.hpp"
#include "tests/options/record_table.hpp"

#include <algorithm>
#include <memory>
#include <random>

using namespace kindling::options;

namespace {

const RecordTable& shared_table() {
    static const RecordTable records(
        one_option('h', "help", nullptr, "Show this help"),
        one_option(0, "version", nullptr, "Show the version"),
        one_option('t', "timeout", "SECONDS", "How long the menu waits"),
        one_option('c', "color", "WHEN", "Use colors", optional_arg),
        one_option('v', nullptr, nullptr, "Say more"),
        one_option('n', nullptr, "COUNT", "How many"),
        one_option(0, "esp-path", "PATH", "Where the ESP is"),
        one_option(0, "esp-device", "PATH", "Which device it is"),
        one_option(0, "hidden", nullptr, nullptr));
    return records;
}

/// The error of a line that has one; `error_text` of it is what people see.
ParseError error_of(const Words& words, Abbreviations policy = Abbreviations::accept) {
    static std::vector<std::unique_ptr<CommandLine>> kept; // errors point into the words
    kept.push_back(std::make_unique<CommandLine>(words));
    CommandLine& line = *kept.back();
    Parser parser(shared_table().table(), line.argc(), line.argv());
    parser.set_abbreviations(policy);
    while (int id = parser.next())
        if (id == error_id) break;
    REQUIRE(parser.has_failed());
    CHECK(parser.next() == done_id);
    CHECK(parser.positionals_count() == 0);
    CHECK(parser.positionals()[0] == nullptr);
    CHECK(parser.positional(0) == nullptr);
    return parser.error();
}

std::string suggestion_for(const char* name) {
    Option option = suggest_long({shared_table().table()}, name);
    return option ? option.name().data() : "nothing";
}

} // namespace

TEST_CASE("each error is a cause and a hint, in two lines", "[options][error]") {
    auto [words, text] = GENERATE(table<Words, const char*>({
        {{"--frobnicate=3"},
         "error: unrecognized option '--frobnicate'\n"
         "hint: Try 'program --help'.\n"},
        {{"--versoin"},
         "error: unrecognized option '--versoin'\n"
         "hint: did you mean '--version'? Try 'program --help'.\n"},
        {{"-x"},
         "error: unrecognized option '-x'\n"
         "hint: Try 'program --help'.\n"},
        {{"-vx"},
         "error: unrecognized option '-x'\n"
         "hint: Try 'program --help'.\n"},
        {{"-version"},
         "error: unrecognized option '-e'\n"
         "hint: did you mean '--version'? Try 'program --help'.\n"},
        {{"--esp"},
         "error: option '--esp' is ambiguous; it could be --esp-path, --esp-device\n"
         "hint: Try 'program --help'.\n"},
        {{"--timeout"},
         "error: option '--timeout' requires an argument, SECONDS\n"
         "hint: Try 'program --help'.\n"},
        {{"--tim"},
         "error: option '--tim' (--timeout) requires an argument, SECONDS\n"
         "hint: Try 'program --help'.\n"},
        {{"-t"},
         "error: option '-t' requires an argument, SECONDS\n"
         "hint: Try 'program --help'.\n"},
        {{"-vt"},
         "error: option '-t' requires an argument, SECONDS\n"
         "hint: Try 'program --help'.\n"},
        {{"--help="},
         "error: option '--help' doesn't allow an argument, but was given ''\n"
         "hint: this option takes no value. Try 'program --help'.\n"},
        {{"--vers=a=b"},
         "error: option '--vers' (--version) doesn't allow an argument, but was "
         "given 'a=b'\n"
         "hint: this option takes no value. Try 'program --help'.\n"},
        {{"--=x"},
         "error: unrecognized option '--'\n"
         "hint: Try 'program --help'.\n"},
        {{"---"},
         "error: unrecognized option '---'\n"
         "hint: Try 'program --help'.\n"},
        {{"-v-"},
         "error: unrecognized option '--'\n"
         "hint: Try 'program --help'.\n"},
    }));
    CAPTURE(words);
    CHECK(error_text(error_of(words)) == text);
}

TEST_CASE("hostile words reach the terminal in a harmless form", "[options][error]") {
    CHECK(error_text(error_of({"--\x1b[2J\n"})) ==
          "error: unrecognized option '--\\x1b[2J\\x0a'\nhint: Try 'program --help'.\n");
    CHECK(error_text(error_of({"--help=\x1b"})) ==
          "error: option '--help' doesn't allow an argument, but was given '\\x1b'\n"
          "hint: this option takes no value. Try 'program --help'.\n");
    CHECK(error_text(error_of({"-v\xc3\xa9"})) ==
          "error: unrecognized option '-\xc3\xa9'\nhint: Try 'program --help'.\n");
    CHECK(error_text(error_of({"-\xff"})) ==
          "error: unrecognized option '-\\xff'\nhint: Try 'program --help'.\n");
}

TEST_CASE("whatever the words, an error is two lines of harmless text", "[options][error]") {
    std::mt19937 random(20261124);
    const char* const starts[] = {"-", "--", "--version=", "--esp", "-vv", "--timeout", "--colr"};
    int errors = 0;
    for (int i = 0; i < 20'000; i++) {
        std::string word = starts[random() % std::size(starts)];
        for (size_t size = random() % 6; size; size--)
            word += static_cast<char>(random() % 255 + 1);
        CommandLine line({word});
        Parser parser(shared_table().table(), line.argc(), line.argv());
        while (parser.next()) {
        }
        if (!parser.has_failed()) continue;
        errors++;
        std::string text = error_text(parser.error());
        CAPTURE(text);
        REQUIRE(std::count(text.begin(), text.end(), '\n') == 2);
        REQUIRE(text.starts_with("error: "));
        REQUIRE(text.find("\nhint: ") != std::string::npos);
        for (char c : text) REQUIRE((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
    }
    CHECK(errors > 10'000);
}

TEST_CASE("an error says which word is wrong and from which byte", "[options][error]") {
    struct Place {
        Words words;
        ErrorKind kind;
        int word_index;
        size_t offset;
        const char* typed;
    };
    auto place = GENERATE(values<Place>({
        {{"a", "-v", "--nothing=x"}, ErrorKind::unknown, 3, 2, "--nothing"},
        {{"a", "b", "-vvx"}, ErrorKind::unknown, 3, 3, "x"},
        {{"-x"}, ErrorKind::unknown, 1, 1, "x"},
        {{"--esp=x"}, ErrorKind::ambiguous, 1, 2, "--esp"},
        {{"a", "--timeout"}, ErrorKind::missing, 2, 9, "--timeout"},
        {{"-vvn"}, ErrorKind::missing, 1, 3, "n"},
        {{"--version=x"}, ErrorKind::superfluous, 1, 9, "--version"},
    }));
    CAPTURE(place.words);
    ParseError error = error_of(place.words);
    CHECK(error.kind == place.kind);
    CHECK(error.word_index == place.word_index);
    CHECK(error.offset == place.offset);
    CHECK(error.word == place.words.back());
    CHECK(std::string(error.typed.data(), error.typed.size()) == place.typed);
}

TEST_CASE("an ambiguous word names its candidates, hidden ones too", "[options][error]") {
    auto candidates = [](const Words& words) {
        ParseError error = error_of(words);
        CHECK(error.kind == ErrorKind::ambiguous);
        Words names;
        for (Option each = error.next_candidate({}); each; each = error.next_candidate(each))
            names.push_back(each.name().data());
        return names;
    };
    CHECK(candidates({"--esp-"}) == Words{"esp-path", "esp-device"});
    CHECK(candidates({"--h"}) == Words{"help", "hidden"});
}

TEST_CASE("under the exact policy a beginning is unknown and suggested", "[options][error]") {
    ParseError error = error_of({"--vers"}, Abbreviations::exact);
    CHECK(error.kind == ErrorKind::unknown);
    CHECK(error_text(error) == "error: unrecognized option '--vers'\n"
                               "hint: did you mean '--version'? Try 'program --help'.\n");
    CHECK(error_of({"--esp"}, Abbreviations::exact).kind == ErrorKind::unknown);
}

TEST_CASE("near names are suggested, far ones and short ones are not", "[options][error]") {
    auto [typed, meant] = GENERATE(table<const char*, const char*>({
        {"", "nothing"},          {"h", "nothing"},         {"he", "help"},
        {"hlep", "help"},         {"helpp", "help"},        {"hilp", "help"},
        {"hexe", "help"},         {"hxxe", "nothing"},      {"HELP", "help"},
        {"Esp_Path", "esp-path"}, {"esp_path", "esp-path"}, {"esppath", "esp-path"},
        {"timeot", "timeout"},    {"timouet", "timeout"},   {"tmeot", "timeout"},
        {"tmet", "nothing"},      {"colour", "color"},      {"frobnicate", "nothing"},
        {"version", "version"},   {"versions", "version"},  {"zz", "nothing"},
    }));
    CAPTURE(typed);
    CHECK(suggestion_for(typed) == meant);
}

TEST_CASE("the nearest name is suggested, the first of equally near ones", "[options][error]") {
    RecordTable records(one_option(0, "abcdefg", nullptr, "One"),
                        one_option(0, "abcdefh", nullptr, "Other"),
                        one_option(0, "abcdxx", nullptr, "Third"));
    auto suggested = [&](const char* name) {
        Option option = suggest_long({records.table()}, name);
        return std::string(option ? option.name().data() : "nothing");
    };
    CHECK(suggested("abcdefi") == "abcdefg");
    CHECK(suggested("abcdefhh") == "abcdefh");
    CHECK(suggested("abcdxz") == "abcdxx");
    CHECK(suggested("abcd") == "abcdxx"); // the shortest of those that begin so
}

TEST_CASE("only an unknown option has a suggestion", "[options][error]") {
    CHECK_FALSE(error_of({"--esp"}).suggestion());
    CHECK_FALSE(error_of({"--timeout"}).suggestion());
    CHECK_FALSE(error_of({"-x"}).suggestion());
    CHECK(error_of({"-help"}).suggestion().name().data() == std::string("help"));
    CHECK(error_of({"-esp-path=x"}).suggestion().name().data() == std::string("esp-path"));
}

TEST_CASE("what lies outside the groups asked for is not suggested", "[options][error]") {
    RecordTable records(one_option(0, "first", nullptr, "One"), group_record("More"),
                        one_option(0, "fist", nullptr, "Other"));
    const char* const groups[] = {"More"};
    Scope scope{records.table(), nullptr, {groups, 1}};
    CHECK(suggest_long(scope, "firsts").name().data() == std::string("fist"));
    CHECK(suggest_long({records.table()}, "firsts").name().data() == std::string("first"));
}

TEST_CASE("a rejected argument is an error of the program's words", "[options][error]") {
    struct Rejected {
        Words words;
        int word_index;
        size_t offset;
    };
    auto rejected = GENERATE(values<Rejected>({
        {{"-v", "--timeout=x"}, 2, 10},
        {{"-v", "--timeout", "x"}, 3, 0},
        {{"p", "q", "-vtx"}, 3, 3},
        {{"-t", "x"}, 2, 0},
        {{"-cx"}, 1, 2},
    }));
    CAPTURE(rejected.words);
    CommandLine line(rejected.words);
    Parser parser(shared_table().table(), line.argc(), line.argv());
    while (parser.next() && !parser.has_argument()) {
    }
    REQUIRE(parser.argument() == std::string("x"));
    Option option = parser.option();
    const ParseError& error = parser.reject("a number from 1 to 9");
    CHECK(&error == &parser.error());
    CHECK(error.kind == ErrorKind::invalid_value);
    CHECK(error.option == option);
    CHECK(error.word_index == rejected.word_index);
    CHECK(error.offset == rejected.offset);
    CHECK(error_text(error) == std::string("error: invalid value 'x' for option '--") +
                                   option.name().data() +
                                   "': expected a number from 1 to 9\n"
                                   "hint: Try 'program --help'.\n");
    CHECK(parser.next() == done_id);
    CHECK(parser.positionals_count() == 0);
}

TEST_CASE("an option without argument may be rejected, even inside a bundle", "[options][error]") {
    CommandLine line({"p", "-vh", "-v"});
    Parser parser(shared_table().table(), line.argc(), line.argv());
    CHECK(event_of(parser, parser.next()) == "-v");
    const ParseError& error = parser.reject("it to be given once");
    CHECK(error.word_index == 2);
    CHECK(error.word == std::string("-vh"));
    CHECK(error.offset == 0);
    CHECK(parser.next() == done_id);
}

TEST_CASE("a positional word may be rejected, with a case for it or without", "[options][error]") {
    RecordTable with(one_option(0, "(positional)", nullptr, nullptr, positional_entry));
    RecordTable without(one_option('v', nullptr, nullptr, "Say more"));
    for (const RecordTable* records : {&with, &without}) {
        CommandLine line({"one", "two"});
        Parser parser(records->table(), line.argc(), line.argv());
        parser.set_mode(Mode::return_positional);
        parser.next();
        REQUIRE(parser.next() == positional_id);
        const ParseError& error = parser.reject("a number");
        CHECK(error.word_index == 2);
        CHECK(error_text(error) == "error: invalid value 'two': expected a number\n"
                                   "hint: Try 'program --help'.\n");
    }
}

TEST_CASE("errors that are no words' fault are told as well", "[options][error]") {
    char* argv[] = {nullptr};
    Parser parser(shared_table().table(), 0, argv);
    CHECK(parser.next() == error_id);
    CHECK(error_text(parser.error()) ==
          "error: the command line is empty: the program has no name\n"
          "hint: Try 'program --help'.\n");

    CommandLine line({"-vh", "x"});
    Parser bundled(shared_table().table(), line.argc(), line.argv());
    bundled.next();
    CHECK(bundled.take_next() == nullptr);
    CHECK(bundled.next() == error_id);
    CHECK(error_text(bundled.error()) ==
          "error: option '-v' takes the next word and must be the last one in '-vh'\n"
          "hint: Try 'program --help'.\n");
    CHECK(error_text({}) == "error: nothing is wrong\n");
}
