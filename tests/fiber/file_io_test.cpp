// SPDX-License-Identifier: MIT
#include "fiber/file_io.hpp"
#include "fiber/io.hpp"
#include "fiber/offload.hpp"
#include "tests/fiber/poller_loop.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

using namespace kindling;
using namespace kindling::fiber;

namespace {

/// A directory that goes away with all that is in it.
class Folder {
public:
    Folder() {
        REQUIRE(::mkdtemp(path_));
        descriptor_ = host::Fd(::open(path_, O_DIRECTORY | O_CLOEXEC));
    }
    ~Folder() {
        for (const char* name : {"a", "b"}) ::unlinkat(descriptor_.get(), name, 0);
        ::rmdir(path_);
    }
    int get() const { return descriptor_.get(); }

private:
    char path_[40] = "/tmp/kindling-file-io-XXXXXX";
    host::Fd descriptor_;
};

Bytes bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

} // namespace

TEST_CASE("a file is made, written to disk, looked at, renamed, copied and removed",
          "[fiber][file_io]") {
    on_each_poller([]() -> Result<void> {
        Folder folder;
        host::Fd file = TRY(open(folder.get(), "a", O_RDWR | O_CREAT | O_EXCL, 0640));
        CHECK((::fcntl(file.get(), F_GETFD) & FD_CLOEXEC) != 0);
        CHECK(TRY(write(file.get(), bytes_of("contents"))) == 8);
        TRY(fiber::fsync(file.get()));
        TRY(fiber::fsync(file.get(), true));
        auto status = TRY(fiber::statx(folder.get(), "a", 0));
        CHECK(status.stx_size == 8);
        CHECK((status.stx_mode & 07777) == 0640);
        TRY(fiber::renameat2(folder.get(), "a", folder.get(), "b", RENAME_NOREPLACE));
        CHECK(fiber::statx(folder.get(), "a", 0).error().code == Errc::not_found);
        host::Fd copy = TRY(open(folder.get(), "a", O_RDWR | O_CREAT, 0600));
        CHECK(TRY(fiber::copy_file_range(file.get(), 3, copy.get(), 0, 100)) == 5);
        std::array<std::byte, 10> into;
        CHECK(TRY(pread(copy.get(), into, 0)) == 5);
        CHECK(std::memcmp(into.data(), "tents", 5) == 0);
        TRY(fiber::unlinkat(folder.get(), "b"));
        CHECK(fiber::statx(folder.get(), "b", 0).error().code == Errc::not_found);
        return {};
    });
}

TEST_CASE("what the system refuses is said as it said it", "[fiber][file_io]") {
    on_each_poller([]() -> Result<void> {
        Folder folder;
        CHECK(open(folder.get(), "a", O_RDONLY).error().code == Errc::not_found);
        CHECK(open(folder.get(), "a/b", O_RDONLY).error().code == Errc::not_found);
        CHECK(fiber::renameat2(folder.get(), "a", folder.get(), "b").error().cause == ENOENT);
        CHECK(fiber::unlinkat(folder.get(), "a").error().cause == ENOENT);
        CHECK(fiber::fsync(-1).error().cause == EBADF);
        open_how beneath{};
        beneath.flags = O_RDONLY | O_CLOEXEC;
        beneath.resolve = RESOLVE_BENEATH;
        CHECK(openat2(folder.get(), "../etc", beneath).error().cause == EXDEV);
        return {};
    });
}

TEST_CASE("an interruption that is there comes before any effect on files", "[fiber][file_io]") {
    on_each_poller([]() -> Result<void> {
        Folder folder;
        int at = folder.get();
        host::Fd file = TRY(open(at, "a", O_RDWR | O_CREAT, 0600));
        TRY(write(file.get(), bytes_of("contents")));
        std::array<std::byte, 10> into;
        auto check = [](const auto& result) { CHECK(result.error().code == Errc::timed_out); };
        {
            Deadline passed(0);
            check(open(at, "b", O_RDWR | O_CREAT, 0600));
            check(fiber::renameat2(at, "a", at, "b"));
            check(fiber::unlinkat(at, "a"));
            check(fiber::statx(at, "a", 0));
            check(fiber::fsync(file.get()));
            check(fiber::copy_file_range(file.get(), 0, file.get(), 8, 8));
            check(pwrite(file.get(), bytes_of("more"), 8));
            check(write(file.get(), bytes_of("more")));
            check(pread(file.get(), into, 0));
        }
        CHECK(TRY(fiber::statx(at, "a", 0)).stx_size == 8);
        CHECK(::lseek(file.get(), 0, SEEK_CUR) == 8);
        CHECK(fiber::statx(at, "b", 0).error().code == Errc::not_found);
        return {};
    });
}

TEST_CASE("a file that is not in memory is read like one that is", "[fiber][file_io]") {
    on_each_poller([]() -> Result<void> {
        Folder folder;
        host::Fd file = TRY(open(folder.get(), "a", O_RDWR | O_CREAT, 0600));
        std::vector<std::byte> block(64 * 1024, std::byte{7});
        for (int i = 0; i < 16; i++) TRY(write(file.get(), block));
        TRY(fiber::fsync(file.get()));
        ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
        std::size_t got = 0;
        while (std::size_t size = TRY(pread(file.get(), block, got))) got += size;
        CHECK(got == 16 * block.size());
        return {};
    });
}

TEST_CASE("a call that blocks stops its fiber only", "[fiber][offload]") {
    on_each_poller([]() -> Result<void> {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        host::Fd reader(ends[0]), writer(ends[1]);
        char got = 0;
        Group group;
        TRY(group.spawn("blocked", [&]() -> Result<void> {
            // Only the other fiber can end this read.
            auto size = offload([&]() -> Result<long> { return ::read(reader.get(), &got, 1); });
            CHECK(TRY(size) == 1);
            return {};
        }));
        TRY(this_fiber::yield());
        TRY(write(writer.get(), bytes_of("x")));
        TRY(group.wait());
        CHECK(got == 'x');
        return {};
    });
}

TEST_CASE("a call on another thread is not interrupted, and its result is reported",
          "[fiber][offload]") {
    on_each_poller([]() -> Result<void> {
        Group group(Policy::all_settled);
        std::string said;
        TRY(group.spawn("caller", [&]() -> Result<void> {
            said += offload([]() -> Result<int> { return 5; }).value() == 5 ? "five" : "";
            Result<void> next = this_fiber::yield();
            if (!next) said += std::string(" ") + to_text(next.error().code);
            return next;
        }));
        TRY(this_fiber::yield());
        group.cancel();
        (void)group.wait();
        CHECK(said == "five cancelled");
        return {};
    });
}

TEST_CASE("many calls share a few threads", "[fiber][offload]") {
    on_each_poller([]() -> Result<void> {
        int sum = 0;
        Group group;
        for (int i = 1; i <= 200; i++)
            TRY(group.spawn("caller", [&, i]() -> Result<void> {
                sum += TRY(offload([i]() -> Result<int> { return i; }));
                return {};
            }));
        TRY(group.wait());
        CHECK(sum == 200 * 201 / 2);
        return {};
    });
}
