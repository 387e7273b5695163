// SPDX-License-Identifier: MIT
#include "tests/bench/fiber/measure.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <sys/epoll.h>
#include <unistd.h>

namespace kindling::bench {

namespace {

constexpr std::size_t turns = 15;

/// Enters the kernel as any poller has to.
class SystemPoller : public fiber::Poller {
public:
    SystemPoller() : fd_(::epoll_create1(EPOLL_CLOEXEC)) {
        if (fd_ < 0) fail("epoll_create1");
    }
    ~SystemPoller() override { ::close(fd_); }

    std::uint64_t now_ns() override { return bench::now_ns(); }
    void wait(std::uint64_t deadline_ns) override {
        epoll_event events[64];
        int timeout_ms = deadline_ns == 0 ? 0 : 1;
        ::epoll_wait(fd_, events, 64, timeout_ms);
    }
    void wake() override {}
    bool can_wake() const override { return false; }

private:
    int fd_;
};

} // namespace

void fail(const char* what) {
    std::perror(what);
    std::exit(1);
}

void require(const Result<void>& result) {
    if (result) return;
    std::fprintf(stderr, "%s: %s\n", to_text(result.error().code), result.error().what);
    std::exit(1);
}

std::uint64_t now_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec);
}

void run_on_loop(const std::function<Result<void>()>& function) {
    SystemPoller poller;
    fiber::Loop loop(poller);
    require(loop.run("bench", function));
}

void report(const char* name, const char* unit, double value, const char* peer, double peer_value) {
    std::printf("{\"name\":\"%s\",\"value\":%.2f,\"unit\":\"%s\",\"peer\":\"%s\","
                "\"peer_value\":%.2f,\"ratio\":%.3f}\n",
                name, value, unit, peer, peer_value, value / peer_value);
    std::fflush(stdout);
}

void compare(const char* name, const char* peer, const Side& ours, const Side& theirs) {
    double our_least = ours();
    double their_least = theirs();
    for (std::size_t turn = 1; turn < turns; turn++) {
        // Who goes second may find a warmer machine.
        bool we_go_first = turn % 2 == 0;
        if (we_go_first) our_least = std::min(our_least, ours());
        their_least = std::min(their_least, theirs());
        if (!we_go_first) our_least = std::min(our_least, ours());
    }
    report(name, "ns", our_least, peer, their_least);
}

} // namespace kindling::bench
