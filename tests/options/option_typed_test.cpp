// SPDX-License-Identifier: MIT
//
// Options with types, through the parser.
#include "options/option_parser.hpp"
#include "tests/catch.hpp"
#include "tests/options/child.hpp"
#include "tests/options/command_line.hpp"
#include "tests/options/record_table.hpp"

using namespace kindling::options;

namespace {

std::string text_of(Text text) {
    return {text.data(), text.size()};
}

/// What a parser makes of `words` for options of all types.
struct Typed {
    CommandLine line;
    Parser parser;

    explicit Typed(const Words& words) : line(words), parser(table(), line.argc(), line.argv()) {
        parser.set_abbreviations(Abbreviations::accept);
    }

    static Table table() {
        static const RecordTable records(
            one_option('b', "bool", "BOOL", "B", 0, 0, "bool"),
            one_option('T', "tristate", "BOOL|auto", "T", 0, 0, "tristate"),
            one_option('i', "int", "N", "I", 0, 0, "int:-5..5"),
            one_option('u', "uint", "N", "U", optional_arg, 0, "uint:0..23"),
            one_option('p', "pid", "PID", "P", 0, 0, "pid"),
            one_option('s', "size", "BYTES", "S", 0, 0, "size"),
            one_option('d', "duration", "TIME", "D", 0, 0, "duration:ms"),
            one_option('c', "choice", "WHEN", "C", 0, 0, "auto:if it can|always|never"),
            one_option('k', "key", "K=V", "K", 0, 0, "key=value"),
            one_option('l', "list", "N,...", "L", 0, 0, "uint:0..23,"),
            one_option('m', "modes", "MODE,...", "M", 0, 0, "red|green|grey,"),
            one_option('F', "file", "FILE", "F", 0, 0, "file:exists"),
            one_option('t', "text", "TEXT", "T", 0, 0, "text"),
            one_option('f', "flag", nullptr, "F"), one_option('x', "plain", "ARG", "X"));
        return records.table();
    }
};

std::string message_of(const Words& words) {
    Typed typed(words);
    while (typed.parser.next()) {
    }
    REQUIRE(typed.parser.has_failed());
    return error_text(typed.parser.error());
}

bool parse_even(const char* text, unsigned& value) {
    if (!text[0] || text[1] || (text[0] - '0') % 2) return false;
    value = static_cast<unsigned>(text[0] - '0');
    return true;
}

} // namespace

