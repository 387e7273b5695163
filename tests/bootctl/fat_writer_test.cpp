// SPDX-License-Identifier: MIT
#include "bootctl/fat_volume.hpp"
#include "bootctl/fat_writer.hpp"
#include "tests/bootctl/fat_image.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <fcntl.h>

using namespace kindling;

namespace {

struct Kind {
    const char* options;
    unsigned size_kib;
};

const Kind kinds[] = {
    {"-F 12 -s 1", 128},   {"-F 12 -s 4 -f 1", 720},      {"-F 16 -s 1", 2500},
    {"-F 32 -s 1", 34816}, {"-F 16 -s 1 -S 4096", 18000},
};

std::string pattern(std::size_t size, char seed) {
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; i++)
        text[i] =
            static_cast<char>('!' + (i * 7 + i / 512 + static_cast<unsigned char>(seed)) % 90);
    return text;
}

std::string read_text(fat::FatVolume& volume, std::string_view path) {
    auto info = volume.info(path);
    if (!info) return std::string("error: ") + info.error().what;
    std::vector<std::byte> bytes(info->size_bytes);
    auto size = volume.read(path, 0, bytes);
    if (!size) return std::string("error: ") + size.error().what;
    return std::string(to_text(Bytes(bytes).first(*size)));
}

/// What fsck.vfat may say about a file system whose writer was cut off.
bool is_harmless(const std::string& output) {
    std::string_view rest = output;
    while (!rest.empty()) {
        std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        bool known = false;
        for (const char* part :
             {"fsck.fat ", "Reclaim", "unused cluster", "Free cluster summary", "Auto-setting",
              "FATs differ but appear to be intact", "Leaving filesystem unchanged", " files, ",
              "Automatically", "Using first FAT", "1) Use first FAT"})
            known |= line.find(part) != std::string_view::npos;
        if (!known && !line.empty()) return false;
    }
    return true;
}

/// Writes what `storage` recorded to `image`, which is in the state before, sector by sector;
/// `check` gets the file system at every step.
template <class Check>
void cut_at_every_sector(const tests::FatImage& image, const tests::RecordingStorage& storage,
                         Check check) {
    auto fd = host::open_at(AT_FDCWD, image.path(), O_RDWR);
    REQUIRE(fd);
    auto writes = storage.sector_writes(512);
    for (std::size_t count = 0; count <= writes.size(); count++) {
        INFO("after " << count << " of " << writes.size() << " sectors");
        FileStorage cut(*fd, 0, storage.size_bytes());
        auto files = fat::FileSystem::open(cut);
        REQUIRE(files);
        fat::FatVolume volume(*files);
        check(volume);
        auto checked = image.check();
        INFO(checked.output);
        CHECK(is_harmless(checked.output));
        if (count < writes.size())
            REQUIRE(host::write_at(fd->get(), writes[count].offset, writes[count].bytes));
    }
}

} // namespace

