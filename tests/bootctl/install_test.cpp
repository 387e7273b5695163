// SPDX-License-Identifier: MIT
#include "bootctl/install.hpp"
#include "host/files.hpp"
#include "tests/bootctl/fat_image.hpp"
#include "tests/catch.hpp"

#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

using namespace kindling;

namespace {

const std::string loader_1 = "MZ one #### LoaderInfo: kindling 1.0 ####" + std::string(3000, '1');
const std::string loader_2 = "MZ two #### LoaderInfo: kindling 2.0 ####" + std::string(9000, '2');
const std::string foreign = "MZ #### LoaderInfo: systemd-boot 252 ####";

InstallOptions options_for(const std::string& loader) {
    return {to_bytes(loader), "loader.efi"};
}

/// An empty directory as ESP.
struct Esp {
    tests::TemporaryDirectory directory;
    DirectoryVolume volume;
    DirectoryTarget target;

    Esp() : volume(DirectoryVolume::open(directory.path()).value()), target(volume, "/esp/") {}
    std::string text(const std::string& path) const {
        auto contents = host::read_file(directory.path() + "/" + path, 1 << 20);
        return contents ? std::string(to_text(*contents)) : "(none)";
    }
    void put(const std::string& path, const std::string& text) const {
        REQUIRE(host::write_file_atomically(directory.path() + "/" + path, to_bytes(text)));
    }
};

} // namespace

TEST_CASE("install makes a bootable ESP and says each change once", "[install]") {
    Esp esp;
    auto report = install(esp.target, nullptr, options_for(loader_1));
    CHECK_FALSE(report.failure);
    CHECK(report.warnings.empty());
    CHECK(report.changes ==
          std::vector<std::string>{
              "created directory \"/esp/EFI\"", "created directory \"/esp/EFI/kindling\"",
              "created directory \"/esp/EFI/BOOT\"", "created directory \"/esp/loader\"",
              "created directory \"/esp/loader/entries\"",
              "created \"/esp/EFI/kindling/kindling-bootx64.efi\" with \"loader.efi\"",
              "created \"/esp/EFI/BOOT/BOOTX64.EFI\" with \"loader.efi\"",
              "created \"/esp/loader/loader.conf\"", "created \"/esp/loader/entries.srel\""});
    CHECK(esp.text("EFI/kindling/kindling-bootx64.efi") == loader_1);
    CHECK(esp.text("EFI/BOOT/BOOTX64.EFI") == loader_1);
    CHECK(esp.text("loader/entries.srel") == "type1\n");

    auto again = install(esp.target, nullptr, options_for(loader_1));
    CHECK_FALSE(again.failure);
    CHECK(again.changes.empty());
}

TEST_CASE("install replaces our own older loader and nothing a person wrote", "[install]") {
    Esp esp;
    REQUIRE_FALSE(install(esp.target, nullptr, options_for(loader_1)).failure);
    esp.put("loader/loader.conf", "timeout 9\n");
    auto report = install(esp.target, nullptr, options_for(loader_2));
    CHECK(report.changes ==
          std::vector<std::string>{
              "replaced \"/esp/EFI/kindling/kindling-bootx64.efi\" with \"loader.efi\"",
              "replaced \"/esp/EFI/BOOT/BOOTX64.EFI\" with \"loader.efi\""});
    CHECK(esp.text("EFI/BOOT/BOOTX64.EFI") == loader_2);
    CHECK(esp.text("loader/loader.conf") == "timeout 9\n");
}

TEST_CASE("another product's loader stays unless forced, and then as a backup", "[install]") {
    Esp esp;
    REQUIRE(esp.target.create_directory("efi"));
    REQUIRE(esp.target.create_directory("EFI/Boot"));
    REQUIRE(esp.target.replace_file("EFI/BOOT/bootx64.efi", to_bytes(foreign)));
    auto report = install(esp.target, nullptr, options_for(loader_1));
    CHECK_FALSE(report.failure);
    REQUIRE(report.warnings.size() == 1);
    CHECK(report.warnings[0].text ==
          "left \"/esp/EFI/BOOT/BOOTX64.EFI\" alone: it belongs to \"systemd-boot\"");
    CHECK(report.warnings[0].hint.find("--force") != std::string::npos);
    CHECK(esp.text("efi/Boot/bootx64.efi") == foreign);

    auto forced = options_for(loader_1);
    forced.force = true;
    report = install(esp.target, nullptr, forced);
    CHECK_FALSE(report.failure);
    CHECK(report.changes.size() == 2);
    CHECK(esp.text("efi/Boot/bootx64.efi") == loader_1);
    CHECK(esp.text("efi/Boot/BOOTX64.EFI.bak") == foreign);

    esp.put("efi/Boot/bootx64.efi", "MZ a third");
    report = install(esp.target, nullptr, forced);
    REQUIRE(report.failure);
    CHECK(report.failure_code == Errc::exists);
    CHECK(esp.text("efi/Boot/bootx64.efi") == "MZ a third");
    CHECK(esp.text("efi/Boot/BOOTX64.EFI.bak") == foreign);
}