TEST_CASE("a parser converts an argument before its case sees it", "[options][value]") {
    Typed typed({"-bYES", "--tristate=off", "-i", "-5", "--uint=0x17", "-p7", "-s1.5K", "-d20",
                 "--choice=nev", "-k", "a=b=c", "-F/dev/null", "-t=", "-u", "-T", "1"});
    Parser& parser = typed.parser;
    REQUIRE(parser.next());
    CHECK(parser.boolean());
    REQUIRE(parser.next());
    CHECK_FALSE(parser.boolean());
    CHECK(parser.value().integer == 0);
    REQUIRE(parser.next());
    CHECK(parser.integer() == -5);
    REQUIRE(parser.next());
    CHECK(parser.number() == 23);
    REQUIRE(parser.next());
    CHECK(parser.number() == 7);
    REQUIRE(parser.next());
    CHECK(parser.size_bytes() == 1536);
    REQUIRE(parser.next());
    CHECK(parser.duration_us() == 20'000);
    REQUIRE(parser.next());
    CHECK(parser.choice() == 2);
    enum class When { automatic, always, never };
    CHECK(parser.choice_as<When>() == When::never);
    REQUIRE(parser.next());
    CHECK(text_of(parser.value().key) == "a");
    CHECK(text_of(parser.value().text) == "b=c");
    REQUIRE(parser.next());
    CHECK(text_of(parser.value().text) == "/dev/null");
    REQUIRE(parser.next());
    CHECK(text_of(parser.value().text) == "=");
    CHECK_FALSE(parser.next_value());
    REQUIRE(parser.next());
    CHECK_FALSE(parser.has_argument());
    CHECK_FALSE(parser.next_value());
    REQUIRE(parser.next());
    CHECK(parser.boolean());
    CHECK(parser.next() == done_id);
}

TEST_CASE("a list gives its items one by one", "[options][value]") {
    auto items = [](const char* argument) {
        Typed typed({std::string("--list=") + argument});
        REQUIRE(typed.parser.next() > 0);
        std::vector<uint64_t> seen;
        while (typed.parser.next_value()) seen.push_back(typed.parser.number());
        CHECK_FALSE(typed.parser.next_value());
        CHECK(typed.parser.next() == done_id);
        return seen;
    };
    CHECK(items("4") == std::vector<uint64_t>{4});
    CHECK(items("4,0x7,23") == std::vector<uint64_t>{4, 7, 23});
    CHECK(items("").empty());
    CHECK(items(",,").empty());
    CHECK(items(",4,,7,") == std::vector<uint64_t>{4, 7});

    Typed names({"-mred,gree", "-l1,2", "-m", "grey"});
    REQUIRE(names.parser.next() > 0);
    REQUIRE(names.parser.next_value());
    CHECK(names.parser.choice() == 0);
    REQUIRE(names.parser.next_value());
    CHECK(names.parser.choice() == 1);
    CHECK(text_of(names.parser.value().text) == "gree");
    // Items that nobody asked for are no items of the next option.
    REQUIRE(names.parser.next() > 0);
    REQUIRE(names.parser.next_value());
    REQUIRE(names.parser.next() > 0);
    REQUIRE(names.parser.next_value());
    CHECK(names.parser.choice() == 2);
    CHECK_FALSE(names.parser.next_value());
}

TEST_CASE("an argument that is not of its type is an error that says where and why",
          "[options][value]") {
    struct Wrong {
        Words words;
        ValueError error;
        int word_index;
        size_t offset;
        const char* text;
    };
    auto wrong = GENERATE(values<Wrong>({
        {{"--bool=maybe"},
         ValueError::malformed,
         1,
         7,
         "error: invalid value 'maybe' for option '--bool': expected yes or no\n"
         "hint: Try 'program --help'.\n"},
        {{"-f", "--int", "6"},
         ValueError::out_of_range,
         3,
         0,
         "error: invalid value '6' for option '--int': expected a number from -5 to 5\n"
         "hint: Try 'program --help'.\n"},
        {{"-fu24"},
         ValueError::out_of_range,
         1,
         3,
         "error: invalid value '24' for option '--uint': expected a number from 0 to 23\n"
         "hint: Try 'program --help'.\n"},
        {{"a", "-l1,2,99,3"},
         ValueError::out_of_range,
         2,
         6,
         "error: invalid value '99' for option '--list': expected a number from 0 to 23\n"
         "hint: Try 'program --help'.\n"},
        {{"a", "--list", ",1,x"},
         ValueError::malformed,
         3,
         3,
         "error: invalid value 'x' for option '--list': expected a number from 0 to 23\n"
         "hint: Try 'program --help'.\n"},
        {{"--modes=red,gr"},
         ValueError::ambiguous,
         1,
         12,
         "error: invalid value 'gr' for option '--modes': expected red, green or grey, written "
         "out\n"
         "hint: did you mean 'grey'? Try 'program --help'.\n"},
        {{"--choice=alwasy"},
         ValueError::malformed,
         1,
         9,
         "error: invalid value 'alwasy' for option '--choice': expected auto, always or never\n"
         "hint: did you mean 'always'? Try 'program --help'.\n"},
        {{"--choice="},
         ValueError::malformed,
         1,
         9,
         "error: invalid value '' for option '--choice': expected auto, always or never\n"
         "hint: Try 'program --help'.\n"},
        {{"-cx\x1b[2J\n"},
         ValueError::malformed,
         1,
         2,
         "error: invalid value 'x\\x1b[2J\\x0a' for option '--choice': expected auto, always or "
         "never\n"
         "hint: Try 'program --help'.\n"},
        {{"-F", "/nowhere/at/all"},
         ValueError::not_there,
         2,
         0,
         "error: invalid value '/nowhere/at/all' for option '--file': expected a file that is "
         "there\n"
         "hint: Try 'program --help'.\n"},
        {{"--text="},
         ValueError::malformed,
         1,
         7,
         "error: invalid value '' for option '--text': expected TEXT, which must not be empty\n"
         "hint: Try 'program --help'.\n"},
        {{"-k", "=x"},
         ValueError::malformed,
         2,
         0,
         "error: invalid value '=x' for option '--key': expected KEY=VALUE\n"
         "hint: Try 'program --help'.\n"},
    }));
    CAPTURE(wrong.words);
    Typed typed(wrong.words);
    int id;
    while ((id = typed.parser.next()) > 0) {
    }
    CHECK(id == error_id);
    const ParseError& error = typed.parser.error();
    CHECK(error.kind == ErrorKind::invalid_value);
    CHECK(error.value_error == wrong.error);
    CHECK(error.word_index == wrong.word_index);
    CHECK(error.offset == wrong.offset);
    CHECK(error.word == wrong.words.back());
    CHECK(error_text(error) == wrong.text);
    CHECK(typed.parser.next() == done_id);
}

TEST_CASE("under the exact policy choices are written out", "[options][value]") {
    for (Abbreviations policy :
         {Abbreviations::accept, Abbreviations::warn, Abbreviations::exact}) {
        Typed typed({"--choice=nev"});
        typed.parser.set_abbreviations(policy);
        typed.parser.set_warnings({});
        CHECK((typed.parser.next() == error_id) == (policy == Abbreviations::exact));
    }
    CHECK(message_of({"--choice=sometimes"}).find("expected auto, always or never\n") !=
          std::string::npos);
}

TEST_CASE("a program converts values of its own with one function", "[options][value]") {
    Typed typed({"-x4", "--plain=5", "-f"});
    unsigned value = 0;
    REQUIRE(typed.parser.next() > 0);
    CHECK(typed.parser.take(parse_even, value, "an even digit"));
    CHECK(value == 4);
    REQUIRE(typed.parser.next() > 0);
    CHECK_FALSE(typed.parser.take(parse_even, value, "an even digit"));
    CHECK(value == 4);
    CHECK(error_text(typed.parser.error()) ==
          "error: invalid value '5' for option '--plain': expected an even digit\n"
          "hint: Try 'program --help'.\n");
    CHECK(typed.parser.next() == done_id);
}

TEST_CASE("without an argument a function of the program's own is not asked", "[options][value]") {
    Typed typed({"-u"});
    REQUIRE(typed.parser.next() > 0);
    unsigned value = 7;
    CHECK_FALSE(typed.parser.take(parse_even, value, "an even digit"));
    CHECK(value == 7);
    CHECK(typed.parser.has_failed());
}

TEST_CASE("a value that is optional and was left out is nothing", "[options][value]") {
    Typed typed({"-u7", "-u"});
    typed.parser.next();
    REQUIRE(typed.parser.number() == 7);
    typed.parser.next();
    CHECK_FALSE(typed.parser.has_argument());
    CHECK(typed.parser.number() == 0);
    CHECK_FALSE(typed.parser.has_failed());
}

TEST_CASE("asking for a value that is not there stops the program", "[options][value]") {
    auto stops = [](const Words& words, auto ask) {
        ChildResult child = run_in_child([&] {
            Typed typed(words);
            typed.parser.next();
            ask(typed.parser);
            return 0;
        });
        CHECK((child.output.empty() ||
               child.output == "option parser: the option has no value of that type\n"));
        return child.was_stopped;
    };
    auto number = [](Parser& parser) { parser.number(); };
    CHECK(stops({"-b1"}, number));
    CHECK(stops({"-b1"}, [](Parser& parser) { parser.integer(); }));
    CHECK(stops({"-s1"}, number));
    CHECK(stops({"-d1"}, [](Parser& parser) { parser.size_bytes(); }));
    CHECK(stops({"-s1"}, [](Parser& parser) { parser.duration_us(); }));
    CHECK(stops({"-u1"}, [](Parser& parser) { parser.choice(); }));
    CHECK(stops({"-u1"}, [](Parser& parser) { parser.boolean(); }));
    CHECK(stops({"-f"}, number));
    CHECK(stops({"-x1"}, number));
    CHECK(stops({"-l1"}, number));
    CHECK(stops({"-l"}, number));
    CHECK(stops({}, number));
    CHECK_FALSE(stops({"-u1"}, number));
    CHECK_FALSE(stops({"-T1"}, [](Parser& parser) { parser.boolean(); }));
    CHECK_FALSE(stops({"-l1"}, [](Parser& parser) {
        parser.next_value();
        parser.number();
    }));
}
