// SPDX-License-Identifier: MIT
#include "options/option_value.hpp"
#include "tests/catch.hpp"
#include "tests/options/command_line.hpp"

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
    CHECK(expected("uint") == "a number of 0 or more");
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
