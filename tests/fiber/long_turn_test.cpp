// SPDX-License-Identifier: MIT
#include "fiber/long_turn.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/log_lines.hpp"
#include "tests/fiber/virtual_loop.hpp"

using namespace kindling;
using namespace kindling::fiber;

using Lines = std::vector<std::string>;

namespace {

constexpr std::uint64_t ms = 1'000'000;

/// Works so many times for that long, and waits in between, or lets the others run.
auto work(VirtualLoop& here, int count, std::uint64_t each_ns, std::uint64_t sleep_us) {
    return [&here, count, each_ns, sleep_us]() -> Result<void> {
        for (int i = 0; i < count; i++) {
            here.poller().advance_ns(each_ns);
            TRY(this_fiber::sleep_for_us(sleep_us));
        }
        return {};
    };
}

} // namespace

TEST_CASE("a fiber that holds the loop alone is named, once", "[fiber][long]") {
    VirtualLoop here;
    here.loop().long_turns().set_limit_ns(50 * ms);
    LogLines lines;
    CHECK(here.run(work(here, 3, 213 * ms, 1)).has_value());
    CHECK(lines.all() == Lines{"FIBER=first: fiber first held the loop for 213 ms"});
}

TEST_CASE("a fiber that ends in its long turn is named too", "[fiber][long]") {
    VirtualLoop here;
    here.loop().long_turns().set_limit_ns(50 * ms);
    LogLines lines;
    CHECK(here.run([&] { here.poller().advance_ns(51 * ms); }).has_value());
    CHECK(lines.all() == Lines{"FIBER=first: fiber first held the loop for 51 ms"});
}

TEST_CASE("among several the one that does it again is named", "[fiber][long]") {
    VirtualLoop here;
    here.loop().long_turns().set_limit_ns(50 * ms);
    LogLines lines;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        TRY(group.spawn("quick", work(here, 40, 1 * ms, 0)));
        TRY(group.spawn("slow", work(here, 40, 100 * ms, 0)));
        TRY(group.spawn("other", work(here, 40, 2 * ms, 0)));
        return group.wait();
    });
    CHECK(result.has_value());
    // The clock is looked at after 64 runs: one of the first, 21 of each of the others.
    CHECK(lines.all() == Lines{"fibers that ran 64 times held the loop for 2163 ms together; from "
                               "now on each is measured",
                               "FIBER=slow: fiber slow held the loop for 100 ms"});
}

TEST_CASE("the longer fibers run, the sooner the loop looks at the clock again", "[fiber][long]") {
    VirtualLoop here;
    std::uint64_t latest_ns = 0;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        bool is_over = false;
        for (const char* name : {"a", "b", "c"})
            TRY(group.spawn(name, [&]() -> Result<void> {
                while (!is_over) {
                    here.poller().advance_ns(40'000);
                    TRY(this_fiber::yield());
                }
                return {};
            }));
        for (int i = 0; i < 20; i++) {
            std::uint64_t due_ns = here.poller().now_ns() + 1 * ms;
            TRY(this_fiber::sleep_until_ns(due_ns));
            // How long they take is known once there was a look.
            if (i > 0) latest_ns = std::max(latest_ns, here.poller().now_ns() - due_ns);
        }
        is_over = true;
        return group.wait();
    });
    CHECK(result.has_value());
    // Two runs between looks, and a turn of the others before it runs again.
    CHECK(latest_ns <= (2 + 3) * 40'000);
}

TEST_CASE("measuring does not change who runs when", "[fiber][long]") {
    Lines said[2];
    for (int measures : {0, 1}) {
        VirtualLoop here;
        here.loop().long_turns().set_limit_ns(measures ? 1 : 0);
        LogLines lines;
        auto result = here.run([&]() -> Result<void> {
            Group group;
            for (const char* name : {"a", "b", "c"})
                TRY(group.spawn(name, [&]() -> Result<void> {
                    for (int i = 0; i < 300; i++) {
                        here.poller().advance_ns(10);
                        here.say(std::string(this_fiber::name()) + std::to_string(i));
                        TRY(this_fiber::yield());
                    }
                    return {};
                }));
            return group.wait();
        });
        CHECK(result.has_value());
        CHECK(lines.all().empty() == (measures == 0));
        said[measures] = here.said();
    }
    CHECK(said[0] == said[1]);
}

TEST_CASE("work that is short enough, or that nobody minds, are not told of", "[fiber][long]") {
    VirtualLoop here;
    LogLines lines;
    here.loop().long_turns().set_limit_ns(50 * ms);
    CHECK(here.run(work(here, 10, 50 * ms, 1)).has_value());
    here.loop().long_turns().set_limit_ns(0);
    CHECK(here.run(work(here, 10, 5000 * ms, 1)).has_value());
    CHECK(lines.all().empty());
}

TEST_CASE("time in which no fiber ran is nobody's fault", "[fiber][long]") {
    VirtualLoop here;
    here.loop().long_turns().set_limit_ns(50 * ms);
    LogLines lines;
    here.poller().advance_ns(1000 * ms);
    CHECK(here.run([] { return this_fiber::sleep_for_us(1'000'000); }).has_value());
    CHECK(lines.all().empty());
}

TEST_CASE("what ran in an earlier run of the loop is not counted again", "[fiber][long]") {
    VirtualLoop here;
    here.loop().long_turns().set_limit_ns(50 * ms);
    LogLines lines;
    CHECK(here.run([] {}).has_value());
    CHECK(here.run([&] { here.poller().advance_ns(51 * ms); }).has_value());
    CHECK(lines.all() == Lines{"FIBER=first: fiber first held the loop for 51 ms"});
}
