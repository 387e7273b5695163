// SPDX-License-Identifier: MIT
#include "bootctl/fat_volume.hpp"
#include "tests/bootctl/fat_image.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/virtual_loop.hpp"

#include <algorithm>
#include <set>

using namespace kindling;

namespace {

void put_u16(std::vector<std::byte>& bytes, std::size_t offset, std::uint32_t value) {
    bytes[offset] = static_cast<std::byte>(value & 0xff);
    bytes[offset + 1] = static_cast<std::byte>(value >> 8 & 0xff);
}

/// A FAT12 image with a directory and a file of two clusters in it.
std::vector<std::byte> small_image() {
    tests::FatImage image("-F 12 -s 1 -f 1 -r 16", 64);
    REQUIRE(image.make_directory("/LOADER").status == 0);
    REQUIRE(image.put("/LOADER/a long file name.conf", std::string(700, 'x')).status == 0);
    return image.bytes();
}

constexpr std::string_view file_path = "/loader/A Long File Name.CONF";

Result<std::size_t> read_file(std::vector<std::byte> bytes) {
    tests::RecordingStorage storage(std::move(bytes));
    auto files = fat::FileSystem::open(storage);
    if (!files) return files.error();
    fat::FatVolume volume(*files);
    std::vector<std::byte> contents(1000);
    return volume.read(file_path, 0, contents);
}

/// Every path below `directory`, as `mdir -/ -b` prints it.
void collect(fat::FatVolume& volume, const std::string& directory, std::set<std::string>& paths) {
    auto members = volume.list(directory);
    REQUIRE(members);
    for (const FileInfo& member : *members) {
        std::string path = directory + "/" + member.name;
        paths.insert(member.is_directory ? path + "/" : path);
        if (member.is_directory) collect(volume, path, paths);
    }
}

} // namespace

