// SPDX-License-Identifier: MIT
#include "bootctl/directory_volume.hpp"
#include "host/files.hpp"
#include "tests/catch.hpp"
#include "tests/host/temporary_directory.hpp"

#include <sys/stat.h>
#include <unistd.h>

using namespace kindling;

namespace {

/// A directory with a file, a subdirectory with a file, and things no boot loader should see.
struct Tree {
    tests::TemporaryDirectory directory;

    Tree() {
        make_directory("Loader");
        put("Loader/Entry.conf", "linux /a\n");
        put("top", "12345");
        REQUIRE(::symlink("/etc/passwd", at("link").c_str()) == 0);
        REQUIRE(::symlink("Loader", at("dirlink").c_str()) == 0);
        REQUIRE(::mkfifo(at("pipe").c_str(), 0600) == 0);
    }
    std::string at(const std::string& name) const { return directory.path() + "/" + name; }
    void make_directory(const std::string& name) const {
        REQUIRE(::mkdir(at(name).c_str(), 0755) == 0);
    }
    void put(const std::string& name, std::string_view text) const {
        REQUIRE(host::write_file_atomically(at(name), to_bytes(text)));
    }
    DirectoryVolume volume() const {
        auto opened = DirectoryVolume::open(directory.path());
        REQUIRE(opened);
        return std::move(*opened);
    }
};

} // namespace

TEST_CASE("a directory lists files and directories only, by their names on disk",
          "[directory_volume]") {
    Tree tree;
    DirectoryVolume volume = tree.volume();
    auto members = volume.list("/");
    REQUIRE(members);
    REQUIRE(members->size() == 2);
    CHECK((*members)[0].name == "Loader");
    CHECK((*members)[0].is_directory);
    CHECK((*members)[1].name == "top");
    CHECK((*members)[1].size_bytes == 5);
    CHECK(volume.list("top").error().code == Errc::invalid);
    CHECK(volume.list("no").error().code == Errc::not_found);
    CHECK(volume.info("/").value().is_directory);
}

TEST_CASE("names are found whatever their case, with the exact one first", "[directory_volume]") {
    Tree tree;
    DirectoryVolume volume = tree.volume();
    CHECK(volume.info("/loader/entry.CONF").value().name == "Entry.conf");
    tree.put("TOP", "x");
    CHECK(volume.info("TOP").value().size_bytes == 1);
    CHECK(volume.info("top").value().size_bytes == 5);
    auto either = volume.info("Top");
    REQUIRE_FALSE(either);
    CHECK(either.error().code == Errc::invalid);
}

TEST_CASE("no path leaves the directory", "[directory_volume]") {
    Tree tree;
    DirectoryVolume volume = tree.volume();
    std::byte byte{};
    for (const char* path : {"/..", "/../x", "/Loader/../top", "./top", "link",
                             "dirlink/Entry.conf", "pipe", "/", "Loader"}) {
        INFO(path);
        auto read = volume.read(path, 0, {&byte, 1});
        REQUIRE_FALSE(read);
        bool refused = read.error().code == Errc::invalid;
        CHECK(refused);
    }
    CHECK(volume.info("link").error().code == Errc::invalid);
    CHECK(volume.list("dirlink").error().code == Errc::invalid);
    CHECK(volume.info(std::string_view("top\0x", 5)).error().code == Errc::invalid);
    std::string deep;
    for (int i = 0; i < 40; i++) deep += "/Loader";
    CHECK_FALSE(volume.info(deep));
}

TEST_CASE("reading starts anywhere and ends with the file", "[directory_volume]") {
    Tree tree;
    DirectoryVolume volume = tree.volume();
    std::array<std::byte, 4> bytes{};
    CHECK(volume.read("top", 3, bytes).value() == 2);
    CHECK(to_text(Bytes(bytes).first(2)) == "45");
    CHECK(volume.read("top", 9, bytes).value() == 0);
    CHECK(volume.read("no", 0, bytes).error().code == Errc::not_found);
}

TEST_CASE("a file is renamed within its directory only", "[directory_volume]") {
    Tree tree;
    DirectoryVolume volume = tree.volume();
    REQUIRE(volume.rename("/loader/entry.conf", "entry+2.conf"));
    CHECK(volume.info("/Loader/entry+2.conf"));
    CHECK(volume.rename("/Loader/entry+2.conf", "../x").error().code == Errc::invalid);
    CHECK(volume.rename("top", "LOADER").error().code == Errc::exists);
    CHECK(volume.rename("no", "x").error().code == Errc::not_found);
    REQUIRE(volume.rename("top", "TOP"));
    REQUIRE(::chmod(tree.at("TOP").c_str(), 0444) == 0);
    CHECK(volume.rename("top", "x").error().code == Errc::denied);
}
