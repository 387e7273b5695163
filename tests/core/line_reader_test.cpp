// SPDX-License-Identifier: MIT
#include "core/line_reader.hpp"

#include "tests/catch.hpp"

#include <string>
#include <tuple>

using namespace kindling;
using namespace kindling::bls;

namespace {

using Lines = std::vector<std::tuple<std::string, std::string, std::uint64_t>>;

Lines lines_of(std::string_view text) {
    Lines lines;
    LineReader reader(text);
    while (auto line = reader.next())
        lines.emplace_back(std::string(line->key), std::string(line->value), line->number);
    CHECK_FALSE(reader.next());
    return lines;
}

std::string value_of(const std::string& line) {
    Lines lines = lines_of(line);
    REQUIRE(lines.size() == 1);
    return std::get<1>(lines[0]);
}

} // namespace

TEST_CASE("a line is a key, blanks and a value", "[bls]") {
    CHECK(lines_of("title Kindling OS\nlinux\t /vmlinuz") ==
          Lines{{"title", "Kindling OS", 1}, {"linux", "/vmlinuz", 2}});
}

TEST_CASE("blanks around a line mean nothing", "[bls]") {
    CHECK(lines_of(" \t title \t A  B \t \n") == Lines{{"title", "A  B", 1}});
}

TEST_CASE("comments, empty lines and keys without value are passed over but counted", "[bls]") {
    CHECK(lines_of("# a b\n\n  #c d\ntitle\n \t\ntitle \na b # c\n") == Lines{{"a", "b # c", 7}});
}

TEST_CASE("lines end at LF, CR or both", "[bls]") {
    auto [text, second, third] = GENERATE(table<const char*, std::uint64_t, std::uint64_t>({
        {"a 1\nb 2\nc 3\n", 2, 3},
        {"a 1\rb 2\rc 3\r", 2, 3},
        {"a 1\r\nb 2\r\nc 3\r\n", 2, 3},
        {"a 1\r\nb 2\rc 3", 2, 3},
        {"a 1\n\rb 2\n\rc 3", 3, 5},
        {"a 1\r\rb 2\r\n\r\nc 3", 3, 5},
    }));
    CHECK(lines_of(text) == Lines{{"a", "1", 1}, {"b", "2", second}, {"c", "3", third}});
}

TEST_CASE("a NUL ends the text", "[bls]") {
    using namespace std::string_literals;
    CHECK(lines_of("a 1\nb 2\0 3\nc 4\n"s) == Lines{{"a", "1", 1}, {"b", "2", 2}});
    CHECK(lines_of("\0a 1\n"s).empty());
    CHECK(lines_of("").empty());
}

TEST_CASE("a value loses the quotes that a line ends with too", "[bls]") {
    auto [line, value] = GENERATE(table<const char*, const char*>({
        {"k \"a b\"", "a b"},
        {"k 'a b'", "a b"},
        {"k 'a b'  ", "a b"},
        {"k \" a \"", " a "},
        {"k \"a\" \"b\"", "a\" \"b"},
        {"k \"a\\\"\"", "a\\\""},
        {"k \"\"", ""},
        {"k \"", "\""},
        {"k \"a'", "\"a'"},
        {"k \"a", "\"a"},
        {"k a\"", "a\""},
        {"k \"'a'\"", "'a'"},
        {"k aba", "aba"},
    }));
    CHECK(value_of(line) == value);
}

TEST_CASE("bytes that are no UTF-8 stay as they are", "[bls]") {
    CHECK(value_of("title \xff\xc3\x28\xe2") == "\xff\xc3\x28\xe2");
}

TEST_CASE("a text cut anywhere still has the lines before the cut", "[bls]") {
    std::string text = "title 'A'\r\n# c\rlinux /a\n\noptions  x y \n";
    Lines whole = lines_of(text);
    REQUIRE(whole.size() == 3);
    for (std::size_t size = 0; size <= text.size(); size++) {
        Lines lines = lines_of(text.substr(0, size));
        REQUIRE(lines.size() <= whole.size());
        for (std::size_t i = 0; i + 1 < lines.size(); i++) CHECK(lines[i] == whole[i]);
    }
}

TEST_CASE("remarks are in the order of lines, and not without number", "[bls]") {
    std::vector<Remark> remarks;
    add_remark(remarks, 3, "first of 3");
    add_remark(remarks, 5, "of 5");
    add_remark(remarks, 3, "second of 3");
    add_remark(remarks, 1, "of 1");
    REQUIRE(remarks.size() == 4);
    CHECK(std::string(remarks[0].what) == "of 1");
    CHECK(std::string(remarks[1].what) == "first of 3");
    CHECK(std::string(remarks[2].what) == "second of 3");
    CHECK(std::string(remarks[3].what) == "of 5");
    for (std::size_t i = 0; i < 2 * remarks_max; i++) add_remark(remarks, 9, "more");
    CHECK(remarks.size() == remarks_max);
}
