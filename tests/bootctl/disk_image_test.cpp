// SPDX-License-Identifier: MIT
#include "bootctl/disk_image.hpp"
#include "tests/bootctl/fat_image.hpp"
#include "tests/catch.hpp"

using namespace kindling;

namespace {

std::vector<std::byte> disk_with_table(unsigned size_kib) {
    tests::TemporaryDirectory directory;
    std::string path = directory.path() + "/disk";
    auto made = tests::run("truncate -s " + std::to_string(size_kib) + "K " + path +
                           " && sgdisk -a 1 -o -n 1:64:127 -t 1:ef00 " + path);
    INFO(made.output);
    REQUIRE(made.status == 0);
    auto bytes = host::read_file(path, 1 << 20);
    REQUIRE(bytes);
    return std::move(*bytes);
}

} // namespace

TEST_CASE("a disk cut at every byte of its table is refused", "[disk_image]") {
    auto bytes = disk_with_table(128);
    tests::RecordingStorage whole(bytes);
    auto image = read_disk_image(whole);
    REQUIRE(image);
    CHECK(image->block_size == 512);
    CHECK(image->esp.offset == 64 * 512);
    CHECK(image->esp.size_bytes == 64 * 512);
    CHECK(image->gpt_event.size() == 92 + 8 + 128);
    for (std::size_t size = 0; size < 128 * 512; size += size < 1500 ? 1 : 512) {
        tests::RecordingStorage cut(
            {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)});
        auto read = read_disk_image(cut);
        REQUIRE_FALSE(read);
        bool is_known = read.error().code == Errc::truncated || read.error().code == Errc::invalid;
        CHECK(is_known);
    }
}

TEST_CASE("every damaged byte of a table's header leads to the backup", "[disk_image]") {
    auto bytes = disk_with_table(128);
    tests::RecordingStorage whole(bytes);
    auto expected = read_disk_image(whole);
    REQUIRE(expected);
    for (std::size_t offset = 512; offset < 512 + 92; offset++) {
        auto damaged = bytes;
        damaged[offset] ^= std::byte{0x55};
        tests::RecordingStorage disk(damaged);
        CHECK(*has_gpt(disk));
        auto image = read_disk_image(disk);
        REQUIRE(image);
        CHECK(image->esp.offset == expected->esp.offset);
        CHECK(image->esp_id == expected->esp_id);
        CHECK(image->gpt_event.empty()); // nobody knows what firmware makes of it
    }
}

TEST_CASE("a disk whose tables are all broken is refused", "[disk_image]") {
    auto bytes = disk_with_table(128);
    bytes[512 + 60] ^= std::byte{0x55};
    bytes[127 * 1024 + 512 + 60] ^= std::byte{0x55};
    tests::RecordingStorage disk(bytes);
    CHECK(*has_gpt(disk));
    auto image = read_disk_image(disk);
    REQUIRE_FALSE(image);
    CHECK(image.error().code == Errc::invalid);
    CHECK(image.error().where == 16);
}

TEST_CASE("a file without table is no disk", "[disk_image]") {
    tests::RecordingStorage disk(std::vector<std::byte>(128 * 1024));
    CHECK_FALSE(*has_gpt(disk));
    auto image = read_disk_image(disk);
    REQUIRE_FALSE(image);
    CHECK(image.error().code == Errc::invalid);
}
