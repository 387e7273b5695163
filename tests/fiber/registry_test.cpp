// SPDX-License-Identifier: MIT
#include "fiber/registry.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/child_process.hpp"
#include "tests/fiber/log_lines.hpp"
#include "tests/fiber/virtual_loop.hpp"

#include <thread>
#include <vector>

using namespace kindling;
using namespace kindling::fiber;

namespace {

std::size_t threads_registered() {
    std::size_t count = 0;
    for (std::atomic<int>& each : kindling_fiber_registry.threads) count += each != 0;
    return count;
}

} // namespace

TEST_CASE("the registry holds the loops of all threads, while they live", "[fiber][registry]") {
    CHECK(kindling_fiber_registry.version == registry_version);
    CHECK(kindling_fiber_registry.first == nullptr);
    {
        VirtualLoop here;
        CHECK(kindling_fiber_registry.first != nullptr);
        std::thread([] {
            VirtualLoop there;
            CHECK(threads_registered() == 2);
        }).join();
        CHECK(threads_registered() == 1);
    }
    CHECK(kindling_fiber_registry.first == nullptr);
    CHECK(threads_registered() == 0);
}

TEST_CASE("more loops than there are places for threads are no problem", "[fiber][registry]") {
    std::vector<std::thread> threads;
    std::atomic<int> here_too = 0;
    constexpr int count = static_cast<int>(Registry::threads_max) + 3;
    for (int i = 0; i < count; i++)
        threads.emplace_back([&] {
            VirtualLoop there;
            here_too++;
            while (here_too < count) std::this_thread::yield();
        });
    for (std::thread& each : threads) each.join();
    CHECK(threads_registered() == 0);
    CHECK(kindling_fiber_registry.first == nullptr);
}

TEST_CASE("a child of fork that goes on with the loop of its parent stops", "[fiber][registry]") {
    bool is_parent_well = false;
    Ended ended;
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        TRY(group.spawn("other", [] { std::fputs("ran in the child\n", stderr); }));
        ended = end_of_child([] { static_cast<void>(this_fiber::yield()); });
        group.cancel();
        is_parent_well = true;
        return {};
    });
    CHECK(result.has_value());
    CHECK(is_parent_well);
    CHECK(ended.signal == SIGABRT);
    CHECK(has(ended.said, "bug: a child of fork used the loop of its parent"));
    CHECK_FALSE(has(ended.said, "ran in the child"));
}

TEST_CASE("a child of fork stops at spawning, running and ending too", "[fiber][registry]") {
    VirtualLoop here;
    auto expect_stop = [](const Ended& ended) {
        CHECK(ended.signal == SIGABRT);
        CHECK(has(ended.said, "a child of fork used the loop of its parent"));
    };
    expect_stop(end_of_child([&] { static_cast<void>(here.run([] {})); }));
    CHECK(here.run([&] {
                  expect_stop(end_of_child([] {
                      Group group;
                      static_cast<void>(group.spawn("x", [] {}));
                  }));
              })
              .has_value());
}

TEST_CASE("a child of fork may have a loop of its own", "[fiber][registry]") {
    Ended ended = end_of_child([] {
        VirtualLoop here;
        bool is_well = here.run([] { return this_fiber::yield(); }).has_value();
        std::fputs(is_well ? "well\n" : "not well\n", stderr);
    });
    CHECK(ended.signal == 0);
    CHECK(ended.said == "well\n");
}