TEST_CASE("a tree that mtools wrote is listed as mtools lists it", "[fat]") {
    for (auto [options, size_kib] : {std::pair{"-F 12 -s 1", 512u},
                                     {"-F 16 -s 1", 8000u},
                                     {"-F 12 -s 4", 2000u},
                                     {"-F 32 -s 1", 34816u}}) {
        tests::FatImage image(options, size_kib);
        for (const char* directory : {"/EFI", "/EFI/Linux", "/loader", "/loader/entries"})
            REQUIRE(image.make_directory(directory).status == 0);
        std::string large(100'000, 'L');
        for (std::size_t i = 0; i < large.size(); i++)
            large[i] = static_cast<char>('a' + i / 7 % 26);
        REQUIRE(image.put("/EFI/Linux/a kernel with a long name.efi", large).status == 0);
        for (int i = 0; i < 30; i++)
            REQUIRE(image.put("/loader/entries/entry-" + std::to_string(i) + ".conf", "x").status ==
                    0);
        REQUIRE(image.put("/loader/entries/Grüße.conf", "y").status == 0);
        tests::RecordingStorage storage(image.bytes());
        auto files = fat::FileSystem::open(storage);
        REQUIRE(files);
        fat::FatVolume volume(*files);
        std::set<std::string> ours, theirs;
        collect(volume, "", ours);
        std::string listing = tests::run("mdir -/ -b -i " + image.path() + " ::").output;
        for (std::size_t start = 0; start < listing.size();) {
            std::size_t end = listing.find('\n', start);
            theirs.insert(listing.substr(start + 2, end - start - 2));
            start = end + 1;
        }
        CHECK(ours == theirs);
        // In pieces, forwards and backwards.
        std::string text(large.size(), ' ');
        auto bytes = std::as_writable_bytes(std::span(text));
        for (std::size_t offset = 0; offset < text.size(); offset += 999) {
            auto piece = bytes.subspan(offset, std::min<std::size_t>(999, text.size() - offset));
            CHECK(volume.read("EFI/LINUX/A KERNEL WITH A LONG NAME.EFI", offset, piece).value() ==
                  piece.size());
        }
        CHECK(text == large);
        CHECK(volume.read("/efi/linux/AKERNE~1.EFI", 5, bytes).value() == large.size() - 5);
    }
}

TEST_CASE("fibers read different files at once, whoever waits for the disk", "[fat]") {
    /// A disk that always makes its reader wait.
    class SlowStorage : public tests::RecordingStorage {
    public:
        using RecordingStorage::RecordingStorage;
        Result<void> read(std::uint64_t offset, MutableBytes into) override {
            TRY(fiber::this_fiber::yield());
            return RecordingStorage::read(offset, into);
        }
    };
    tests::FatImage image("-F 32 -s 1", 34816);
    std::vector<std::string> contents;
    for (int i = 0; i < 5; i++) {
        std::string text(30'000 + 1000 * static_cast<std::size_t>(i), ' ');
        for (std::size_t k = 0; k < text.size(); k++)
            text[k] = static_cast<char>('a' + (k / 11 + static_cast<std::size_t>(i)) % 26);
        REQUIRE(image.put("/file" + std::to_string(i), text).status == 0);
        contents.push_back(std::move(text));
    }
    SlowStorage storage(std::move(*host::read_file(image.path(), 64 << 20)));
    auto files = fat::FileSystem::open(storage);
    REQUIRE(files);
    fat::FatVolume volume(*files);
    fiber::VirtualLoop here;
    int right = 0;
    auto result = here.run([&]() -> Result<void> {
        fiber::Group group;
        for (std::size_t i = 0; i < contents.size(); i++)
            TRY(group.spawn("reader", [&, i]() -> Result<void> {
                std::vector<std::byte> into(contents[i].size());
                // In pieces, so that a place in the chain is kept between the calls.
                for (std::size_t at = 0; at < into.size();)
                    at += TRY(volume.read("/file" + std::to_string(i), at,
                                          MutableBytes(into).subspan(
                                              at, std::min<std::size_t>(7'000, into.size() - at))));
                right += to_text(into) == contents[i];
                return {};
            }));
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(right == 5);
}

TEST_CASE("paths that name nothing readable are refused", "[fat]") {
    tests::RecordingStorage storage(small_image());
    auto files = fat::FileSystem::open(storage);
    REQUIRE(files);
    fat::FatVolume volume(*files);
    CHECK(volume.info("").value().is_directory);
    CHECK(volume.info("/no").error().code == Errc::not_found);
    CHECK(volume.info("/no/x").error().code == Errc::not_found);
    CHECK(volume.info("/loader/..").error().code == Errc::invalid);
    CHECK(volume.list(file_path).error().code == Errc::invalid);
    CHECK(volume.list("/no").error().code == Errc::not_found);
    CHECK(volume.info(std::string(file_path) + "/x").error().code == Errc::invalid);
    CHECK(volume.read("/loader", 0, {}).error().code == Errc::invalid);
    CHECK(volume.read("/", 0, {}).error().code == Errc::invalid);
}

TEST_CASE("a boot sector that contradicts itself is refused where it does", "[fat]") {
    auto bytes = small_image();
    auto [offset, value, code, where] =
        GENERATE(table<std::size_t, std::uint32_t, Errc, std::uint64_t>({
            {510, 0, Errc::invalid, 510},
            {0, 0x90, Errc::invalid, 0},
            {11, 0, Errc::invalid, 11},
            {11, 768, Errc::invalid, 11},
            {11, 8192, Errc::invalid, 11},
            {13, 0x100, Errc::invalid, 13},
            {13, 0x103, Errc::invalid, 13},
            {14, 0, Errc::invalid, 14},
            {16, 0x1000, Errc::invalid, 16},
            {16, 0x1005, Errc::too_large, 16},
            {17, 0, Errc::invalid, 17},
            {19, 60000, Errc::truncated, 32},
            {19, 3, Errc::invalid, 32},
            {14, 60000, Errc::invalid, 32},
            {22, 60000, Errc::invalid, 32},
        }));
    INFO(offset << " = " << value);
    put_u16(bytes, offset, value);
    auto opened = fat::parse_boot_sector(Bytes(bytes).first(512), bytes.size());
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == code);
    CHECK(opened.error().where == where);
}

TEST_CASE("chains that loop, break or leave the file system end in an error", "[fat]") {
    auto bytes = small_image();
    REQUIRE(read_file(bytes).value() == 700);
    // One reserved sector, one table: /LOADER is cluster 2, the file 3 and 4.
    auto set_entry = [&](std::uint32_t cluster, std::uint32_t value) {
        fat::set_entry(MutableBytes(bytes).subspan(512, 512), fat::Type::fat12, cluster, value);
    };
    SECTION("a directory that loops") {
        set_entry(2, 2);
    }
    SECTION("a directory whose chain leads into free space") {
        set_entry(2, 9);
    }
    SECTION("a directory cut off by a bad cluster") {
        set_entry(2, 0xff7);
    }
    SECTION("a file whose chain is too short") {
        set_entry(3, 0xfff);
    }
    SECTION("a file whose next cluster is outside") {
        set_entry(3, 0xf00);
    }
    SECTION("a file whose next cluster is free") {
        set_entry(3, 0);
    }
    auto read = read_file(bytes);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Errc::invalid);
}

TEST_CASE("a file larger than the file system is refused", "[fat]") {
    auto bytes = small_image();
    std::size_t slot = to_text(bytes).find("ALONGF~1");
    REQUIRE(slot != std::string_view::npos);
    put_u16(bytes, slot + 30, 0xffff);
    CHECK(read_file(bytes).error().code == Errc::invalid);
}

TEST_CASE("an image cut at every sector is truncated or reads as it did", "[fat]") {
    auto bytes = small_image();
    for (std::size_t size = 0; size < bytes.size(); size += size < 512 ? 1 : 512) {
        auto read = read_file({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)});
        REQUIRE_FALSE(read);
        CHECK(read.error().code == Errc::truncated);
    }
}

TEST_CASE("no damaged byte makes the reader crash or hang", "[fat]") {
    auto bytes = small_image();
    for (std::size_t offset = 0; offset < 6 * 512; offset++)
        for (unsigned value : {0x00u, 0xffu, 0x40u}) {
            auto damaged = bytes;
            damaged[offset] = static_cast<std::byte>(value);
            auto read = read_file(std::move(damaged));
            if (read) CHECK(*read <= 1000);
        }
}
