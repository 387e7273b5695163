// SPDX-License-Identifier: MIT
#include "fiber/clock.hpp"
#include "fiber/io.hpp"
#include "tests/fiber/poller_loop.hpp"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <sys/time.h>

using namespace kindling;
using namespace kindling::fiber;

namespace {

struct Pipe {
    host::Fd reader, writer;
    Pipe() {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        reader = host::Fd(ends[0]);
        writer = host::Fd(ends[1]);
    }
    void fill() { REQUIRE(::write(writer.get(), "x", 1) == 1); }
};

} // namespace

TEST_CASE("what is ready at once is reported without waiting", "[fiber][ppoll]") {
    on_each_poller([]() -> Result<void> {
        Pipe pipe;
        CHECK(TRY(poll(pipe.writer.get(), POLLOUT)) == POLLOUT);
        pipe.fill();
        std::array<pollfd, 3> entries{
            {{pipe.reader.get(), POLLIN, 0}, {-1, POLLIN, 77}, {9999, 0, 0}}};
        CHECK(TRY(ppoll(entries, std::nullopt)) == 2);
        CHECK(entries[0].revents == POLLIN);
        CHECK(entries[1].revents == 0);
        CHECK(entries[2].revents == POLLNVAL);
        return {};
    });
}

TEST_CASE("a poll waits for the first event of several descriptors", "[fiber][ppoll]") {
    on_each_poller([]() -> Result<void> {
        std::array<Pipe, 12> pipes;
        std::vector<pollfd> entries;
        for (Pipe& pipe : pipes) entries.push_back({pipe.reader.get(), POLLIN, 0});
        Group group;
        TRY(group.spawn("poller", [&] {
            CHECK(ppoll(entries, std::nullopt).value() == 1);
            CHECK(entries[7].revents == POLLIN);
        }));
        TRY(this_fiber::sleep_for_us(10));
        pipes[7].fill();
        return group.wait();
    });
}

TEST_CASE("events that come together are all reported", "[fiber][ppoll]") {
    on_each_poller([]() -> Result<void> {
        std::array<Pipe, 3> pipes;
        std::array<pollfd, 3> entries;
        for (std::size_t i = 0; i < 3; i++) entries[i] = {pipes[i].reader.get(), POLLIN, 0};
        Group group;
        TRY(group.spawn("poller", [&] { CHECK(ppoll(entries, std::nullopt).value() == 3); }));
        TRY(this_fiber::sleep_for_us(10));
        for (Pipe& pipe : pipes) pipe.fill();
        return group.wait();
    });
}

TEST_CASE("a poll ends without events when its time is over", "[fiber][ppoll]") {
    on_each_poller([]() -> Result<void> {
        Pipe pipe;
        pollfd entry{pipe.reader.get(), POLLIN, 0};
        std::uint64_t before = Loop::current()->now_ns();
        CHECK(TRY(ppoll({&entry, 1}, 2000)) == 0);
        CHECK(Loop::current()->now_ns() - before >= 2'000'000);
        CHECK(TRY(ppoll({&entry, 1}, 0)) == 0);
        CHECK(TRY(ppoll({}, 10)) == 0);
        pipe.fill();
        CHECK(TRY(ppoll({&entry, 1}, 0)) == 1);
        return {};
    });
}

TEST_CASE("an interrupted poll reports nothing and leaves nothing", "[fiber][ppoll]") {
    on_each_poller([]() -> Result<void> {
        bool is_cancelled = GENERATE(false, true);
        Pipe pipe;
        std::array<pollfd, 2> entries{{{pipe.reader.get(), POLLIN, 5}, {pipe.writer.get(), 0, 5}}};
        Group group(Policy::all_settled);
        Errc got = Errc::io;
        TRY(group.spawn("poller", [&] {
            Deadline limit(is_cancelled ? never_ns : Deadline::in_us(100));
            got = ppoll(entries, std::nullopt).error().code;
        }));
        TRY(this_fiber::sleep_for_us(20));
        if (is_cancelled) group.cancel();
        (void)group.wait();
        CHECK(got == (is_cancelled ? Errc::cancelled : Errc::timed_out));
        CHECK(entries[0].revents == 0);
        CHECK(entries[1].revents == 0);
        CHECK_FALSE(Loop::current()->poller().can_wake());
        return {};
    });
}

TEST_CASE("a poll that nothing can end is refused", "[fiber][ppoll]") {
    on_each_poller([]() -> Result<void> {
        CHECK(ppoll({}, std::nullopt).error().code == Errc::invalid);
        pollfd skipped{-1, POLLIN, 0};
        CHECK(ppoll({&skipped, 1}, std::nullopt).error().code == Errc::invalid);
        return {};
    });
}

TEST_CASE("a signal does not end a poll off a fiber", "[fiber][ppoll]") {
    struct sigaction action {
    }, before{};
    action.sa_handler = [](int) {};
    ::sigaction(SIGALRM, &action, &before); // without SA_RESTART
    itimerval often{{0, 100}, {0, 100}}, none{};
    ::setitimer(ITIMER_REAL, &often, nullptr);
    Pipe pipe;
    pollfd entry{pipe.reader.get(), POLLIN, 0};
    std::uint64_t started_ns = monotonic_ns();
    auto count = ppoll({&entry, 1}, 2000);
    CHECK(monotonic_ns() - started_ns >= 2'000'000);
    ::setitimer(ITIMER_REAL, &none, nullptr);
    ::sigaction(SIGALRM, &before, nullptr);
    REQUIRE(count);
    CHECK(*count == 0);
}
