// SPDX-License-Identifier: MIT
#include "cpio/tool_file.hpp"

#include "tests/catch.hpp"

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>

using namespace kindling;
using namespace kindling::cpio::tool;

namespace {

/// A directory with a file, a directory, and links to both and to what is outside.
struct Tree {
    Tree() {
        char name[] = "/tmp/tool-file-test-XXXXXX";
        REQUIRE(mkdtemp(name) != nullptr);
        path = name;
        std::filesystem::create_directories(path + "/d/e");
        std::ofstream(path + "/d/e/f") << "contents";
        std::filesystem::create_symlink("d", path + "/link");
        std::filesystem::create_symlink("d/e/f", path + "/file-link");
        std::filesystem::create_symlink("/", path + "/d/out");
        fd = Fd(open(name, O_PATH | O_DIRECTORY | O_CLOEXEC));
        REQUIRE(fd);
    }
    ~Tree() { std::filesystem::remove_all(path); }

    std::string path;
    Fd fd;
};

} // namespace

TEST_CASE("plain paths open with and without openat2", "[tool_file]") {
    Tree tree;
    auto open_it = GENERATE(&open_beneath, &open_beneath_stepwise);
    for (const char* path : {"d/e/f", "d", "d/e", "."})
        CHECK(open_it(tree.fd.get(), path, O_RDONLY));
    Fd file = open_it(tree.fd.get(), "d/e/f", O_RDONLY).value();
    std::array<std::byte, 100> contents;
    CHECK(read_full(file.get(), contents).value() == 8);
    CHECK(open_it(tree.fd.get(), "d/missing", O_RDONLY).error().code == Errc::not_found);
}

TEST_CASE("no path through a link opens, with or without openat2", "[tool_file]") {
    Tree tree;
    auto open_it = GENERATE(&open_beneath, &open_beneath_stepwise);
    for (const char* path : {"link", "link/e/f", "file-link", "d/out", "d/out/etc"})
        CHECK_FALSE(open_it(tree.fd.get(), path, O_RDONLY));
}
