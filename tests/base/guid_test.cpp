// SPDX-License-Identifier: MIT
#include "base/guid.hpp"
#include "base/hex.hpp"
#include "tests/catch.hpp"

using namespace kindling;

namespace {

constexpr std::string_view counting_text = "03020100-0504-0706-0809-0a0b0c0d0e0f";
constexpr Guid counting = "03020100-0504-0706-0809-0a0b0c0d0e0f"_guid;

} // namespace

TEST_CASE("the first three groups of a GUID are stored little-endian", "[guid]") {
    CHECK(to_hex(counting.bytes) == "000102030405060708090a0b0c0d0e0f");
    CHECK(to_hex("8be4df61-93ca-11d2-aa0d-00e098032b8c"_guid.bytes) ==
          "61dfe48bca93d211aa0d00e098032b8c");
    CHECK(to_hex("c12a7328-f81f-11d2-ba4b-00a0c93ec93b"_guid.bytes) ==
          "28732ac11ff8d211ba4b00a0c93ec93b");
}

TEST_CASE("a GUID is parsed from digits of either case and written in lower case", "[guid]") {
    CHECK(parse_guid(counting_text).value() == counting);
    Guid mixed = parse_guid("C12A7328-f81F-11d2-Ba4B-00A0c93eC93b").value();
    CHECK(mixed == "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"_guid);
    CHECK(to_text(mixed) == "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
    CHECK(to_text(counting) == counting_text);
    CHECK(to_text(Guid{}) == "00000000-0000-0000-0000-000000000000");
    CHECK(to_text(parse_guid("ffffffff-FFFF-ffff-FFFF-ffffffffffff").value()) ==
          "ffffffff-ffff-ffff-ffff-ffffffffffff");
}

TEST_CASE("a GUID of another length is refused, with the length", "[guid]") {
    for (std::size_t size = 0; size < counting_text.size(); size++) {
        auto guid = parse_guid(counting_text.substr(0, size));
        REQUIRE_FALSE(guid);
        CHECK(guid.error().code == Errc::invalid);
        CHECK(guid.error().where == size);
    }
    auto longer = parse_guid(std::string(counting_text) + "0");
    REQUIRE_FALSE(longer);
    CHECK(longer.error().where == 37);
    CHECK_FALSE(parse_guid("{03020100-0504-0706-0809-0a0b0c0d0e0f}"));
}

TEST_CASE("any wrong character in a GUID is refused where it stands", "[guid]") {
    for (std::size_t i = 0; i < counting_text.size(); i++) {
        for (char wrong : {'g', ' ', '/', ':', '@', '`', '\0', '\x80'}) {
            std::string text(counting_text);
            bool is_dash = text[i] == '-';
            text[i] = wrong;
            auto guid = parse_guid(text);
            CAPTURE(text);
            REQUIRE_FALSE(guid);
            CHECK(guid.error().code == Errc::invalid);
            // The second digit of a byte is reported at the byte.
            CHECK(guid.error().where <= i);
            CHECK(guid.error().where + (is_dash ? 0 : 1) >= i);
        }
        std::string text(counting_text);
        text[i] = text[i] == '-' ? '0' : '-';
        CHECK_FALSE(parse_guid(text));
    }
}

TEST_CASE("a GUID is read from the first 16 bytes", "[guid]") {
    std::vector<std::byte> bytes(counting.bytes.begin(), counting.bytes.end());
    bytes.push_back(std::byte{0xff});
    CHECK(read_guid(bytes).value() == counting);
    for (std::size_t size = 0; size < 16; size++) {
        auto guid = read_guid(Bytes(bytes).first(size));
        REQUIRE_FALSE(guid);
        CHECK(guid.error().code == Errc::truncated);
        CHECK(guid.error().where == 0);
    }
}

TEST_CASE("GUIDs that differ in one bit are different", "[guid]") {
    for (std::size_t bit = 0; bit < 128; bit++) {
        Guid other = counting;
        other.bytes[bit / 8] ^= std::byte{static_cast<unsigned char>(1u << bit % 8)};
        CHECK_FALSE(other == counting);
        CHECK(parse_guid(to_text(other)).value() == other);
    }
}
