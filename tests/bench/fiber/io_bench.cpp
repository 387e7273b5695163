// SPDX-License-Identifier: MIT
//
// Reads of one byte: with data ready, with a wait, and to and fro over a socket pair.
#include "tests/bench/fiber/measure.hpp"

#include "fiber/event.hpp"
#include "fiber/fiber.hpp"
#include "fiber/io.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace kindling::bench {

namespace {

constexpr std::size_t ready_reads = 4'000;
constexpr std::size_t waits = 5'000;

/// Two ends that are connected; what is written to `second` is read from `first`.
struct Ends {
    host::Fd first, second;
};

Ends make_pipe() {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) fail("pipe2");
    return {host::Fd(fds[0]), host::Fd(fds[1])};
}

Ends make_sockets() {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) fail("socketpair");
    return {host::Fd(fds[0]), host::Fd(fds[1])};
}

void fill(const Ends& ends) {
    static const char bytes[ready_reads] = {};
    if (::write(ends.second.get(), bytes, sizeof(bytes)) != sizeof(bytes)) fail("write");
}

void write_byte(int fd) {
    if (::write(fd, "x", 1) != 1) fail("write");
}

Ends make_own_pipe() {
    Ends ends = make_pipe();
    require(fiber::keep_from_blocking(ends.first.get()));
    return ends;
}

double our_ready_reads(Ends (*make)()) {
    Stopwatch watch(ready_reads);
    run_on_loop([&]() -> Result<void> {
        Ends ends = make();
        fill(ends);
        std::byte byte;
        watch.start();
        for (std::size_t i = 0; i < ready_reads; i++)
            TRY(fiber::read(ends.first.get(), {&byte, 1}));
        watch.stop();
        return {};
    });
    return watch.per_operation();
}

double plain_ready_reads(Ends (*make)()) {
    Stopwatch watch(ready_reads);
    Ends ends = make();
    fill(ends);
    char byte;
    watch.start();
    for (std::size_t i = 0; i < ready_reads; i++)
        if (::read(ends.first.get(), &byte, 1) != 1) fail("read");
    watch.stop();
    return watch.per_operation();
}

void compare_ready_reads(const Figure& figure, Ends (*make)()) {
    compare(
        figure, "read", [make] { return our_ready_reads(make); },
        [make] { return plain_ready_reads(make); });
}

/// One fiber reads and has to wait each time; the other writes when it does.
double our_waits() {
    Stopwatch watch(waits);
    run_on_loop([&]() -> Result<void> {
        Ends ends = make_sockets();
        fiber::Event taken;
        fiber::Group group;
        TRY(group.spawn("reader", [&]() -> Result<void> {
            std::byte byte;
            for (std::size_t i = 0; i < waits; i++) {
                TRY(fiber::read(ends.first.get(), {&byte, 1}));
                taken.set();
            }
            return {};
        }));
        TRY(fiber::this_fiber::yield());
        watch.start();
        for (std::size_t i = 0; i < waits; i++) {
            write_byte(ends.second.get());
            TRY(taken.wait());
            taken.reset();
        }
        watch.stop();
        return group.wait();
    });
    return watch.per_operation();
}

/// What such a wait needs of epoll at least: a registration that is kept, and armed each time.
double epoll_waits() {
    Ends ends = make_sockets();
    host::Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event event{};
    if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, ends.first.get(), &event) != 0) fail("epoll_ctl");
    char byte;
    Stopwatch watch(waits);
    watch.start();
    for (std::size_t i = 0; i < waits; i++) {
        if (::recv(ends.first.get(), &byte, 1, MSG_DONTWAIT) >= 0) fail("recv");
        event.events = EPOLLIN | EPOLLONESHOT;
        ::epoll_ctl(epoll.get(), EPOLL_CTL_MOD, ends.first.get(), &event);
        write_byte(ends.second.get());
        if (::epoll_wait(epoll.get(), &event, 1, -1) != 1) fail("epoll_wait");
        if (::recv(ends.first.get(), &byte, 1, MSG_DONTWAIT) != 1) fail("recv");
    }
    watch.stop();
    return watch.per_operation();
}

double our_trips() {
    Stopwatch watch(waits);
    run_on_loop([&]() -> Result<void> {
        Ends ends = make_sockets();
        fiber::Group group;
        TRY(group.spawn("echo", [&]() -> Result<void> {
            std::byte byte{};
            for (std::size_t i = 0; i < waits; i++) {
                TRY(fiber::read(ends.first.get(), {&byte, 1}));
                TRY(fiber::write(ends.first.get(), {&byte, 1}));
            }
            return {};
        }));
        std::byte byte{};
        watch.start();
        for (std::size_t i = 0; i < waits; i++) {
            TRY(fiber::write(ends.second.get(), {&byte, 1}));
            TRY(fiber::read(ends.second.get(), {&byte, 1}));
        }
        watch.stop();
        return group.wait();
    });
    return watch.per_operation();
}

/// Two threads that block, on the processor that this one happens to run on.
double thread_trips() {
    cpu_set_t all, one;
    ::sched_getaffinity(0, sizeof(all), &all);
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &one);
    ::sched_setaffinity(0, sizeof(one), &one);
    Ends ends = make_sockets();
    std::thread echo([&] {
        char byte;
        for (std::size_t i = 0; i < waits; i++) {
            if (::read(ends.first.get(), &byte, 1) != 1) fail("read");
            write_byte(ends.first.get());
        }
    });
    Stopwatch watch(waits);
    watch.start();
    char byte;
    for (std::size_t i = 0; i < waits; i++) {
        write_byte(ends.second.get());
        if (::read(ends.second.get(), &byte, 1) != 1) fail("read");
    }
    watch.stop();
    echo.join();
    ::sched_setaffinity(0, sizeof(all), &all);
    return watch.per_operation();
}

} // namespace

void measure_read_ready_socket(const Figure& figure) {
    compare_ready_reads(figure, make_sockets);
}

void measure_read_ready_pipe(const Figure& figure) {
    compare_ready_reads(figure, make_pipe);
}

void measure_read_ready_pipe_own(const Figure& figure) {
    compare_ready_reads(figure, make_own_pipe);
}

void measure_read_wait(const Figure& figure) {
    compare(figure, "one-shot epoll", our_waits, epoll_waits);
}

void measure_socket_pair(const Figure& figure) {
    compare(figure, "threads on one processor", our_trips, thread_trips);
}

} // namespace kindling::bench
