// SPDX-License-Identifier: MIT
#include "base/json_text.hpp"
#include "tests/catch.hpp"

using namespace kindling;

TEST_CASE("text in JSON keeps its meaning", "[json_text]") {
    auto [text, quoted] = GENERATE(table<std::string_view, std::string_view>({
        {"", R"("")"},
        {"plain text, /with/slashes", R"("plain text, /with/slashes")"},
        {"a \"quote\" and \\", R"("a \"quote\" and \\")"},
        {"\x01\n\t\x1b\x7f", R"("\u0001\u000a\u0009\u001b\u007f")"},
        {std::string_view("a\0b", 3), R"("a\u0000b")"},
        {"\u00e9 \u20ac \U0001f600", "\"\u00e9 \u20ac \U0001f600\""},
    }));
    CHECK(quote_json(text) == quoted);
}

TEST_CASE("each byte that is no UTF-8 becomes a replacement and its neighbours stay",
          "[json_text]") {
    auto [text, quoted] = GENERATE(table<std::string_view, std::string_view>({
        {"\xff", "\"\ufffd\""},
        {"\u00e9\xff\u20ac", "\"\u00e9\ufffd\u20ac\""},
        {"\xe2\x82", "\"\ufffd\ufffd\""},           // a sequence that is cut
        {"\xe2\x82\"", "\"\ufffd\ufffd\\\"\""},     // and one cut by what must be escaped
        {"\xc0\xaf", "\"\ufffd\ufffd\""},           // an overlong form
        {"\xed\xa0\x80", "\"\ufffd\ufffd\ufffd\""}, // a surrogate
        {"\x80x", "\"\ufffdx\""},
    }));
    CHECK(quote_json(text) == quoted);
}
