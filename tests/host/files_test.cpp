// SPDX-License-Identifier: MIT
#include "host/error.hpp"
#include "host/files.hpp"
#include "tests/catch.hpp"
#include "tests/host/temporary_directory.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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

TEST_CASE("a stream that comes in drops is read to its end", "[files]") {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    host::Fd reading(ends[0]), writing(ends[1]);
    std::string text(300'000, 'x');
    for (std::size_t i = 0; i < text.size(); i += 1000) text[i] = static_cast<char>('a' + i % 26);
    pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        for (std::size_t at = 0, size = 1; at < text.size(); at += size, size = size % 4000 + 777) {
            size = std::min(size, text.size() - at);
            if (::write(writing.get(), text.data() + at, size) != static_cast<ssize_t>(size))
                ::_exit(1);
        }
        ::_exit(0);
    }
    writing = host::Fd();
    auto contents = host::read_stream(reading.get(), text.size());
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    REQUIRE(contents);
    CHECK(to_text(*contents) == text);
}

TEST_CASE("a stream may be as long as its limit and not a byte longer", "[files]") {
    tests::TemporaryDirectory directory;
    std::string path = directory.path() + "/a";
    std::size_t size = GENERATE(0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1);
    REQUIRE(host::write_file_atomically(path, to_bytes(std::string(size, 'x'))));
    auto fd = host::open_at(AT_FDCWD, path, O_RDONLY);
    REQUIRE(fd);
    CHECK(host::read_stream(fd->get(), size)->size() == size);
    if (size == 0) return;
    REQUIRE(::lseek(fd->get(), 0, SEEK_SET) == 0);
    auto over = host::read_stream(fd->get(), size - 1);
    REQUIRE_FALSE(over);
    CHECK(over.error().code == Errc::too_large);
}

TEST_CASE("places beyond 4 GiB are read and written where they are", "[files]") {
    tests::TemporaryDirectory directory;
    constexpr std::uint64_t far = 5ull << 30;
    auto fd = host::open_at(AT_FDCWD, directory.path() + "/sparse", O_RDWR | O_CREAT, 0600);
    REQUIRE(fd);
    REQUIRE(host::write_at(fd->get(), far, to_bytes("far")));
    CHECK(host::size_of(fd->get()).value() == far + 3);
    std::vector<std::byte> piece(10);
    CHECK(host::read_at(fd->get(), far - 2, piece).value() == 5);
    CHECK(to_text(Bytes(piece).first(5)) == std::string_view("\0\0far", 5));
    CHECK(host::read_at(fd->get(), far + 3, piece).value() == 0);
    CHECK(host::read_at(fd->get(), 1, {}).value() == 0);
}

TEST_CASE("only files and block devices have a size", "[files]") {
    for (const char* path : {"/dev/null", "/", "/proc/self/fd"}) {
        auto fd = host::open_at(AT_FDCWD, path, O_RDONLY);
        REQUIRE(fd);
        auto size = host::size_of(fd->get());
        REQUIRE_FALSE(size);
        CHECK(size.error().code == Errc::invalid);
    }
    CHECK(host::size_of(-1).error().cause == EBADF);
}

TEST_CASE("a new file has the mode asked for and replaces links, not their targets", "[files]") {
    tests::TemporaryDirectory directory;
    mode_t before = ::umask(022);
    std::string path = directory.path() + "/a";
    REQUIRE(host::write_file_atomically(path, to_bytes("x"), 0666));
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0644);
    std::string link = directory.path() + "/link";
    REQUIRE(::symlink("a", link.c_str()) == 0);
    REQUIRE(host::write_file_atomically(link, to_bytes("y"), 0600));
    REQUIRE(::lstat(link.c_str(), &status) == 0);
    CHECK(S_ISREG(status.st_mode));
    CHECK((status.st_mode & 07777) == 0600);
    CHECK(text_of(path) == "x");
    CHECK(text_of(link) == "y");
    ::umask(before);
}

TEST_CASE("a file in the working directory needs no slash", "[files]") {
    tests::TemporaryDirectory directory;
    auto before = std::filesystem::current_path();
    std::filesystem::current_path(directory.path());
    CHECK(host::write_file_atomically("plain", to_bytes("x")));
    CHECK_FALSE(host::write_file_atomically("", to_bytes("x")));
    std::filesystem::current_path(before);
    CHECK(directory.members() == std::vector<std::string>{"plain"});
}

TEST_CASE("opened files are not inherited by programs we start", "[files]") {
    auto fd = host::open_at(AT_FDCWD, "/dev/null", O_RDONLY);
    REQUIRE(fd);
    CHECK((::fcntl(fd->get(), F_GETFD) & FD_CLOEXEC) != 0);
}
