// SPDX-License-Identifier: MIT
#include "host/error.hpp"
#include "host/files.hpp"
#include "tests/catch.hpp"
#include "tests/host/temporary_directory.hpp"

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace kindling;

namespace {

std::string text_of(const std::string& path) {
    auto contents = host::read_file(path, 1 << 20);
    return contents ? std::string(to_text(*contents)) : "(unreadable)";
}

/// Lets files grow to `size_bytes` only, as a disk does that is nearly full.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t size_bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit now{size_bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &now);
    }
    ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

private:
    rlimit before_{};
};

} // namespace

TEST_CASE("an atomic write creates a file and replaces one", "[files]") {
    tests::TemporaryDirectory directory;
    std::string path = directory.path() + "/a";
    REQUIRE(host::write_file_atomically(path, to_bytes("one")));
    CHECK(text_of(path) == "one");
    REQUIRE(host::write_file_atomically(path, to_bytes("")));
    CHECK(text_of(path).empty());
    std::string large(600'000, 'x');
    REQUIRE(host::write_file_atomically(path, to_bytes(large)));
    CHECK(text_of(path) == large);
    CHECK(directory.members() == std::vector<std::string>{"a"});
}

TEST_CASE("a write that fails leaves the old file and nothing else", "[files]") {
    tests::TemporaryDirectory directory;
    std::string path = directory.path() + "/a";
    REQUIRE(host::write_file_atomically(path, to_bytes("old")));
    Result<void> written;
    {
        FileSizeLimit limit(1000);
        written = host::write_file_atomically(path, to_bytes(std::string(5000, 'x')));
    }
    REQUIRE_FALSE(written);
    CHECK(written.error().cause == EFBIG);
    CHECK(text_of(path) == "old");
    CHECK(directory.members() == std::vector<std::string>{"a"});
}

TEST_CASE("a file does not take the name of a directory", "[files]") {
    tests::TemporaryDirectory directory;
    std::string path = directory.path() + "/d";
    REQUIRE(::mkdir(path.c_str(), 0755) == 0);
    auto written = host::write_file_atomically(path, to_bytes("x"));
    REQUIRE_FALSE(written);
    CHECK(written.error().cause == EISDIR);
    CHECK(directory.members() == std::vector<std::string>{"d"});
}

TEST_CASE("a full device is reported as such", "[files]") {
    auto fd = host::open_at(AT_FDCWD, "/dev/full", O_WRONLY);
    REQUIRE(fd);
    auto written = host::write_at(fd->get(), 0, to_bytes("x"));
    REQUIRE_FALSE(written);
    CHECK(written.error().code == Errc::no_space);
    CHECK(written.error().cause == ENOSPC);
    CHECK(std::string(host::cause_text(written.error())) == "No space left on device");
}

TEST_CASE("names that leave the directory are refused", "[files]") {
    tests::TemporaryDirectory directory;
    auto fd = host::open_at(AT_FDCWD, directory.path(), O_RDONLY | O_DIRECTORY);
    REQUIRE(fd);
    for (const char* name : {"", ".", "..", "a/b", "../a"}) {
        auto written = host::write_file_atomically(*fd, name, to_bytes("x"));
        REQUIRE_FALSE(written);
        CHECK(written.error().code == Errc::invalid);
    }
}

TEST_CASE("a missing directory is not found", "[files]") {
    tests::TemporaryDirectory directory;
    auto written = host::write_file_atomically(directory.path() + "/no/a", to_bytes("x"));
    REQUIRE_FALSE(written);
    CHECK(written.error().code == Errc::not_found);
}

TEST_CASE("reading stops at the limit and at things that are no files", "[files]") {
    tests::TemporaryDirectory directory;
    std::string path = directory.path() + "/a";
    REQUIRE(host::write_file_atomically(path, to_bytes("12345")));
    CHECK(host::read_file(path, 5));
    auto over = host::read_file(path, 4);
    REQUIRE_FALSE(over);
    CHECK(over.error().code == Errc::too_large);
    CHECK(over.error().where == 5);
    CHECK(host::read_file(directory.path() + "/b", 4).error().code == Errc::not_found);
    CHECK(host::read_file(directory.path(), 4).error().code == Errc::invalid);
    REQUIRE(::mkfifo((directory.path() + "/f").c_str(), 0600) == 0);
    CHECK(host::read_file(directory.path() + "/f", 4).error().code == Errc::invalid);
}

TEST_CASE("a stream is read to its end or to the limit", "[files]") {
    auto version = host::open_at(AT_FDCWD, "/proc/version", O_RDONLY);
    REQUIRE(version);
    auto text = host::read_stream(version->get(), 4096);
    REQUIRE(text);
    CHECK(text->size() > 10);
    auto zero = host::open_at(AT_FDCWD, "/dev/zero", O_RDONLY);
    REQUIRE(zero);
    CHECK(host::read_stream(zero->get(), 4096).error().code == Errc::too_large);
}

TEST_CASE("a moved descriptor is closed once", "[fd]") {
    host::Fd a(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    int number = a.get();
    host::Fd b(std::move(a));
    CHECK_FALSE(a);
    CHECK(b.get() == number);
    b = host::Fd();
    CHECK(::fcntl(number, F_GETFD) == -1);
}
