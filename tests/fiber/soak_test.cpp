// SPDX-License-Identifier: MIT
//
// An hour of random work, in virtual time, and many connections on every poller. The seed is
// printed with a failure; KINDLING_TEST_SEED in the environment chooses another.
#include "fiber/channel.hpp"
#include "fiber/io.hpp"
#include "fiber/lock.hpp"
#include "fiber/semaphore.hpp"
#include "tests/fiber/poller_loop.hpp"

#include <array>
#include <cstring>
#include <dirent.h>
#include <random>

using namespace kindling;
using namespace kindling::fiber;

namespace {

std::uint64_t seed_of_run() {
    const char* text = std::getenv("KINDLING_TEST_SEED");
    return text ? std::strtoull(text, nullptr, 0) : 20261125;
}

std::size_t open_descriptors() {
    std::size_t count = 0;
    DIR* directory = ::opendir("/proc/self/fd");
    while (::readdir(directory)) count++;
    ::closedir(directory);
    return count;
}

constexpr std::uint64_t hour_us = 3'600'000'000;

/// Workers that lock, wait, push, pop, read, write, and cancel each other.
class Soak {
public:
    explicit Soak(std::uint64_t seed) : random_(seed) {
        int ends[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        near_ = host::Fd(ends[0]);
        far_ = host::Fd(ends[1]);
    }

    Result<void> run() {
        std::uint64_t end_us = now_us() + hour_us;
        Group group(Policy::all_settled);
        for (int i = 0; i < 40; i++)
            TRY(group.spawn("worker", [&, end_us] {
                while (now_us() < end_us) step();
            }));
        TRY(group.wait());
        while (channel_.try_pop()) popped_++;
        CHECK(pushed_ == popped_);
        CHECK(permits_.available() == 3);
        CHECK_FALSE(is_inside_);
        CHECK(sent_ >= received_);
        CHECK(steps_ > 50'000);
        CHECK(interruptions_ > 1000);
        CHECK(Loop::current()->fibers_count() == 1);
        CHECK_FALSE(Loop::current()->poller().can_wake());
        return {};
    }

private:
    static std::uint64_t now_us() { return Loop::current()->now_ns() / 1000; }
    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

    void note(const Result<void>& result) {
        if (!result) interruptions_++;
    }

    /// One piece of work, some of it with a deadline that may come first.
    void step() {
        steps_++;
        Deadline limit(below(3) == 0 ? Deadline::in_us(below(2'000'000)) : never_ns);
        switch (below(8)) {
        case 0:
            return note(this_fiber::sleep_for_us(below(20'000'000)));
        case 1:
            return note(lock());
        case 2:
            return note(permit());
        case 3:
            return note(push());
        case 4:
            return note(pop());
        case 5:
            return note(group());
        case 6:
            return note(receive());
        default:
            return note(send_one());
        }
    }

    Result<void> lock() {
        Guard guard = TRY(mutex_.lock());
        CHECK_FALSE(std::exchange(is_inside_, true));
        Result<void> slept = this_fiber::sleep_for_us(below(100'000));
        is_inside_ = false;
        return slept;
    }

    Result<void> permit() {
        std::size_t count = 1 + below(3);
        TRY(permits_.acquire(count));
        Result<void> slept = this_fiber::sleep_for_us(below(100'000));
        permits_.release(count);
        return slept;
    }

    Result<void> push() {
        Deadline limit(Deadline::in_us(1'000'000));
        TRY(channel_.push(static_cast<int>(steps_)));
        pushed_++;
        return {};
    }

    Result<void> pop() {
        Deadline limit(Deadline::in_us(1'000'000));
        TRY(channel_.pop());
        popped_++;
        return {};
    }

    Result<void> receive() {
        Deadline limit(Deadline::in_us(below(3'000'000)));
        std::array<std::byte, 3> into;
        received_ += TRY(recv(near_.get(), into));
        return {};
    }

    Result<void> send_one() {
        Deadline limit(Deadline::in_us(1'000'000));
        std::array<std::byte, 2> from{};
        sent_ += TRY(fiber::send(far_.get(), from));
        return this_fiber::yield();
    }

    /// Children that are cancelled at a random moment.
    Result<void> group() {
        Group children(static_cast<Policy>(below(4)));
        for (std::uint64_t i = below(4); i > 0; i--)
            TRY(children.spawn("child", [this]() -> Result<void> {
                TRY(this_fiber::sleep_for_us(below(1'000'000)));
                TRY(lock());
                if (below(3) == 0) return Error{Errc::io, "a child fails"};
                return push();
            }));
        TRY(this_fiber::sleep_for_us(below(1'000'000)));
        if (below(2)) children.cancel();
        return children.wait();
    }

    std::mt19937_64 random_;
    Mutex mutex_;
    Semaphore permits_{3};
    Channel<int> channel_{4};
    host::Fd near_, far_;
    bool is_inside_ = false;
    std::size_t steps_ = 0, interruptions_ = 0, pushed_ = 0, popped_ = 0, sent_ = 0, received_ = 0;
};

} // namespace

TEST_CASE("an hour of random work loses nothing and leaves nothing", "[fiber][soak]") {
    std::uint64_t seed = seed_of_run();
    INFO("KINDLING_TEST_SEED=" << seed);
    std::size_t before = open_descriptors();
    {
        VirtualPoller poller(seed);
        Loop loop(poller);
        Soak soak(seed);
        CHECK(loop.run("soak", [&] { return soak.run(); }).has_value());
    }
    CHECK(open_descriptors() == before);
}

namespace {

/// Echoes until the other side ends.
Result<void> echo(host::Fd connection) {
    std::array<std::byte, 64> block;
    for (;;) {
        std::size_t size = TRY(recv(connection.get(), block));
        if (size == 0) return {};
        TRY(send(connection.get(), Bytes(block).first(size)));
    }
}

/// Sends and waits for the echo, some times; random clients lose their patience.
Result<void> talk(const Address& address, std::uint64_t random) {
    bool is_impatient = random % 3 == 0;
    Deadline limit(is_impatient ? Deadline::in_us(random % 5000) : never_ns);
    host::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) return Error{Errc::io, "no socket"};
    TRY(connect(socket.get(), address));
    std::array<std::byte, 5> block;
    std::memcpy(block.data(), &random, block.size());
    for (std::uint64_t i = 0; i < random % 7; i++) {
        TRY(send(socket.get(), block));
        std::array<std::byte, 5> back{};
        for (std::size_t got = 0; got < back.size();) {
            std::size_t size = TRY(recv(socket.get(), MutableBytes(back).subspan(got)));
            if (size == 0) return Error{Errc::closed, "the server is gone"};
            got += size;
        }
        CHECK(back == block);
    }
    return {};
}

} // namespace

TEST_CASE("2,000 connections with impatient clients leave nothing behind", "[fiber][soak]") {
    std::uint64_t seed = seed_of_run();
    INFO("KINDLING_TEST_SEED=" << seed);
    std::size_t before = open_descriptors();
    on_each_poller([&]() -> Result<void> {
        std::mt19937_64 random(seed);
        Address address = TRY(unix_address("@kindling-soak-" + std::to_string(::getpid())));
        host::Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        REQUIRE(::bind(listener.get(), address.get(), address.size_bytes) == 0);
        REQUIRE(::listen(listener.get(), 100) == 0);
        std::size_t served = 0, impatient = 0;
        Group server;
        TRY(server.spawn("accept", [&]() -> Result<void> {
            Group connections({.policy = Policy::all_settled, .running_max = 200});
            for (;;) {
                auto connection = accept(listener.get());
                if (!connection) return connection.error();
                TRY(connections.spawn("echo", [socket = std::move(*connection)]() mutable {
                    return echo(std::move(socket));
                }));
            }
        }));
        Group clients({.policy = Policy::all_settled, .running_max = 100});
        for (int i = 0; i < 2000; i++)
            TRY(clients.spawn("client", [&, number = random()] {
                auto talked = talk(address, number);
                if (talked)
                    served++;
                else if (talked.error().code == Errc::timed_out)
                    impatient++;
            }));
        TRY(clients.wait());
        server.cancel();
        (void)server.wait();
        CHECK(served + impatient == 2000);
        CHECK(served > 1000);
        CHECK_FALSE(Loop::current()->poller().can_wake());
        return {};
    });
    CHECK(open_descriptors() == before);
}
