// SPDX-License-Identifier: MIT
#include "cpio/newc.hpp"
#include "tests/catch.hpp"

#include <string>

using namespace kindling;
using namespace kindling::cpio;

TEST_CASE("a header holds thirteen fields of eight lower-case digits, then the name", "[newc]") {
    std::vector<std::byte> record(200, std::byte{0xff});
    Header header{.inode = 0xabcdef01,
                  .mode = type_file | 0644,
                  .uid = 2,
                  .gid = 3,
                  .links = 4,
                  .mtime_s = 5,
                  .size_bytes = 0xffffffff,
                  .device_major = 7,
                  .device_minor = 8,
                  .rdevice_major = 9,
                  .rdevice_minor = 10,
                  .checksum = 11};
    CHECK(write_header(record, header, "a/b") == 116);
    std::string expected = "070701abcdef01000081a4000000020000000300000004"
                           "00000005ffffffff000000070000000800000009"
                           "0000000a000000040000000b"
                           "a/b";
    expected.append(3, '\0');
    CHECK(to_text(Bytes(record).first(116)) == expected);
    CHECK(record[116] == std::byte{0xff});
}

TEST_CASE("the trailer spells its name size with an upper-case B", "[newc]") {
    std::vector<std::byte> record(trailer_size_bytes, std::byte{0xff});
    CHECK(write_trailer(record) == 124);
    std::string expected = "070701" + std::string(32, '0') + "00000001" + std::string(48, '0') +
                           "0000000B" + std::string(8, '0') + "TRAILER!!!" + std::string(4, '\0');
    CHECK(to_text(record) == expected);
}

TEST_CASE("a record is padded to a multiple of four after name and contents", "[newc]") {
    auto [name, contents, size] = GENERATE(table<std::uint64_t, std::uint64_t, std::uint64_t>({
        {1, 0, 112},
        {2, 0, 116},
        {5, 0, 116},
        {6, 0, 120},
        {1, 1, 116},
        {1, 4, 116},
        {1, 5, 120},
        {name_max, 0, 4208},
        {1, 0xfffffffc, 0xfffffffcULL + 112},
        {1, 0xfffffffd, 0x100000000ULL + 112},
        {1, 0xffffffff, 0x100000000ULL + 112},
    }));
    CHECK(record_size(name, contents).value() == size);
}

TEST_CASE("a record over the limits of the format is refused", "[newc]") {
    auto [name, contents] = GENERATE(table<std::uint64_t, std::uint64_t>({
        {name_max + 1, 0},
        {~std::uint64_t{0}, 0},
        {1, 0x100000000},
        {1, ~std::uint64_t{0}},
    }));
    auto size = record_size(name, contents);
    REQUIRE_FALSE(size);
    CHECK(size.error().code == Errc::too_large);
}

TEST_CASE("padding is written only up to the next multiple of four", "[newc]") {
    std::vector<std::byte> bytes(4, std::byte{0xff});
    CHECK(write_padding(bytes, 8) == 0);
    CHECK(write_padding(MutableBytes(), 8) == 0);
    CHECK(write_padding(bytes, 5) == 3);
    CHECK(bytes[2] == std::byte{0});
    CHECK(bytes[3] == std::byte{0xff});
}

TEST_CASE("a base name is one plain component", "[newc]") {
    CHECK(is_member_base_name("a"));
    CHECK(is_member_base_name("..."));
    CHECK(is_member_base_name(std::string(1, '\x7f')));
    for (std::string_view name : {"", ".", "..", "a/b", "/", "\x80"})
        CHECK_FALSE(is_member_base_name(name));
    CHECK_FALSE(is_member_base_name(std::string_view("a\0b", 3)));
}
