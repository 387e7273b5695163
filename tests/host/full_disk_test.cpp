// SPDX-License-Identifier: MIT
//
// Writing files to a disk that is full or read-only: a small tmpfs in a mount namespace of its
// own. Where such a namespace is not allowed this program counts as skipped.
#include "host/error.hpp"
#include "host/files.hpp"
#include "tests/catch.hpp"
#include "tests/host/temporary_directory.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace kindling;

namespace {

constexpr int exit_skipped = 77; ///< what Meson takes for it

/// What a child process found; plain numbers for the pipe.
struct Found {
    bool was_allowed = false;
    bool has_written = false;
    Errc code = Errc::invalid;
    std::uint64_t cause = 0;
    bool old_is_there = false;
    std::size_t members = 0;
};

bool mount_small_disk(const std::string& at) {
    int flags = CLONE_NEWNS | (::geteuid() == 0 ? 0 : CLONE_NEWUSER);
    return ::unshare(flags) == 0 &&
           ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("tmpfs", at.c_str(), "tmpfs", 0, "size=64k") == 0;
}

Found write_in_child(const tests::TemporaryDirectory& directory, std::size_t size,
                     bool is_read_only) {
    Found found;
    std::string path = directory.path() + "/a";
    found.was_allowed = mount_small_disk(directory.path()) &&
                        host::write_file_atomically(path, to_bytes("old")).has_value();
    if (!found.was_allowed) return found;
    if (is_read_only &&
        ::mount(nullptr, directory.path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) {
        found.was_allowed = false;
        return found;
    }
    auto written = host::write_file_atomically(path, to_bytes(std::string(size, 'x')));
    found.has_written = written.has_value();
    if (!written) found.code = written.error().code;
    if (!written) found.cause = written.error().cause;
    auto contents = host::read_file(path, 1 << 20);
    found.old_is_there = contents && to_text(*contents) == "old";
    found.members = directory.members().size();
    return found;
}

Found write_on_small_disk(std::size_t size, bool is_read_only = false) {
    tests::TemporaryDirectory directory;
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    host::Fd reading(ends[0]), writing(ends[1]);
    pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        Found found = write_in_child(directory, size, is_read_only);
        bool sent = ::write(writing.get(), &found, sizeof(found)) == sizeof(found);
        ::_exit(sent ? 0 : 1);
    }
    writing = host::Fd();
    Found found;
    REQUIRE(::read(reading.get(), &found, sizeof(found)) == sizeof(found));
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    if (!found.was_allowed) {
        std::puts("skipped: no mount namespace for a small disk");
        std::exit(exit_skipped);
    }
    return found;
}

} // namespace

TEST_CASE("on a full disk the old file stays and no piece of the new one", "[files]") {
    Found found = write_on_small_disk(200'000);
    CHECK_FALSE(found.has_written);
    CHECK(found.code == Errc::no_space);
    CHECK(found.cause == ENOSPC);
    CHECK(found.old_is_there);
    CHECK(found.members == 1);
}

TEST_CASE("a file needs room for the old and the new one at the same time", "[files]") {
    Found found = write_on_small_disk(30'000);
    CHECK(found.has_written);
    CHECK_FALSE(found.old_is_there);
    CHECK(found.members == 1);
}

TEST_CASE("on a read-only disk writing is denied", "[files]") {
    Found found = write_on_small_disk(10, true);
    CHECK_FALSE(found.has_written);
    CHECK(found.code == Errc::denied);
    CHECK(found.cause == EROFS);
    CHECK(found.old_is_there);
    CHECK(found.members == 1);
}
