// SPDX-License-Identifier: MIT
#include "bootctl/at_once.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/virtual_loop.hpp"

#include <algorithm>

using namespace kindling;

TEST_CASE("off a fiber work is done in order, up to the first failure", "[at_once]") {
    std::vector<std::size_t> done;
    auto result = for_each_at_once("part", 5, [&](std::size_t i) -> Result<void> {
        done.push_back(i);
        if (i == 3) return Error{Errc::io, "broken"};
        return {};
    });
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Errc::io);
    CHECK(done == std::vector<std::size_t>{0, 1, 2, 3});
}

TEST_CASE("on a fiber so many run at once, and all come to their end", "[at_once]") {
    fiber::VirtualLoop here;
    std::size_t running = 0, running_max = 0, done = 0;
    auto result = here.run([&] {
        return for_each_at_once("part", 50, [&](std::size_t i) -> Result<void> {
            running_max = std::max(running_max, ++running);
            TRY(fiber::this_fiber::sleep_for_us(1 + i % 7));
            running--;
            done++;
            return {};
        });
    });
    CHECK(result.has_value());
    CHECK(running_max == at_once_max);
    CHECK(done == 50);
}

TEST_CASE("the first failure ends the others, and is the one told", "[at_once]") {
    fiber::VirtualLoop here;
    std::size_t done = 0;
    auto result = here.run([&] {
        return for_each_at_once("part", 50, [&](std::size_t i) -> Result<void> {
            TRY(fiber::this_fiber::sleep_for_us(10 * (i + 1)));
            if (i == 4) return Error{Errc::denied, "not this one"};
            done++;
            return {};
        });
    });
    CHECK(fiber::text_of(result) == to_text(Errc::denied));
    CHECK(done == 4);
}

TEST_CASE("work at once is cancelled with the fiber that waits for it", "[at_once]") {
    fiber::VirtualLoop here;
    std::size_t done = 0;
    auto result = here.run([&]() -> Result<void> {
        fiber::Deadline soon(fiber::Deadline::in_us(5));
        return for_each_at_once("part", 50, [&](std::size_t) -> Result<void> {
            TRY(fiber::this_fiber::sleep_for_us(1'000));
            done++;
            return {};
        });
    });
    CHECK_FALSE(result);
    CHECK(done == 0);
}
