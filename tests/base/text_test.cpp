// SPDX-License-Identifier: MIT
#include "base/hex.hpp"
#include "base/text.hpp"
#include "tests/catch.hpp"

#include <limits>

using namespace kindling;

namespace {

/// UTF-8 by the definition's bit patterns, for any number of up to 21 bits, even forbidden ones.
std::string encode(std::uint32_t code) {
    auto tail = [&](int shift) { return static_cast<char>(0x80 | (code >> shift & 0x3f)); };
    if (code < 0x80) return {static_cast<char>(code)};
    if (code < 0x800) return {static_cast<char>(0xc0 | code >> 6), tail(0)};
    if (code < 0x10000) return {static_cast<char>(0xe0 | code >> 12), tail(6), tail(0)};
    return {static_cast<char>(0xf0 | code >> 18), tail(12), tail(6), tail(0)};
}

bool is_scalar(std::uint32_t code) {
    return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

/// What no UTF-8 decoder may accept.
const std::vector<std::string> malformed{
    "\x80",                     // a tail alone
    "\xbf",                     //
    "\xc0\x80",                 // NUL, overlong
    "\xc1\xbf",                 // U+007F, overlong
    "\xc3",                     // cut short
    "\xc3(",                    // not a tail
    "\xe0\x80\xaf",             // '/', overlong
    "\xe0\x9f\xbf",             // U+07FF, overlong
    "\xe2\x82",                 // cut short
    "\xe2\x28\xa1",             // not a tail
    "\xe2\x82\x28",             //
    "\xed\xa0\x80",             // U+D800
    "\xed\xbf\xbf",             // U+DFFF
    "\xed\xa0\xbd\xed\xb8\x80", // a pair of surrogates
    "\xf0\x80\x80\xaf",         // overlong
    "\xf0\x8f\xbf\xbf",         // U+FFFF, overlong
    "\xf0\x9f\x98",             // cut short
    "\xf0\x28\x8c\xbc",         // not a tail
    "\xf4\x90\x80\x80",         // U+110000
    "\xf5\x80\x80\x80",         //
    "\xf8\x88\x80\x80\x80",     // five bytes
    "\xfe",                     //
    "\xff",                     //
};

} // namespace

TEST_CASE("numbers are written in decimal", "[text]") {
    CHECK(to_decimal(0) == "0");
    CHECK(to_decimal(9) == "9");
    CHECK(to_decimal(10) == "10");
    CHECK(to_decimal(1234567890) == "1234567890");
    CHECK(to_decimal(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
}

TEST_CASE("parts are put together in their order", "[text]") {
    CHECK(concat({}).empty());
    CHECK(concat({"", "a", std::string("bc"), "", "d"}) == "abcd");
    std::string text = "x";
    append(text, {"y", "z"});
    CHECK(text == "xyz");
}

TEST_CASE("case is only that of ASCII letters", "[text]") {
    CHECK(to_lower("ABCxyz[@`{0") == "abcxyz[@`{0");
    CHECK(to_lower("\xc3\x84Z") == "\xc3\x84z");
    for (int c = 0; c < 256; c++) {
        char lower = to_lower(static_cast<char>(c));
        bool is_upper = c >= 'A' && c <= 'Z';
        if (lower != static_cast<char>(is_upper ? c + 32 : c)) FAIL("wrong for " << c);
    }
    CHECK(equals_ignoring_case("LoAdEr", "lOaDeR"));
    CHECK(equals_ignoring_case("", ""));
    CHECK_FALSE(equals_ignoring_case("a", "ab"));
    CHECK_FALSE(equals_ignoring_case("ab", "a"));
    CHECK_FALSE(equals_ignoring_case("[", "{")); // 32 apart, and no letters
    CHECK_FALSE(equals_ignoring_case("\xc3\xa4", "\xc3\x84"));
}

TEST_CASE("beginnings and ends are compared without case", "[text]") {
    CHECK(starts_with_ignoring_case("Linux.EFI", "linux"));
    CHECK(starts_with_ignoring_case("x", ""));
    CHECK(starts_with_ignoring_case("", ""));
    CHECK_FALSE(starts_with_ignoring_case("lin", "linux"));
    CHECK(ends_with_ignoring_case("Linux.EFI", ".efi"));
    CHECK(ends_with_ignoring_case(".EFI", ".efi"));
    CHECK(ends_with_ignoring_case("x", ""));
    CHECK_FALSE(ends_with_ignoring_case("efi", ".efi"));
    CHECK_FALSE(ends_with_ignoring_case("linux.efi ", ".efi"));
}

TEST_CASE("blanks are trimmed at both ends and nowhere else", "[text]") {
    CHECK(trim_blanks(" \t a \t b\t ") == "a \t b");
    CHECK(trim_blanks("").empty());
    CHECK(trim_blanks(" \t ").empty());
    CHECK(trim_blanks("\ra\n") == "\ra\n");
    CHECK(trim_blanks("\xc2\xa0"
                      "a") == "\xc2\xa0"
                              "a");
}

TEST_CASE("text is ASCII up to the first byte that is not", "[text]") {
    CHECK(is_ascii(""));
    CHECK(is_ascii(std::string_view("\0\x7f", 2)));
    CHECK_FALSE(is_ascii("a\x80"));
    CHECK_FALSE(is_ascii("\xff"));
}

TEST_CASE("decimal numbers are read up to their limit", "[text]") {
    constexpr std::uint64_t u64_max = std::numeric_limits<std::uint64_t>::max();
    CHECK(parse_decimal("0", 0).value() == 0);
    CHECK(parse_decimal("00012", 12).value() == 12);
    CHECK(parse_decimal("9", 9).value() == 9);
    CHECK(parse_decimal("4294967295", 0xffffffff).value() == 0xffffffff);
    CHECK(parse_decimal("18446744073709551615", u64_max).value() == u64_max);
    CHECK(parse_decimal(std::string(1000, '0') + "7", 7).value() == 7);
}

TEST_CASE("numbers that are none, or over their limit, are told apart", "[text]") {
    constexpr std::uint64_t u64_max = std::numeric_limits<std::uint64_t>::max();
    auto [text, value_max, code] = GENERATE_COPY(table<std::string, std::uint64_t, Errc>({
        {"", 9, Errc::invalid},
        {"-1", 9, Errc::invalid},
        {"+1", 9, Errc::invalid},
        {" 1", 9, Errc::invalid},
        {"1 ", 9, Errc::invalid},
        {"1.0", 99, Errc::invalid},
        {"0x1", 99, Errc::invalid},
        {"a", 9, Errc::invalid},
        {std::string("1\0", 2), 9, Errc::invalid},
        {"\xd9\xa1", 9, Errc::invalid}, // an Arabic-Indic digit
        {"1", 0, Errc::too_large},
        {"9", 8, Errc::too_large},
        {"10", 9, Errc::too_large},
        {"256", 255, Errc::too_large},
        {"4294967296", 0xffffffff, Errc::too_large},
        {"18446744073709551616", u64_max, Errc::too_large},
        {"18446744073709551620", u64_max, Errc::too_large},
        {"99999999999999999999999999", u64_max, Errc::too_large},
    }));
    auto number = parse_decimal(text, value_max);
    CAPTURE(text);
    REQUIRE_FALSE(number);
    CHECK(number.error().code == code);
}

TEST_CASE("every number up to a limit is read and the next one is not", "[text]") {
    for (std::uint64_t value_max = 0; value_max < 120; value_max++)
        for (std::uint64_t value = 0; value < 130; value++) {
            auto number = parse_decimal(std::to_string(value), value_max);
            if (number.has_value() != (value <= value_max)) FAIL(value << " of " << value_max);
            if (number && *number != value) FAIL(value << " became " << *number);
        }
}

TEST_CASE("every code point is UTF-8 if it is a scalar value", "[text]") {
    for (std::uint32_t code = 0; code < 0x1fffff; code += code < 0x20000 ? 1 : 251)
        if (is_utf8(encode(code)) != is_scalar(code)) FAIL("wrong for " << code);
    for (std::uint32_t code : {0x10fffdu, 0x10ffffu, 0x110000u, 0x1fffffu})
        CHECK(is_utf8(encode(code)) == is_scalar(code));
}

TEST_CASE("malformed UTF-8 is refused alone and among text", "[text]") {
    for (const std::string& bad : malformed) {
        CAPTURE(to_hex(to_bytes(bad)));
        CHECK_FALSE(is_utf8(bad));
        CHECK_FALSE(is_utf8("a" + bad));
        CHECK_FALSE(is_utf8(bad + "a"));
        CHECK_FALSE(is_utf8("\xe2\x82\xac" + bad + "\xe2\x82\xac"));
    }
    CHECK(is_utf8(""));
    CHECK(is_utf8(std::string_view("\0", 1)));
}

TEST_CASE("text becomes UCS-2 and comes back, up to U+FFFF", "[text]") {
    CHECK(to_ucs2("").empty());
    CHECK(to_ucs2("a\xc3\xa9\xe2\x82\xac") == u"a\u00e9\u20ac");
    CHECK(to_utf8(u"a\u00e9\u20ac") == "a\xc3\xa9\xe2\x82\xac");
    for (std::uint32_t code = 1; code <= 0xffff; code++) {
        if (!is_scalar(code)) continue;
        std::string text = encode(code);
        std::u16string units = to_ucs2(text);
        if (units.size() != 1 || units[0] != code || to_utf8(units) != text)
            FAIL("wrong for " << code);
    }
}

TEST_CASE("code points that UCS-2 lacks are dropped", "[text]") {
    for (std::uint32_t code : {0x10000u, 0x1f600u, 0xfffffu, 0x10ffffu})
        CHECK(to_ucs2("a" + encode(code) + "b") == u"ab");
    for (char16_t unit : {u'\xd800', u'\xdbff', u'\xdc00', u'\xdfff'})
        CHECK(to_utf8(std::u16string(u"a") + unit + u"b") == "ab");
    CHECK(to_utf8(u"\xd83d\xde00") == "");
    CHECK(to_utf8(u"\xd7ff\xe000\xffff") == "\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf");
}

TEST_CASE("malformed sequences are dropped and what follows is kept", "[text]") {
    for (const std::string& bad : malformed) {
        CAPTURE(to_hex(to_bytes(bad)));
        std::u16string kept;
        for (char c : bad)
            if (static_cast<unsigned char>(c) < 0x80) kept += static_cast<char16_t>(c);
        CHECK(to_ucs2("a" + bad + "z") == u"a" + kept + u"z");
        CHECK(to_ucs2(bad + "\xe2\x82\xac") == kept + u"\u20ac");
    }
}

TEST_CASE("UTF-16 ends at its first NUL", "[text]") {
    CHECK(to_utf8(std::u16string_view(u"ab\0cd", 5)) == "ab");
    CHECK(to_utf8(std::u16string_view(u"\0", 1)).empty());
    CHECK(to_ucs2(std::string_view("a\0b", 3)) == std::u16string(u"a\0b", 3));
}

TEST_CASE("texts are stored little-endian with one NUL", "[text]") {
    CHECK(to_hex(to_ucs2_bytes("")) == "0000");
    CHECK(to_hex(to_ucs2_bytes("a\xe2\x82\xac")) == "6100ac200000");
    CHECK(to_hex(to_ucs2_bytes("\xf0\x9f\x98\x80")) == "0000");
    CHECK(from_ucs2_bytes(to_ucs2_bytes("initrd=\\\xc3\xa4")) == "initrd=\\\xc3\xa4");
}

TEST_CASE("stored texts may lack their NUL, or half a character", "[text]") {
    auto [hex, text] = GENERATE(table<const char*, const char*>({
        {"", ""},
        {"61", ""},
        {"6100", "a"},
        {"610062", "a"},
        {"61000000", "a"},
        {"610000006200", "a"},
        {"0000", ""},
        {"ac20", "\xe2\x82\xac"},
        {"00d86100", "a"},
        {"0061", "\xe6\x84\x80"},
    }));
    CHECK(from_ucs2_bytes(from_hex(hex).value()) == text);
}
