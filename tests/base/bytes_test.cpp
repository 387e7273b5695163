// SPDX-License-Identifier: MIT
#include "base/bytes.hpp"
#include "tests/catch.hpp"

#include <limits>

using namespace kindling;

namespace {

constexpr std::uint64_t u64_max = std::numeric_limits<std::uint64_t>::max();

constexpr std::string_view fifteen = "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f";

template <class T>
void check_truncated(const Result<T>& result, std::uint64_t where) {
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Errc::truncated);
    CHECK(result.error().where == where);
}

} // namespace

TEST_CASE("a reader returns little-endian integers and says where the input ends", "[bytes]") {
    ByteReader reader(to_bytes(fifteen));
    CHECK(reader.u8().value() == 0x01);
    CHECK(reader.u16().value() == 0x0302);
    CHECK(reader.u32().value() == 0x07060504);
    CHECK(reader.u64().value() == 0x0f0e0d0c0b0a0908);
    CHECK(reader.at_end());
    check_truncated(reader.u16(), 15);
}

TEST_CASE("a reader stays where it is when the input is too short", "[bytes]") {
    ByteReader reader(to_bytes("abc"));
    check_truncated(reader.u32(), 0);
    check_truncated(reader.u64(), 0);
    CHECK(reader.offset() == 0);
    CHECK(reader.u16().value() == 0x6261);
    check_truncated(reader.u16(), 2);
    check_truncated(reader.take(2), 2);
    check_truncated(reader.skip(u64_max), 2);
    CHECK(reader.remaining() == 1);
    CHECK(reader.u8().value() == 'c');
    check_truncated(reader.u8(), 3);
    CHECK(reader.at_end());
}

TEST_CASE("a reader takes pieces that point into the input", "[bytes]") {
    Bytes input = to_bytes("abcdef");
    ByteReader reader(input);
    REQUIRE(reader.skip(2));
    Bytes taken = reader.take(3).value();
    CHECK(taken.data() == input.data() + 2);
    CHECK(to_text(taken) == "cde");
    CHECK(reader.take(0).value().empty());
    CHECK(reader.offset() == 5);
    REQUIRE(reader.skip(0));
    REQUIRE(reader.skip(1));
    CHECK(reader.at_end());
    CHECK(reader.take(0).value().empty());
}

TEST_CASE("a reader of nothing is at its end", "[bytes]") {
    ByteReader reader(Bytes{});
    CHECK(reader.at_end());
    CHECK(reader.take(0));
    check_truncated(reader.u8(), 0);
}

TEST_CASE("a slice lies inside its input, to the last byte", "[bytes]") {
    Bytes input = to_bytes("abc");
    for (std::uint64_t offset = 0; offset <= 5; offset++)
        for (std::uint64_t size = 0; size <= 5; size++) {
            auto part = slice(input, offset, size);
            CAPTURE(offset, size);
            if (offset + size <= 3) {
                REQUIRE(part);
                CHECK(part->data() == input.data() + offset);
                CHECK(part->size() == size);
            } else {
                check_truncated(part, offset);
            }
        }
}

TEST_CASE("a slice whose end overflows is truncated, not wrapped", "[bytes]") {
    Bytes input = to_bytes("abc");
    check_truncated(slice(input, 2, u64_max), 2);
    check_truncated(slice(input, u64_max, 2), u64_max);
    check_truncated(slice(input, u64_max, u64_max), u64_max);
    check_truncated(slice(input, 1, u64_max), 1);
    check_truncated(slice(Bytes{}, 0, 1), 0);
}

TEST_CASE("integers are read at any offset and never past the end", "[bytes]") {
    Bytes input = to_bytes(fifteen);
    for (std::uint64_t at = 0; at <= 16; at++) {
        CAPTURE(at);
        std::uint64_t low = at + 1;
        CHECK(read_u8(input, at).has_value() == (at <= 14));
        if (auto value = read_u8(input, at)) CHECK(*value == low);
        if (auto value = read_u16(input, at))
            CHECK(*value == (low | (low + 1) << 8));
        else
            CHECK(at > 13);
        if (auto value = read_u32(input, at))
            CHECK(*value == (low | (low + 1) << 8 | (low + 2) << 16 | (low + 3) << 24));
        else
            CHECK(at > 11);
        if (auto value = read_u64(input, at))
            CHECK((*value & 0xff) == low);
        else
            CHECK(at > 7);
    }
    check_truncated(read_u8(input, u64_max), u64_max);
    check_truncated(read_u16(input, u64_max - 1), u64_max - 1);
    check_truncated(read_u32(input, u64_max - 3), u64_max - 3);
    check_truncated(read_u64(input, u64_max - 7), u64_max - 7);
}

