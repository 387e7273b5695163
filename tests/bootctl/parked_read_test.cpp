// SPDX-License-Identifier: MIT
#include "bootctl/parked_read.hpp"
#include "host/files.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/poller_loop.hpp"

#include <fcntl.h>
#include <unistd.h>

using namespace kindling;

namespace {

constexpr std::size_t size_bytes = 3'500'000;

std::byte at(std::size_t i) {
    return static_cast<std::byte>(i % 251);
}

host::Fd make_file() {
    host::Fd file(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    REQUIRE(file);
    std::vector<std::byte> contents(size_bytes);
    for (std::size_t i = 0; i < contents.size(); i++) contents[i] = at(i);
    REQUIRE(host::write_at(file.get(), 0, contents));
    return file;
}

void check_reads(int fd) {
    std::vector<std::byte> into(size_bytes + 10);
    auto size = parked_read(fd, 5, into);
    REQUIRE(size);
    CHECK(*size == size_bytes - 5);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < *size; i++) wrong += into[i] != at(i + 5);
    CHECK(wrong == 0);
    auto end = parked_read(fd, size_bytes, into);
    REQUIRE(end);
    CHECK(*end == 0);
}

} // namespace

TEST_CASE("off a fiber a file is read up to its end", "[parked_read]") {
    host::Fd file = make_file();
    check_reads(file.get());
}

TEST_CASE("on a fiber a file is read up to its end while others run", "[parked_read]") {
    fiber::on_each_poller([]() -> Result<void> {
        host::Fd file = make_file();
        bool is_over = false;
        int turns = 0;
        fiber::Group group;
        TRY(group.spawn("other", [&]() -> Result<void> {
            for (; !is_over; turns++) TRY(fiber::this_fiber::yield());
            return {};
        }));
        check_reads(file.get());
        is_over = true;
        CHECK(turns >= 3); // after each MiB
        return group.wait();
    });
}

TEST_CASE("reading stops where its fiber is interrupted", "[parked_read]") {
    fiber::on_each_poller([]() -> Result<void> {
        host::Fd file = make_file();
        std::vector<std::byte> into(100);
        fiber::Deadline over(0);
        auto size = parked_read(file.get(), 0, into);
        REQUIRE_FALSE(size);
        CHECK(size.error().code == Errc::timed_out);
        return {};
    });
}

TEST_CASE("a file that cannot be read says why", "[parked_read]") {
    host::Fd directory(::open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    std::vector<std::byte> into(100);
    auto size = parked_read(directory.get(), 0, into);
    REQUIRE_FALSE(size);
    CHECK(std::string(size.error().what) == "cannot read");
    CHECK(size.error().cause == EISDIR);
}