TEST_CASE("files and directories we write are read by mtools and pass fsck", "[fat_writer]") {
    for (const Kind& kind : kinds) {
        INFO(kind.options);
        tests::FatImage image(kind.options, kind.size_kib);
        REQUIRE(image.made().status == 0);
        REQUIRE(image.put("/Existing File.txt", pattern(3000, 'e')).status == 0);
        tests::RecordingStorage storage(image.bytes());
        auto files = fat::FileSystem::open(storage);
        REQUIRE(files);
        auto writer = fat::Writer::open(*files, fat::to_stamp(1700000000));
        REQUIRE(writer);
        REQUIRE(writer->create_directory("/EFI"));
        REQUIRE(writer->create_directory("/EFI/kindling"));
        REQUIRE(writer->create_directory("loader"));
        std::string loader = pattern(20'001, 'k');
        REQUIRE(writer->replace_file("/EFI/kindling/kindling-bootx64.efi", to_bytes(loader)));
        REQUIRE(writer->replace_file("/loader/entries.srel", to_bytes("type1\n")));
        REQUIRE(writer->replace_file("/loader/empty.conf", {}));
        REQUIRE(writer->replace_file("/existing file.TXT", to_bytes("shorter")));
        REQUIRE(writer->replace_file("/loader/Grüße – €.conf", to_bytes("title x\n")));
        for (int i = 0; i < 40; i++)
            REQUIRE(writer->replace_file("/loader/a-rather-long-name-number-" + std::to_string(i) +
                                             ".conf",
                                         to_bytes(std::to_string(i))));
        REQUIRE(image.set_bytes(storage.bytes()));
        CHECK(image.get("/EFI/kindling/kindling-bootx64.efi").output == loader);
        CHECK(image.get("/loader/entries.srel").output == "type1\n");
        CHECK(image.get("/loader/empty.conf").output.empty());
        CHECK(image.get("/Existing File.txt").output == "shorter");
        CHECK(image.get("/loader/Grüße – €.conf").output == "title x\n");
        CHECK(image.get("/loader/a-rather-long-name-number-39.conf").output == "39");
        auto checked = image.check();
        INFO(checked.output);
        CHECK(checked.status == 0);
    }
}

TEST_CASE("a power cut while replacing a file leaves the old or the new one", "[fat_writer]") {
    for (const Kind& kind : {kinds[0], kinds[2], kinds[3]}) {
        INFO(kind.options);
        tests::FatImage image(kind.options, kind.size_kib);
        REQUIRE(image.make_directory("/EFI").status == 0);
        std::string old_text = pattern(4100, 'o'), new_text = pattern(5300, 'n');
        REQUIRE(image.put("/EFI/BOOTX64.EFI", old_text).status == 0);
        tests::RecordingStorage storage(image.bytes());
        auto files = fat::FileSystem::open(storage);
        REQUIRE(files);
        auto writer = fat::Writer::open(*files, {});
        REQUIRE(writer);
        REQUIRE(writer->replace_file("/EFI/BOOTX64.EFI", to_bytes(new_text)));
        bool seen_new = false;
        cut_at_every_sector(image, storage, [&](fat::FatVolume& volume) {
            std::string text = read_text(volume, "/EFI/BOOTX64.EFI");
            seen_new |= text == new_text;
            CHECK(text == (seen_new ? new_text : old_text));
        });
        CHECK(seen_new);
        CHECK(image.check().status == 0);
    }
}

TEST_CASE("a power cut while creating a file leaves none or the whole", "[fat_writer]") {
    for (const Kind& kind : {kinds[0], kinds[2], kinds[3]}) {
        // Thirteen members make the new entry cross a sector, thirty a new cluster.
        for (int members : {0, 6, 7, 30}) {
            INFO(kind.options << ", " << members << " members");
            tests::FatImage image(kind.options, kind.size_kib);
            REQUIRE(image.make_directory("/loader").status == 0);
            for (int i = 0; i < members; i++)
                REQUIRE(image.put("/loader/x" + std::to_string(i), "x").status == 0);
            tests::RecordingStorage storage(image.bytes());
            auto files = fat::FileSystem::open(storage);
            REQUIRE(files);
            auto writer = fat::Writer::open(*files, {});
            REQUIRE(writer);
            std::string contents = pattern(1500, 'c');
            std::string path = "/loader/a name of three slots.conf";
            REQUIRE(writer->replace_file(path, to_bytes(contents)));
            bool seen = false;
            cut_at_every_sector(image, storage, [&](fat::FatVolume& volume) {
                auto listed = volume.list("/loader");
                REQUIRE(listed);
                bool exists = volume.info(path).has_value();
                CHECK(listed->size() == static_cast<std::size_t>(members) + exists);
                CHECK((exists || !seen));
                seen |= exists;
                if (exists) CHECK(read_text(volume, path) == contents);
            });
            CHECK(seen);
            CHECK(image.check().status == 0);
        }
    }
}

TEST_CASE("renaming keeps the contents and takes one sector if the name is no longer",
          "[fat_writer]") {
    tests::FatImage image("-F 32 -s 1", 34816);
    REQUIRE(image.put("/debian+3-0.conf", "title Debian\n").status == 0);
    REQUIRE(image.put("/other.conf", "x").status == 0);
    tests::RecordingStorage storage(image.bytes());
    auto files = fat::FileSystem::open(storage);
    REQUIRE(files);
    fat::FatVolume volume(*files);
    REQUIRE(volume.rename("/debian+3-0.conf", "debian+2-1.conf"));
    CHECK(storage.sector_writes(512).size() == 1);
    CHECK(read_text(volume, "/debian+2-1.conf") == "title Debian\n");
    CHECK(volume.info("/debian+3-0.conf").error().code == Errc::not_found);
    CHECK(volume.rename("/debian+2-1.conf", "OTHER.conf").error().code == Errc::exists);
    CHECK(volume.rename("/no", "b").error().code == Errc::not_found);
    REQUIRE(volume.rename("/debian+2-1.conf", "a-name-that-is-so-long-that-it-needs-more.conf"));
    CHECK(read_text(volume, "/a-name-that-is-so-long-that-it-needs-more.conf") == "title Debian\n");
    REQUIRE(volume.rename("/a-name-that-is-so-long-that-it-needs-more.conf", "SHORT.TXT"));
    REQUIRE(image.set_bytes(storage.bytes()));
    CHECK(image.get("/SHORT.TXT").output == "title Debian\n");
    auto checked = image.check();
    INFO(checked.output);
    CHECK(checked.status == 0);
}

TEST_CASE("what cannot be written says why and changes nothing that is read", "[fat_writer]") {
    tests::FatImage image("-F 12 -s 1", 128);
    REQUIRE(image.put("/A.TXT", "a").status == 0);
    REQUIRE(image.put("/READ.ONL", "r").status == 0);
    REQUIRE(tests::run("mattrib +r -i " + image.path() + " ::/READ.ONL").status == 0);
    tests::RecordingStorage storage(image.bytes());
    auto files = fat::FileSystem::open(storage);
    REQUIRE(files);
    auto writer = fat::Writer::open(*files, {});
    REQUIRE(writer);
    auto full = writer->replace_file("/A.TXT", to_bytes(std::string(200'000, 'x')));
    REQUIRE_FALSE(full);
    CHECK(full.error().code == Errc::no_space);
    CHECK(writer->replace_file("/READ.ONL", {}).error().code == Errc::denied);
    CHECK(writer->replace_file("/no/A.TXT", {}).error().code == Errc::not_found);
    CHECK(writer->replace_file("/A.TXT/B", {}).error().code == Errc::invalid);
    CHECK(writer->replace_file("/", {}).error().code == Errc::invalid);
    CHECK(writer->replace_file("/a?b", {}).error().code == Errc::invalid);
    CHECK(writer->replace_file("/a.", {}).error().code == Errc::invalid);
    CHECK(writer->create_directory("/A.TXT").error().code == Errc::exists);
    CHECK(writer->replace_file("/../x", {}).error().code == Errc::invalid);
    CHECK(storage.sector_writes(512).empty());
}

TEST_CASE("times before 1980 and after 2107 become the nearest FAT can store", "[fat_writer]") {
    CHECK(fat::to_stamp(0).date == 0x0021);
    CHECK(fat::to_stamp(315532800).date == 0x0021);
    CHECK(fat::to_stamp(~0ULL).date == (127 << 9 | 12 << 5 | 31));
    fat::Stamp stamp = fat::to_stamp(1709210096); // 2024-02-29 12:34:56
    CHECK(stamp.date == (44 << 9 | 2 << 5 | 29));
    CHECK(stamp.time == (12 << 11 | 34 << 5 | 28));
}
