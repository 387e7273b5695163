// SPDX-License-Identifier: MIT
#include "base/bytes.hpp"
#include "tests/catch.hpp"

using namespace kindling;

TEST_CASE("a reader returns little-endian integers and says where the input ends", "[bytes]") {
    ByteReader reader(to_bytes("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"));
    CHECK(reader.u8().value() == 0x01);
    CHECK(reader.u16().value() == 0x0302);
    CHECK(reader.u32().value() == 0x07060504);
    CHECK(reader.u64().value() == 0x0f0e0d0c0b0a0908);
    CHECK(reader.at_end());
    auto past_end = reader.u16();
    REQUIRE_FALSE(past_end);
    CHECK(past_end.error().code == Errc::truncated);
    CHECK(past_end.error().where == 15);
}

TEST_CASE("a slice whose end overflows is truncated, not wrapped", "[bytes]") {
    auto out = slice(to_bytes("abc"), 2, ~std::uint64_t{0});
    REQUIRE_FALSE(out);
    CHECK(out.error().code == Errc::truncated);
    CHECK(out.error().where == 2);
}
