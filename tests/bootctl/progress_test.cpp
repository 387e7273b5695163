// SPDX-License-Identifier: MIT
#include "bootctl/progress.hpp"
#include "host/fd.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/virtual_loop.hpp"

#include <array>
#include <fcntl.h>
#include <unistd.h>

using namespace kindling;

namespace {

/// What stands in for a terminal.
class Pipe {
public:
    Pipe() {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
        reader_ = host::Fd(ends[0]);
        writer_ = host::Fd(ends[1]);
    }
    int writer() const { return writer_.get(); }
    std::string shown() const {
        std::array<char, 4096> bytes;
        ssize_t size = ::read(reader_.get(), bytes.data(), bytes.size());
        return size > 0 ? std::string(bytes.data(), static_cast<std::size_t>(size)) : "";
    }

private:
    host::Fd reader_, writer_;
};

} // namespace

TEST_CASE("progress is told in percent where the end is known", "[progress]") {
    Progress progress;
    CHECK(progress_text(progress, 80).empty());
    progress.begin("Reading entries", 8);
    CHECK(progress_text(progress, 80) == "Reading entries: 0 %");
    progress.done = 7;
    CHECK(progress_text(progress, 80) == "Reading entries: 87 %");
    progress.done = 9;
    CHECK(progress_text(progress, 80) == "Reading entries: 100 %");
    CHECK(progress_text(progress, 10) == "Reading e");
    CHECK(progress_text(progress, 1).empty());
    progress.begin("Looking");
    CHECK(progress_text(progress, 80) == "Looking");
}

TEST_CASE("the line appears after half a second and is gone at the end", "[progress]") {
    Pipe pipe;
    fiber::VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Progress progress;
        progress.begin("Hashing", 10);
        {
            fiber::Group group(fiber::Policy::all_settled);
            TRY(group.spawn("line", [&] { return show_progress(progress, pipe.writer()); }));
            TRY(fiber::this_fiber::sleep_for_us(499'000));
            CHECK(pipe.shown().empty());
            TRY(fiber::this_fiber::sleep_for_us(2'000));
            CHECK(pipe.shown() == "\r\x1b[KHashing: 0 %");
            progress.done = 5;
            TRY(fiber::this_fiber::sleep_for_us(98'000));
            CHECK(pipe.shown().empty());
            TRY(fiber::this_fiber::sleep_for_us(2'000));
            CHECK(pipe.shown() == "\r\x1b[KHashing: 50 %");
            TRY(fiber::this_fiber::sleep_for_us(1'000'000));
            CHECK(pipe.shown().empty()); // Nothing has changed.
        }
        CHECK(pipe.shown() == "\r\x1b[K");
        return {};
    });
    CHECK(result.has_value());
}

TEST_CASE("what is done at once leaves the terminal alone", "[progress]") {
    Pipe pipe;
    fiber::VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Progress progress;
        progress.begin("Hashing");
        fiber::Group group(fiber::Policy::all_settled);
        TRY(group.spawn("line", [&] { return show_progress(progress, pipe.writer()); }));
        return fiber::this_fiber::sleep_for_us(400'000);
    });
    CHECK(result.has_value());
    CHECK(pipe.shown().empty());
}
