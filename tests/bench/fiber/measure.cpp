// SPDX-License-Identifier: MIT
#include "tests/bench/fiber/measure.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace kindling::bench {

namespace {

constexpr std::size_t turns = 25;

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
    auto poller = fiber::create_poller();
    if (!poller) fail("a poller");
    fiber::Loop loop(**poller);
    require(loop.run("bench", function));
}

void report(const Figure& figure, const char* unit, double value, const char* peer,
            double peer_value) {
    std::printf("{\"name\":\"%s\",\"value\":%.2f,\"unit\":\"%s\",\"peer\":\"%s\","
                "\"peer_value\":%.2f,\"ratio\":%.3f,\"goal\":%.2f}\n",
                figure.name, value, unit, peer, peer_value, value / peer_value, figure.goal);
    std::fflush(stdout);
}

void compare(const Figure& figure, const char* peer, const Side& ours, const Side& theirs) {
    double our_least = ours();
    double their_least = theirs();
    for (std::size_t turn = 1; turn < turns; turn++) {
        // Who goes second may find a warmer machine.
        bool we_go_first = turn % 2 == 0;
        if (we_go_first) our_least = std::min(our_least, ours());
        their_least = std::min(their_least, theirs());
        if (!we_go_first) our_least = std::min(our_least, ours());
    }
    report(figure, "ns", our_least, peer, their_least);
}

} // namespace kindling::bench
