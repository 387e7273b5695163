// SPDX-License-Identifier: MIT
#include "base/crc32.hpp"
#include "tests/catch.hpp"

#include <random>
#include <zlib.h>

using namespace kindling;

namespace {

std::vector<std::byte> random_bytes(std::size_t size, std::uint32_t seed) {
    std::mt19937 random(seed);
    std::vector<std::byte> bytes(size);
    for (std::byte& each : bytes) each = static_cast<std::byte>(random() & 0xff);
    return bytes;
}

std::uint32_t zlib_crc32(Bytes bytes) {
    return static_cast<std::uint32_t>(
        ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

} // namespace

TEST_CASE("the CRC of known texts is the published one", "[crc32]") {
    CHECK(kindling::crc32({}) == 0);
    CHECK(kindling::crc32(to_bytes("123456789")) == 0xcbf43926);
    CHECK(kindling::crc32(to_bytes("a")) == 0xe8b7be43);
    CHECK(kindling::crc32(to_bytes("The quick brown fox jumps over the lazy dog")) == 0x414fa339);
    CHECK(kindling::crc32(to_bytes(std::string_view("\0\0\0\0", 4))) == 0x2144df1c);
    CHECK(kindling::crc32(to_bytes("\xff\xff\xff\xff")) == 0xffffffff);
}

TEST_CASE("the CRC agrees with zlib on random bytes of every small size", "[crc32]") {
    for (std::uint32_t size = 0; size < 600; size++) {
        auto bytes = random_bytes(size, size);
        if (kindling::crc32(bytes) != zlib_crc32(bytes)) FAIL("differs at size " << size);
    }
    auto large = random_bytes(1 << 20, 7);
    CHECK(kindling::crc32(large) == zlib_crc32(large));
}

TEST_CASE("the CRC of pieces is that of the whole, wherever it is cut", "[crc32]") {
    auto bytes = random_bytes(300, 3);
    std::uint32_t whole = zlib_crc32(bytes);
    for (std::size_t cut = 0; cut <= bytes.size(); cut++) {
        std::uint32_t front = kindling::crc32(Bytes(bytes).first(cut));
        if (kindling::crc32(Bytes(bytes).subspan(cut), front) != whole) FAIL("differs at " << cut);
    }
    std::uint32_t so_far = 0;
    for (std::byte each : bytes) so_far = kindling::crc32(Bytes(&each, 1), so_far);
    CHECK(so_far == whole);
}

TEST_CASE("any single changed bit changes the CRC", "[crc32]") {
    auto bytes = random_bytes(92, 4); // as long as a GPT header
    std::uint32_t before = kindling::crc32(bytes);
    for (std::size_t bit = 0; bit < 8 * bytes.size(); bit++) {
        std::byte mask{static_cast<unsigned char>(1u << bit % 8)};
        bytes[bit / 8] ^= mask;
        if (kindling::crc32(bytes) == before) FAIL("blind to bit " << bit);
        bytes[bit / 8] ^= mask;
    }
    CHECK(kindling::crc32(bytes) == before);
}
