// SPDX-License-Identifier: MIT
//
// A loop on each of the pollers, and with features of the kernel switched off: what a test of input
// and output runs on.
#pragma once

#include "fiber/fiber.hpp"
#include "fiber/group.hpp"
#include "fiber/virtual_poller.hpp"

#include "tests/catch.hpp"
#include "tests/skip.hpp"

#include <cstdlib>
#include <string>

namespace kindling::fiber {

/// A poller and what it must do without.
struct PollerChoice {
    const char* name;
    const char* disabled = "";
    std::uint64_t seed = 0;
};

inline std::ostream& operator<<(std::ostream& stream, const PollerChoice& choice) {
    return stream << choice.name << " without '" << choice.disabled << "', seed " << choice.seed;
}

/// Null where the kernel refuses it; the test case then counts as skipped.
inline std::unique_ptr<Poller> make_poller(const PollerChoice& choice) {
    std::string name = choice.name;
    if (name == "virtual") return std::make_unique<VirtualPoller>(choice.seed);
    const char* text = std::getenv("KINDLING_FIBER_DISABLE");
    std::string before = text ? text : "";
    ::setenv("KINDLING_FIBER_DISABLE", (before + "," + choice.disabled).c_str(), 1);
    auto poller = name == "epoll" ? create_epoll_poller() : create_io_uring_poller();
    ::setenv("KINDLING_FIBER_DISABLE", before.c_str(), 1);
    if (poller) return std::move(*poller);
    skip(std::string("no ") + choice.name + " here");
    return nullptr;
}

constexpr PollerChoice poller_choices[] = {
    {"virtual"},
    {"virtual", "", 1},
    {"virtual", "", 42},
    {"epoll"},
    {"epoll", "epoll_pwait2"},
    {"io_uring"},
    {"io_uring", "defer_taskrun"},
    {"io_uring", "defer_taskrun,coop_taskrun"},
    {"io_uring", "registered_ring,multishot_poll"},
    {"io_uring", "probe"},
    {"io_uring", "read,readv,recv,recvmsg"},
    {"io_uring", "write,writev,send,sendmsg"},
    {"io_uring", "accept,connect"},
    {"io_uring", "openat2,fsync,statx,renameat2,unlinkat,waitid"},
};

/// Runs `function` as the first fiber on one of the pollers after the other, without those that the
/// kernel refuses.
template <class Function>
void on_each_poller(Function function) {
    auto choice = GENERATE(from_range(std::begin(poller_choices), std::end(poller_choices)));
    INFO(choice);
    auto poller = make_poller(choice);
    if (!poller) return;
    Loop loop(*poller);
    auto result = loop.run("first", function);
    CHECK(result.has_value());
}

} // namespace kindling::fiber