TEST_CASE("integers with the top bit set are not extended", "[bytes]") {
    Bytes input = to_bytes("\xff\xff\xff\xff\xff\xff\xff\xff");
    CHECK(read_u8(input, 0).value() == 0xff);
    CHECK(read_u16(input, 0).value() == 0xffff);
    CHECK(read_u32(input, 0).value() == 0xffffffff);
    CHECK(read_u64(input, 0).value() == u64_max);
    CHECK(read_u64(to_bytes(std::string_view("\0\0\0\0\0\0\0\x80", 8)), 0).value() == 1ull << 63);
}

TEST_CASE("appended integers read back as they were", "[bytes]") {
    auto value = GENERATE(values<std::uint64_t>({0, 1, 0x7f, 0x80, 0xff, 0x1234, 0xfffe, 0xdeadbeef,
                                                 0x80000000, 0x0123456789abcdef, u64_max}));
    std::vector<std::byte> out;
    append_u16(out, static_cast<std::uint16_t>(value));
    append_u32(out, static_cast<std::uint32_t>(value));
    append_u64(out, value);
    append(out, to_bytes("end"));
    append(out, {});
    REQUIRE(out.size() == 17);
    CHECK(read_u16(out, 0).value() == static_cast<std::uint16_t>(value));
    CHECK(read_u32(out, 2).value() == static_cast<std::uint32_t>(value));
    CHECK(read_u64(out, 6).value() == value);
    CHECK(to_text(Bytes(out).subspan(14)) == "end");
}

TEST_CASE("bytes are equal by length and contents", "[bytes]") {
    CHECK(equal({}, {}));
    CHECK(equal(to_bytes("ab"), to_bytes("ab")));
    CHECK_FALSE(equal(to_bytes("ab"), to_bytes("ac")));
    CHECK_FALSE(equal(to_bytes("ab"), to_bytes("a")));
    CHECK_FALSE(equal(to_bytes("a"), to_bytes("ab")));
    CHECK_FALSE(equal({}, to_bytes("a")));
    CHECK(equal(to_bytes(std::string_view("\0x", 2)), to_bytes(std::string_view("\0x", 2))));
    CHECK_FALSE(equal(to_bytes(std::string_view("\0x", 2)), to_bytes(std::string_view("\0y", 2))));
}

TEST_CASE("sums of sizes are refused at the first that overflows", "[bytes]") {
    CHECK(checked_add(0, 0).value() == 0);
    CHECK(checked_add(u64_max, 0).value() == u64_max);
    CHECK(checked_add(0, u64_max).value() == u64_max);
    CHECK(checked_add(u64_max - 1, 1).value() == u64_max);
    CHECK(checked_add(1ull << 63, (1ull << 63) - 1).value() == u64_max);
    auto [a, b] = GENERATE(table<std::uint64_t, std::uint64_t>(
        {{u64_max, 1}, {1, u64_max}, {u64_max, u64_max}, {1ull << 63, 1ull << 63}}));
    auto sum = checked_add(a, b);
    REQUIRE_FALSE(sum);
    CHECK(sum.error().code == Errc::too_large);
    CHECK(sum.error().where == 0);
}

TEST_CASE("products of sizes are refused at the first that overflows", "[bytes]") {
    CHECK(checked_multiply(0, u64_max).value() == 0);
    CHECK(checked_multiply(u64_max, 0).value() == 0);
    CHECK(checked_multiply(u64_max, 1).value() == u64_max);
    CHECK(checked_multiply(0xffffffff, 0xffffffff).value() == 0xfffffffe00000001);
    CHECK(checked_multiply(0x5555555555555555, 3).value() == u64_max);
    auto [a, b] = GENERATE(table<std::uint64_t, std::uint64_t>(
        {{u64_max, 2}, {2, 1ull << 63}, {1ull << 32, 1ull << 32}, {0x5555555555555556, 3}}));
    auto product = checked_multiply(a, b);
    REQUIRE_FALSE(product);
    CHECK(product.error().code == Errc::too_large);
}

TEST_CASE("sizes are rounded up to the next multiple", "[bytes]") {
    STATIC_REQUIRE(align_up(0, 1) == 0);
    CHECK(align_up(0, 4) == 0);
    CHECK(align_up(1, 4) == 4);
    CHECK(align_up(4, 4) == 4);
    CHECK(align_up(5, 4) == 8);
    CHECK(align_up(7, 1) == 7);
    CHECK(align_up(u64_max - 4095, 4096) == u64_max - 4095);
    CHECK(align_up(u64_max - 8190, 4096) == u64_max - 4095);
    for (std::uint64_t step = 1; step != 0; step <<= 1) {
        CHECK(align_up(step, step) == step);
        CHECK(align_up(1, step) == step);
    }
}