TEST_CASE("a dry run says the same with would and writes nothing", "[install]") {
    Esp esp;
    auto options = options_for(loader_1);
    options.dry_run = true;
    auto planned = install(esp.target, nullptr, options);
    CHECK(esp.directory.members().empty());
    options.dry_run = false;
    auto real = install(esp.target, nullptr, options);
    REQUIRE(planned.changes.size() == real.changes.size());
    for (std::size_t i = 0; i < real.changes.size(); i++) {
        CHECK(planned.changes[i].starts_with("would create "));
        CHECK(real.changes[i].starts_with("created "));
        CHECK(planned.changes[i].substr(12) == real.changes[i].substr(7));
    }
}

TEST_CASE("entries go to XBOOTLDR if there is one", "[install]") {
    Esp esp, boot;
    auto report = install(esp.target, &boot.target, options_for(loader_1));
    CHECK_FALSE(report.failure);
    CHECK(boot.text("loader/entries.srel") == "type1\n");
    CHECK(esp.text("loader/entries.srel") == "(none)");
    CHECK(esp.text("EFI/BOOT/BOOTX64.EFI") == loader_1);
}

TEST_CASE("what is no loader of ours is refused before anything is written", "[install]") {
    Esp esp;
    for (const std::string& loader :
         {std::string(), foreign, std::string("#### LoaderInfo: kindling 1 ####"),
          std::string("MZ #### LoaderInfo: kindling 1")}) {
        auto report = install(esp.target, nullptr, options_for(loader));
        REQUIRE(report.failure);
        CHECK(report.failure_code == Errc::invalid);
        CHECK(report.failure->hint.find("--loader=") != std::string::npos);
    }
    CHECK(esp.directory.members().empty());
}

TEST_CASE("what is in the way is named", "[install]") {
    Esp esp;
    esp.put("loader", "a file");
    auto report = install(esp.target, nullptr, options_for(loader_1));
    REQUIRE(report.failure);
    CHECK(report.failure->text == "cannot create \"/esp/loader\": a file has its name");
    CHECK_FALSE(report.failure->hint.empty());
}

TEST_CASE("a symbolic link on the ESP is not written through", "[install]") {
    Esp esp;
    REQUIRE(::symlink("/tmp", (esp.directory.path() + "/EFI").c_str()) == 0);
    auto report = install(esp.target, nullptr, options_for(loader_1));
    REQUIRE(report.failure);
    CHECK(report.failure->text == "cannot create \"/esp/EFI\": is a symbolic link");
}

TEST_CASE("a directory that must not be written names the remedy", "[install]") {
    if (::geteuid() == 0) return; // root may write everywhere
    Esp esp;
    REQUIRE(::chmod(esp.directory.path().c_str(), 0555) == 0);
    auto report = install(esp.target, nullptr, options_for(loader_1));
    REQUIRE(::chmod(esp.directory.path().c_str(), 0755) == 0);
    REQUIRE(report.failure);
    CHECK(report.failure_code == Errc::denied);
    CHECK(report.failure->text ==
          "cannot create \"/esp/EFI\": cannot create the directory: Permission denied");
    CHECK_FALSE(report.failure->hint.empty());
}

TEST_CASE("install works in an image, twice, and mtools and fsck agree", "[install]") {
    for (auto [options, size_kib] : {std::pair{"-F 12", 512u}, {"-F 32 -s 1", 34816u}}) {
        tests::FatImage image(options, size_kib);
        tests::RecordingStorage storage(image.bytes());
        auto files = fat::FileSystem::open(storage);
        REQUIRE(files);
        FatTarget target(*files, "disk.img", {});
        auto report = install(target, nullptr, options_for(loader_1));
        CHECK_FALSE(report.failure);
        REQUIRE(report.changes.size() == 9);
        CHECK(report.changes[0] == "created directory \"disk.img:/EFI\"");
        std::size_t writes = storage.sector_writes(512).size();
        CHECK(install(target, nullptr, options_for(loader_1)).changes.empty());
        CHECK(storage.sector_writes(512).size() == writes);
        CHECK(install(target, nullptr, options_for(loader_2)).changes.size() == 2);
        REQUIRE(image.set_bytes(storage.bytes()));
        CHECK(image.get("/EFI/kindling/kindling-bootx64.efi").output == loader_2);
        CHECK(image.get("/EFI/BOOT/BOOTX64.EFI").output == loader_2);
        CHECK(image.get("/loader/entries.srel").output == "type1\n");
        auto checked = image.check();
        INFO(checked.output);
        CHECK(checked.status == 0);
    }
}

TEST_CASE("a full image keeps the old loader and says so", "[install]") {
    tests::FatImage image("-F 12 -s 1", 64);
    tests::RecordingStorage storage(image.bytes());
    auto files = fat::FileSystem::open(storage);
    REQUIRE(files);
    FatTarget target(*files, "disk.img", {});
    REQUIRE_FALSE(install(target, nullptr, options_for(loader_1)).failure);
    std::string large = loader_2 + std::string(60'000, 'x');
    auto report = install(target, nullptr, options_for(large));
    REQUIRE(report.failure);
    CHECK(report.failure_code == Errc::no_space);
    CHECK(report.failure->text == "cannot write \"disk.img:/EFI/kindling/kindling-bootx64.efi\": "
                                  "file system is full");
    REQUIRE(image.set_bytes(storage.bytes()));
    CHECK(image.get("/EFI/kindling/kindling-bootx64.efi").output == loader_1);
    CHECK(image.check().status == 0);
}
