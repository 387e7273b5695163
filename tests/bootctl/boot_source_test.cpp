// SPDX-License-Identifier: MIT
#include "bootctl/boot_source.hpp"
#include "bootctl/install.hpp"
#include "tests/bootctl/fat_image.hpp"
#include "tests/catch.hpp"

#include <fcntl.h>
#include <sys/file.h>

using namespace kindling;

namespace {

const std::string loader = "MZ #### LoaderInfo: kindling 1.0 ####";

/// A disk image with an ESP of 2 MiB and an XBOOTLDR of 1 MiB.
struct Disk {
    tests::TemporaryDirectory directory;
    std::string path = directory.path() + "/disk.img";

    Disk() {
        auto made = tests::run("truncate -s 5M " + path +
                               " && sgdisk -o -n 1:2048:+2M -t 1:ef00 -u "
                               "1:11111111-2222-3333-4444-555555555555 -n 2:6144:+1M -t 2:ea00 " +
                               path + " && mkfs.vfat -F 12 -h 2048 --offset=2048 " + path +
                               " 2048 && mkfs.vfat -F 12 --offset=6144 " + path + " 1024");
        INFO(made.output);
        REQUIRE(made.status == 0);
    }
    SourceOptions options() const {
        SourceOptions options;
        options.image = path;
        return options;
    }
};

Error error_of(const SourceOptions& options) {
    auto source = BootSource::open(options);
    REQUIRE_FALSE(source);
    return source.error();
}

} // namespace

TEST_CASE("a disk image gives its ESP and XBOOTLDR for reading and writing", "[boot_source]") {
    Disk disk;
    auto options = disk.options();
    options.is_writable = true;
    options.now_s = 1700000000;
    {
        auto source = BootSource::open(options);
        REQUIRE(source);
        BootSource& opened = **source;
        REQUIRE(opened.xbootldr());
        CHECK(to_text(opened.disk()->esp_id) == "11111111-2222-3333-4444-555555555555");
        CHECK(opened.disk()->esp.offset == 2048 * 512);
        CHECK(opened.disk()->esp.size_bytes == 2 * 1024 * 1024);
        CHECK(opened.disk()->gpt_event.size() == 92 + 8 + 2 * 128);
        auto report = install(opened.esp_target(), opened.xbootldr_target(),
                              {to_bytes(loader), "loader.efi"});
        CHECK_FALSE(report.failure);
        CHECK(opened.esp().info("efi/boot/bootx64.efi").value().size_bytes == loader.size());
        CHECK(error_of(options).code == Errc::denied); // locked
    }
    CHECK(tests::run("mtype -i " + disk.path + "@@1M ::/EFI/BOOT/BOOTX64.EFI").output == loader);
    CHECK(tests::run("mtype -i " + disk.path + "@@3M ::/loader/entries.srel").output == "type1\n");
    CHECK(tests::run("sgdisk -v " + disk.path).output.find("No problems found") !=
          std::string::npos);
}

TEST_CASE("an image opened for reading is not written", "[boot_source]") {
    Disk disk;
    auto source = BootSource::open(disk.options());
    REQUIRE(source);
    auto report = install((*source)->esp_target(), nullptr, {to_bytes(loader), "loader.efi"});
    REQUIRE(report.failure);
    CHECK(report.failure_code == Errc::denied);
}

TEST_CASE("an image that is a FAT file system itself is the ESP", "[boot_source]") {
    tests::FatImage image("-F 12", 256);
    REQUIRE(image.put("/A.TXT", "a").status == 0);
    SourceOptions options;
    options.image = image.path();
    auto source = BootSource::open(options);
    REQUIRE(source);
    CHECK((*source)->esp().info("a.txt").value().size_bytes == 1);
    CHECK((*source)->disk() == nullptr);
    CHECK((*source)->xbootldr() == nullptr);
    CHECK((*source)->esp_target().name_of("/A.TXT") == image.path() + ":/A.TXT");
}

TEST_CASE("a damaged partition table is read from its backup", "[boot_source]") {
    Disk disk;
    auto fd = host::open_at(AT_FDCWD, disk.path, O_RDWR);
    REQUIRE(fd);
    std::uint64_t offset = GENERATE(512u, 512u + 40, 1024u + 40);
    REQUIRE(host::write_at(fd->get(), offset, to_bytes("x")));
    auto source = BootSource::open(disk.options());
    REQUIRE(source);
    CHECK((*source)->disk()->esp.offset == 2048 * 512);
    CHECK((*source)->disk()->gpt_event.empty());
}

TEST_CASE("a disk without a good partition table is refused", "[boot_source]") {
    Disk disk;
    auto fd = host::open_at(AT_FDCWD, disk.path, O_RDWR);
    REQUIRE(fd);
    SECTION("both headers damaged") {
        REQUIRE(host::write_at(fd->get(), 512 + 40, to_bytes("x")));
        REQUIRE(host::write_at(fd->get(), 5 * 1024 * 1024 - 512 + 40, to_bytes("x")));
        CHECK(error_of(disk.options()).code == Errc::invalid);
        CHECK(error_of(disk.options()).where == 16);
    }
    SECTION("an end before the ESP's") {
        REQUIRE(::ftruncate(fd->get(), 2 * 1024 * 1024) == 0);
        CHECK(error_of(disk.options()).code == Errc::truncated);
    }
    SECTION("no ESP") {
        REQUIRE(tests::run("sgdisk -t 1:8300 " + disk.path).status == 0);
        CHECK(error_of(disk.options()).code == Errc::not_found);
    }
}

TEST_CASE("directories are used as named, XBOOTLDR only if it is another one", "[boot_source]") {
    tests::TemporaryDirectory esp, boot;
    SourceOptions options;
    options.esp_path = esp.path();
    CHECK(BootSource::open(options).value()->xbootldr() == nullptr);
    options.boot_path = esp.path();
    CHECK(BootSource::open(options).value()->xbootldr() == nullptr);
    options.boot_path = boot.path();
    CHECK(BootSource::open(options).value()->xbootldr() != nullptr);
}

TEST_CASE("what cannot be opened is explained with its path and a remedy", "[boot_source]") {
    tests::TemporaryDirectory empty;
    SourceOptions options;
    auto text = [&] {
        Notice notice = explain(options, error_of(options));
        CHECK_FALSE(notice.hint.empty());
        return notice.text;
    };
    options.root = empty.path();
    CHECK(text() == "no EFI system partition is mounted at /efi, /boot or /boot/efi");
    options.esp_path = empty.path() + "/no";
    CHECK(text() ==
          "cannot use \"" + *options.esp_path + "\": cannot open: No such file or directory");
    options.esp_path = empty.path();
    options.boot_path = empty.path() + "/no";
    CHECK(text() == "cannot use \"" + *options.boot_path +
                        "\": cannot open the boot path: No such file or directory");
    options = {};
    options.image = empty.path() + "/text";
    REQUIRE(host::write_file_atomically(*options.image, to_bytes(std::string(2000, 'x'))));
    CHECK(text() ==
          "cannot use \"" + *options.image + "\": not a FAT file system: no boot sector signature");
    options.image = "/dev/null";
    CHECK(error_of(options).code == Errc::invalid);
    options.esp_path = "/efi";
    CHECK(error_of(options).code == Errc::invalid);
}
