// SPDX-License-Identifier: MIT
#include "options/option_parser.hpp"
#include "options/option_value.hpp"
#include "tests/catch.hpp"
#include "tests/options/child.hpp"
#include "tests/options/command_line.hpp"
#include "tests/options/record_table.hpp"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>

using namespace kindling::options;

namespace {

std::string text_of(Text text) {
    return {text.data(), text.size()};
}

/// A value in words: "number 5", "-1", "key=text", or why it is none.
std::string converted(const char* type_text, const std::string& text, bool accepts_prefix = false) {
    Type type = parse_type(type_text);
    Value value;
    // Without a NUL behind it, as an item of a list.
    std::vector<char> bytes(text.begin(), text.end());
    Text bare(bytes.empty() ? "" : bytes.data(), bytes.size());
    switch (convert(type, bare, accepts_prefix, value)) {
    case ValueError::malformed:
        return "malformed";
    case ValueError::out_of_range:
        return "out of range";
    case ValueError::ambiguous:
        return "ambiguous";
    case ValueError::not_there:
        return "not there";
    case ValueError::none:
        break;
    }
    CHECK(value.kind == type.kind);
    switch (type.kind) {
    case TypeKind::boolean:
    case TypeKind::tristate:
    case TypeKind::integer:
        return std::to_string(value.integer);
    case TypeKind::unsigned_integer:
    case TypeKind::pid:
    case TypeKind::size:
    case TypeKind::duration:
    case TypeKind::choice:
        return value.number == infinity ? "infinity" : std::to_string(value.number);
    case TypeKind::key_value:
        return "[" + text_of(value.key) + "][" + text_of(value.text) + "]";
    default:
        return "[" + text_of(value.text) + "]";
    }
}

std::string expected(const char* type) {
    TextSink text;
    write_expected(text.sink(), parse_type(type));
    return text.text();
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

struct Line {
    const char* type;
    const char* text;
    const char* result;
};

} // namespace

TEST_CASE("a type is taken apart into kind, parameter and list", "[options][value]") {
    CHECK(parse_type("").kind == TypeKind::text);
    CHECK(parse_type("nonsense:x").kind == TypeKind::text);
    CHECK(parse_type("uint:0..23").kind == TypeKind::unsigned_integer);
    CHECK(text_of(parse_type("uint:0..23").parameter) == "0..23");
    CHECK_FALSE(parse_type("uint").is_list);
    CHECK(parse_type("uint:0..23,").is_list);
    CHECK(text_of(parse_type("uint:0..23,").parameter) == "0..23");
    CHECK(parse_type(",").is_list);
    CHECK(parse_type("a|b:x,").kind == TypeKind::choice);
    CHECK(parse_type("a|b:x,").is_list);
    CHECK(parse_type("key=value").kind == TypeKind::key_value);
    CHECK(text_of(parse_type("dynamic:entries").parameter) == "entries");
    CHECK(parse_type({"", 0}).kind == TypeKind::text);
}

TEST_CASE("truth is told in any case", "[options][value]") {
    for (const char* yes : {"1", "yes", "Y", "TRUE", "t", "On", "yEs"}) {
        CHECK(converted("bool", yes) == "1");
        CHECK(converted("tristate", yes) == "1");
    }
    for (const char* no : {"0", "no", "N", "False", "F", "OFF", "off"}) {
        CHECK(converted("bool", no) == "0");
        CHECK(converted("tristate", no) == "0");
    }
    for (const char* bad : {"", " ", "2", "yess", "ye", "auto", "tr", "01", "1 ", "\xff"})
        CHECK(converted("bool", bad) == "malformed");
    CHECK(converted("tristate", "auto") == "-1");
    CHECK(converted("tristate", "AUTO") == "-1");
    CHECK(converted("tristate", "aut") == "malformed");
    bool value = true;
    CHECK(parse_bool("maybe", value) == ValueError::malformed);
    CHECK(value);
}

TEST_CASE("numbers keep to their range and have no other text around them", "[options][value]") {
    auto [type, text, result] = GENERATE(values<Line>({
        {"int", "0", "0"},
        {"int", "-0", "0"},
        {"int", "+7", "7"},
        {"int", "007", "7"},
        {"int", "0x1F", "31"},
        {"int", "-0X1f", "-31"},
        {"int", "0o17", "15"},
        {"int", "0b101", "5"},
        {"int", "9223372036854775807", "9223372036854775807"},
        {"int", "-9223372036854775808", "-9223372036854775808"},
        {"int", "-0x8000000000000000", "-9223372036854775808"},
        {"int", "9223372036854775808", "out of range"},
        {"int", "-9223372036854775809", "out of range"},
        {"int", "99999999999999999999999999", "out of range"},
        {"int", "99999999999999999999999999x", "malformed"},
        {"int", "", "malformed"},
        {"int", "-", "malformed"},
        {"int", "+", "malformed"},
        {"int", "--5", "malformed"},
        {"int", "+-5", "malformed"},
        {"int", "0x", "malformed"},
        {"int", "0xg", "malformed"},
        {"int", "0o8", "malformed"},
        {"int", "0b2", "malformed"},
        {"int", "0x-1", "malformed"},
        {"int", "0z1", "malformed"},
        {"int", "5 ", "malformed"},
        {"int", " 5", "malformed"},
        {"int", "5.0", "malformed"},
        {"int", "1e3", "malformed"},
        {"int", "a", "malformed"},
        {"int:-5..5", "-5", "-5"},
        {"int:-5..5", "5", "5"},
        {"int:-5..5", "-6", "out of range"},
        {"int:-5..5", "6", "out of range"},
        {"int:..-5", "-5", "-5"},
        {"int:..-5", "-4", "out of range"},
        {"int:3..", "2", "out of range"},
        {"int:3..", "9223372036854775807", "9223372036854775807"},
        {"uint", "18446744073709551614", "18446744073709551614"},
        {"uint", "0xffffffffffffffff", "infinity"},
        {"uint", "18446744073709551616", "out of range"},
        {"uint", "0x10000000000000000", "out of range"},
        {"uint", "-1", "malformed"},
        {"uint", "+1", "malformed"},
        {"uint", "-0", "malformed"},
        {"uint", "", "malformed"},
        {"uint:0..23", "0", "0"},
        {"uint:0..23", "23", "23"},
        {"uint:0..23", "24", "out of range"},
        {"uint:5..", "4", "out of range"},
        {"uint:..5", "6", "out of range"},
        {"uint:0x10..0x20", "31", "31"},
        {"uint:0x10..0x20", "33", "out of range"},
        {"uint:nonsense", "33", "33"},
        {"pid", "1", "1"},
        {"pid", "2147483647", "2147483647"},
        {"pid", "0", "out of range"},
        {"pid", "2147483648", "out of range"},
        {"pid", "-1", "malformed"},
    }));
    CAPTURE(type, text);
    CHECK(converted(type, text) == result);
}

TEST_CASE("sizes are powers of 1024 unless they end in B", "[options][value]") {
    auto [type, text, result] = GENERATE(values<Line>({
        {"size", "0", "0"},
        {"size", "512", "512"},
        {"size", "512B", "512"},
        {"size", "10K", "10240"},
        {"size", "10KiB", "10240"},
        {"size", "10KB", "10000"},
        {"size", "1M", "1048576"},
        {"size", "1MB", "1000000"},
        {"size", "1G", "1073741824"},
        {"size", "1T", "1099511627776"},
        {"size", "1P", "1125899906842624"},
        {"size", "1E", "1152921504606846976"},
        {"size", "1EB", "1000000000000000000"},
        {"size", "15E", "17293822569102704640"},
        {"size", "16E", "out of range"},
        {"size", "19EB", "out of range"},
        {"size", "18446744073709551614", "18446744073709551614"},
        {"size", "18446744073709551615", "out of range"},
        {"size", "99999999999999999999", "out of range"},
        {"size", "15.999999999999999E", "18446744073709550463"},
        {"size", "1.5K", "1536"},
        {"size", "1.5KB", "1500"},
        {"size", "0.5", "0"},
        {"size", "0.1KB", "100"},
        {"size", "1.", "malformed"},
        {"size", "1.K", "malformed"},
        {"size", ".5K", "malformed"},
        {"size", "1.5.5K", "malformed"},
        {"size", "1,5K", "malformed"},
        {"size", "", "malformed"},
        {"size", "K", "malformed"},
        {"size", "-1K", "malformed"},
        {"size", "+1K", "malformed"},
        {"size", "1k", "malformed"},
        {"size", "1Kb", "malformed"},
        {"size", "1KI", "malformed"},
        {"size", "1Ki", "malformed"},
        {"size", "1BB", "malformed"},
        {"size", "1BiB", "malformed"},
        {"size", "1Z", "malformed"},
        {"size", "1 K", "malformed"},
        {"size", "1K ", "malformed"},
        {"size", "0x10", "malformed"},
        {"size", "infinity", "malformed"},
        {"size:infinity", "infinity", "infinity"},
        {"size:infinity", "Infinity", "malformed"},
        {"size:infinity", "1K", "1024"},
    }));
    CAPTURE(type, text);
    CHECK(converted(type, text) == result);
}

TEST_CASE("durations are sums of parts in microseconds", "[options][value]") {
    auto [type, text, result] = GENERATE(values<Line>({
        {"duration", "90", "90000000"},
        {"duration", "0", "0"},
        {"duration", "90s", "90000000"},
        {"duration", "1us", "1"},
        {"duration", "1ms", "1000"},
        {"duration", "1min", "60000000"},
        {"duration", "1.5h", "5400000000"},
        {"duration", "1d", "86400000000"},
        {"duration", "1w", "604800000000"},
        {"duration", "1month", "2629800000000"},
        {"duration", "1y", "31557600000000"},
        {"duration", "5min 20s", "320000000"},
        {"duration", "5min20s", "320000000"},
        {"duration", "  5min   20s  ", "320000000"},
        {"duration", "0.5us", "0"},
        {"duration", "0.0000001s", "0"},
        {"duration", "1.0000019999999999999999999s", "1000001"},
        {"duration:ms", "90", "90000"},
        {"duration:ms", "90s", "90000000"},
        {"duration:h", "1.5", "5400000000"},
        {"duration:nonsense", "90", "malformed"},
        {"duration:nonsense", "90s", "90000000"},
        {"duration", "infinity", "infinity"},
        {"duration", "584542y", "18446744073709551615y"},
        {"duration", "584543y", "out of range"},
        {"duration", "18446744073709551615us", "out of range"},
        {"duration", "18446744073709551614us", "18446744073709551614"},
        {"duration", "18446744073709551614us 1us", "out of range"},
        {"duration", "18446744073709551614us 2us", "out of range"},
        {"duration", "99999999999999999999us", "out of range"},
        {"duration", "", "malformed"},
        {"duration", " ", "malformed"},
        {"duration", "s", "malformed"},
        {"duration", "1.s", "malformed"},
        {"duration", ".5s", "malformed"},
        {"duration", "-1s", "malformed"},
        {"duration", "1m", "malformed"},
        {"duration", "1S", "malformed"},
        {"duration", "1sec", "malformed"},
        {"duration", "1s,2s", "malformed"},
        {"duration", "1\t", "malformed"},
        {"duration", "1 000", "malformed"},
        {"duration", "5min 20", "malformed"},
        {"duration", "20 5min", "malformed"},
    }));
    CAPTURE(type, text);
    if (std::string(result) == "18446744073709551615y")
        CHECK(converted(type, text) == std::to_string(584542ULL * 31557600000000ULL));
    else
        CHECK(converted(type, text) == result);
}

TEST_CASE("a choice is one of its list, a beginning only if that will do", "[options][value]") {
    const char* type = "auto:on a terminal: if it can|always|never|alwaysx||x:";
    CHECK(converted(type, "auto") == "0");
    CHECK(converted(type, "always") == "1");
    CHECK(converted(type, "never") == "2");
    CHECK(converted(type, "alwaysx") == "3");
    CHECK(converted(type, "x") == "4");
    for (const char* bad : {"", "Auto", "auto:on", "aut", "autoo", "|", "au", "z"})
        CHECK(converted(type, bad) == "malformed");
    CHECK(converted(type, "nev", true) == "2");
    CHECK(converted(type, "au", true) == "0");
    CHECK(converted(type, "always", true) == "1");
    CHECK(converted(type, "alw", true) == "ambiguous");
    CHECK(converted(type, "a", true) == "ambiguous");
    CHECK(converted(type, "", true) == "malformed");
    CHECK(converted(type, "zz", true) == "malformed");
    CHECK(converted("only|", "only") == "0");

    Choices choices(parse_type(type));
    std::vector<std::string> seen;
    for (Choice each; choices.next(each);)
        seen.push_back(text_of(each.name) + "/" + text_of(each.help));
    CHECK(seen == Words{"auto/on a terminal: if it can", "always/", "never/", "alwaysx/", "x/"});
    Choice none;
    CHECK_FALSE(Choices(parse_type("uint:0..23")).next(none));
}

TEST_CASE("a key ends at the first equals sign", "[options][value]") {
    CHECK(converted("key=value", "a=b") == "[a][b]");
    CHECK(converted("key=value", "a=b=c") == "[a][b=c]");
    CHECK(converted("key=value", "a=") == "[a][]");
    CHECK(converted("key=value", "a==") == "[a][=]");
    for (const char* bad : {"", "=", "=b", "a", "=a=b"})
        CHECK(converted("key=value", bad) == "malformed");
}

TEST_CASE("names are not empty, and those that must exist do", "[options][value]") {
    for (const char* type : {"text", "path", "file", "dir", "host", "user", "group", "unit",
                             "dynamic:entries", "anything"}) {
        CHECK(converted(type, "x y") == "[x y]");
        CHECK(converted(type, "") == "malformed");
    }
    char directory[] = "/tmp/options-value-XXXXXX";
    REQUIRE(::mkdtemp(directory));
    std::string file = std::string(directory) + "/file", missing = std::string(directory) + "/no";
    int fd = ::open(file.c_str(), O_CREAT | O_WRONLY, 0600);
    REQUIRE(fd >= 0);
    ::close(fd);
    CHECK(converted("path:exists", file) == "[" + file + "]");
    CHECK(converted("path:exists", directory) == "[" + std::string(directory) + "]");
    CHECK(converted("path:exists", missing) == "not there");
    CHECK(converted("path:exists", "") == "malformed");
    CHECK(converted("file:exists", file) == "[" + file + "]");
    CHECK(converted("file:exists", "/dev/null") == "[/dev/null]");
    CHECK(converted("file:exists", directory) == "not there");
    CHECK(converted("dir:exists", directory) == "[" + std::string(directory) + "]");
    CHECK(converted("dir:exists", file) == "not there");
    CHECK(converted("dir:exists", file + "/x") == "not there");
    CHECK(converted("path:exists", std::string(4095, '/')) != "malformed");
    CHECK(converted("path:exists", std::string(4096, '/')) == "not there");
    CHECK(converted("path:exists", std::string(100'000, 'x')) == "not there");
    ::unlink(file.c_str());
    ::rmdir(directory);
}

TEST_CASE("what is expected is told in words", "[options][value]") {
    CHECK(expected("bool") == "yes or no");
    CHECK(expected("tristate") == "yes, no or auto");
    CHECK(expected("int") == "a number");
    CHECK(expected("int:-5..5") == "a number from -5 to 5");
    CHECK(expected("int:3..") == "a number not below 3");
    CHECK(expected("int:..3") == "a number not above 3");
    CHECK(expected("uint") == "a number not below 0");
    CHECK(expected("uint:0..23") == "a number from 0 to 23");
    CHECK(expected("uint:0..23,") == "a number from 0 to 23");
    CHECK(expected("size") == "a size such as 512, 10K or 1.5G");
    CHECK(expected("duration") == "a duration such as 30s, 1.5h or 5min 20s");
    CHECK(expected("pid") == "the number of a process");
    CHECK(expected("key=value") == "KEY=VALUE");
    CHECK(expected("file:exists") == "a file that is there");
    CHECK(expected("dir") == "a directory");
    CHECK(expected("path") == "a path");
    CHECK(expected("a:first|b|c:third") == "a, b or c");
    CHECK(expected("a|b") == "a or b");
    CHECK(expected("only|") == "only");
}

TEST_CASE("the nearest choice is suggested", "[options][value]") {
    Type type = parse_type("auto:x|always|never");
    CHECK(text_of(suggest_choice(type, "alwasy")) == "always");
    CHECK(text_of(suggest_choice(type, "ALWAYS")) == "always");
    CHECK(text_of(suggest_choice(type, "nev")) == "never");
    CHECK(suggest_choice(type, "n").is_empty());
    CHECK(suggest_choice(type, "").is_empty());
    CHECK(suggest_choice(type, "sometimes").is_empty());
    CHECK(suggest_choice(parse_type("uint"), "always").is_empty());
}

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
    CHECK(stops({"-u"}, number));
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
