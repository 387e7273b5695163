// SPDX-License-Identifier: MIT
#include "base/hex.hpp"
#include "tests/catch.hpp"

using namespace kindling;

TEST_CASE("every byte has two lower-case digits and comes back from them", "[hex]") {
    CHECK(to_hex({}).empty());
    CHECK(from_hex("").value().empty());
    CHECK(to_hex(to_bytes("\x01\x23\xfe")) == "0123fe");
    std::vector<std::byte> all;
    for (int i = 0; i < 256; i++) all.push_back(static_cast<std::byte>(i));
    std::string text = to_hex(all);
    REQUIRE(text.size() == 512);
    CHECK(text.substr(0, 8) == "00010203");
    CHECK(text.substr(504) == "fcfdfeff");
    CHECK(from_hex(text).value() == all);
    for (char& c : text)
        if (c >= 'a') c = static_cast<char>(c - 'a' + 'A');
    CHECK(from_hex(text).value() == all);
}

TEST_CASE("each of the 256 characters is a digit or none", "[hex]") {
    for (int c = 0; c < 256; c++) {
        auto value = hex_digit_value(static_cast<char>(c));
        CAPTURE(c);
        if (c >= '0' && c <= '9')
            CHECK(value == c - '0');
        else if (c >= 'a' && c <= 'f')
            CHECK(value == c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            CHECK(value == c - 'A' + 10);
        else
            CHECK_FALSE(value);
    }
}

TEST_CASE("hex text that is no hex text is refused where it is wrong", "[hex]") {
    auto [text, where] = GENERATE(table<std::string, std::uint64_t>({
        {"0", 1},
        {"012", 3},
        {"g0", 0},
        {"0g", 1},
        {"00 1", 2},
        {"0x12", 1},
        {"1234-5", 4},
        {"000G", 3},
        {std::string("00\0"
                     "0",
                     4),
         2},
        {"\xc3\xa9", 0},
        {"xyz", 3}, // the length is looked at first
    }));
    auto bytes = from_hex(text);
    REQUIRE_FALSE(bytes);
    CHECK(bytes.error().code == Errc::invalid);
    CHECK(bytes.error().where == where);
}
