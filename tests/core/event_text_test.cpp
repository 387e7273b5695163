// SPDX-License-Identifier: MIT
#include "core/event_text.hpp"

#include "base/text.hpp"
#include "tests/catch.hpp"

using namespace kindling;
using namespace kindling::pcr;

TEST_CASE("text of events is UTF-16 or bytes, as it looks", "[event_text]") {
    using namespace std::string_view_literals;
    auto [bytes, text] = GENERATE(table<std::string_view, const char*>({
        {"q\0u\0i\0e\0t\0\0\0"sv, "quiet"},
        {"P\0K\0"sv, "PK"},
        {"\x2d\x4e\0\0"sv, "中"},
        {"MokList\0"sv, "MokList"},
        {"Linux initrd\0"sv, "Linux initrd"},
        {"grub_cmd: ls"sv, "grub_cmd: ls"},
        {"a\0b"sv, "a"},
        {"\0\0"sv, ""},
        {"\0"sv, ""},
        {""sv, ""},
        {"A\0"sv, "A"},
        {"gr\xc3\xbc\xc3\x9f"sv, "grüß"},
        {"\xff\xfe"sv, ""},
    }));
    CHECK(decode_text(to_bytes(bytes)) == text);
}

TEST_CASE("a line shows what would change the terminal as an escape", "[event_text]") {
    using namespace std::string_view_literals;
    auto [text, line] = GENERATE(table<std::string_view, const char*>({
        {"plain \\EFI\\Linux \"x\""sv, "plain \\EFI\\Linux \"x\""},
        {"\x1b[31m\r\n\t\x7f"sv, "\\x1b[31m\\x0d\\x0a\\x09\\x7f"},
        {"a\0b"sv, "a\\x00b"},
        {"\xc2\x9b\xc2\x80\xc2\x9f\xc2\xa0"sv, "\\u009b\\u0080\\u009f\xc2\xa0"},
        {"\u202e\u2066\u200f\u2028\u061c\ufeff"sv, "\\u202e\\u2066\\u200f\\u2028\\u061c\\ufeff"},
        {"grüß 中 😀"sv, "grüß 中 😀"},
        {"ü\xff"sv, "\\xc3\\xbc\\xff"},
        {""sv, ""},
    }));
    CHECK(one_line(text) == line);
}

TEST_CASE("a line is cut behind a whole character", "[event_text]") {
    std::string full(line_size_max, 'x');
    CHECK(one_line(full) == full);
    CHECK(one_line(full + "y") == full + "...");
    for (std::size_t before = 0; before < 4; before++) {
        std::string start(line_size_max - before, 'x');
        CHECK(one_line(start + "😀") == start + (before == 4 ? "😀" : "..."));
    }
    CHECK(one_line(std::string(line_size_max - 4, 'x') + "😀") ==
          std::string(line_size_max - 4, 'x') + "😀");
    std::string invalid(2 * line_size_max, '\x80');
    CHECK(one_line(invalid).size() == (line_size_max - 3) * 4 + 3);
    std::string controls(line_size_max, '\x1b');
    CHECK(one_line(controls).size() == line_size_max * 4);
}
