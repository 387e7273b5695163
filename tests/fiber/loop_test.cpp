// SPDX-License-Identifier: MIT
#include "fiber/loop.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/death.hpp"
#include "tests/fiber/virtual_loop.hpp"

#include "tests/fiber/child_process.hpp"
#include "tests/fiber/log_lines.hpp"
#include "tests/fiber/virtual_loop.hpp"
#include <stdexcept>

#include <algorithm>

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

TEST_CASE("the result of the first fiber is that of the run", "[fiber][loop]") {
    VirtualLoop here;
    CHECK(text_of(here.run([] {})) == "ok");
    CHECK(text_of(here.run([]() -> Result<void> {
              return Error{Errc::io, "broken"};
          })) == "input/output error");
    CHECK(here.loop().fibers_count() == 0);
}

TEST_CASE("a fiber sleeps until a time, and not for one that has passed", "[fiber][loop]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        std::uint64_t begin_ns = here.loop().now_ns();
        TRY(this_fiber::sleep_until_ns(begin_ns + 5'000));
        CHECK(here.loop().now_ns() == begin_ns + 5'000);
        TRY(this_fiber::sleep_until_ns(begin_ns + 1'000));
        CHECK(here.loop().now_ns() == begin_ns + 5'000);
        Deadline limit(begin_ns + 6'000);
        CHECK(text_of(this_fiber::sleep_until_ns(begin_ns + 9'000)) == "timed out");
        return {};
    });
    CHECK(text_of(result) == "ok");
    CHECK(text_of(this_fiber::sleep_until_ns(1)) == "ok"); // off a fiber, long ago
}

TEST_CASE("fibers of one priority take turns", "[fiber][loop]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        for (const char* name : {"a", "b", "c"})
            TRY(group.spawn(name, [&]() -> Result<void> {
                for (int i = 0; i < 3; i++) {
                    here.say(std::string(this_fiber::name()) + std::to_string(i));
                    TRY(this_fiber::yield());
                }
                return {};
            }));
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2"});
}

TEST_CASE("a lower number always runs first", "[fiber][loop]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        for (Priority priority : {Priority{5}, Priority{1}, Priority{3}}) {
            auto talk = [&, priority]() -> Result<void> {
                for (int i = 0; i < 2; i++) {
                    here.say(std::to_string(priority));
                    TRY(this_fiber::yield());
                }
                return {};
            };
            TRY(group.spawn("each", talk, priority));
        }
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"1", "1", "3", "3", "5", "5"});
}

TEST_CASE("sleepers wake by time, and by age at the same time", "[fiber][loop]") {
    VirtualLoop here;
    std::uint64_t began_us = here.now_us();
    auto result = here.run([&]() -> Result<void> {
        Group group;
        for (int us : {300, 100, 200, 100}) {
            auto sleep = [&, us]() -> Result<void> {
                TRY(this_fiber::sleep_for_us(static_cast<std::uint64_t>(us)));
                here.say(std::to_string(us));
                return {};
            };
            TRY(group.spawn("sleeper", sleep));
        }
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"100", "100", "200", "300"});
    CHECK(here.now_us() == began_us + 300);
}

TEST_CASE("fibers that wake each other do not stop the clock", "[fiber][loop]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        TRY(group.spawn("busy", [&]() -> Result<void> {
            for (int i = 0; i < 100; i++) {
                here.poller().advance_ns(1000);
                TRY(this_fiber::yield());
            }
            here.say("busy");
            return {};
        }));
        TRY(group.spawn("sleeper", [&]() -> Result<void> {
            TRY(this_fiber::sleep_for_us(50));
            here.say("sleeper");
            return {};
        }));
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"sleeper", "busy"});
}

TEST_CASE("a deadline ends every wait inside it, again and again", "[fiber][scope]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        {
            Deadline limit(Deadline::in_us(50));
            here.say(text_of(this_fiber::sleep_for_us(10)));
            here.say(text_of(this_fiber::sleep_for_us(1000)));
            here.say(text_of(this_fiber::sleep_for_us(1)));
            CHECK(limit.has_expired());
        }
        here.say(text_of(this_fiber::sleep_for_us(1)));
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"ok", "timed out", "timed out", "ok"});
    CHECK(here.now_us() == 1'000'000 + 51);
}

TEST_CASE("an inner deadline shortens and never extends", "[fiber][scope]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Deadline outer(Deadline::in_us(100));
        {
            Deadline inner(Deadline::in_us(30));
            here.say(text_of(this_fiber::sleep_for_us(1000)));
            CHECK(inner.has_expired());
            CHECK_FALSE(outer.has_expired());
        }
        {
            Deadline longer(Deadline::in_us(1000));
            here.say(text_of(this_fiber::sleep_for_us(500)));
            CHECK_FALSE(longer.has_expired());
            CHECK(outer.has_expired());
        }
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"timed out", "timed out"});
    CHECK(here.now_us() == 1'000'000 + 100);
}

TEST_CASE("a cancelled fiber hears of it at every wait outside a shield", "[fiber][scope]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        TRY(group.spawn("child", [&]() -> Result<void> {
            here.say(text_of(this_fiber::sleep_for_us(1000)));
            here.say(text_of(this_fiber::yield()));
            CHECK(this_fiber::is_cancelled());
            {
                Shield shield;
                CHECK_FALSE(this_fiber::is_cancelled());
                here.say(text_of(this_fiber::sleep_for_us(20)));
                Shield short_one(Deadline::in_us(10));
                here.say(text_of(this_fiber::sleep_for_us(20)));
            }
            here.say(text_of(this_fiber::sleep_for_us(1)));
            return {};
        }));
        TRY(this_fiber::sleep_for_us(10));
        group.cancel();
        here.say(text_of(group.wait()));
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() ==
          Said{"cancelled", "cancelled", "ok", "timed out", "cancelled", "cancelled"});
    CHECK(here.now_us() == 1'000'000 + 40);
}

TEST_CASE("cancellation outranks a deadline that has passed too", "[fiber][scope]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        TRY(group.spawn("child", [&]() -> Result<void> {
            Deadline limit(Deadline::in_us(10));
            here.say(text_of(this_fiber::sleep_for_us(1000)));
            TRY(this_fiber::yield());
            return {};
        }));
        TRY(this_fiber::yield());
        here.poller().advance_ns(10'000);
        group.cancel();
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"cancelled"});
}

TEST_CASE("an exit cancels the first fiber, and all it started unwind", "[fiber][loop]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        TRY(group.spawn("deep", [&]() -> Result<void> {
            Group inner;
            TRY(inner.spawn("deeper", [&]() -> Result<void> {
                here.say(text_of(this_fiber::sleep_for_us(1'000'000)));
                return {};
            }));
            here.say(text_of(inner.wait()));
            return {};
        }));
        TRY(this_fiber::sleep_for_us(5));
        here.loop().request_exit();
        here.say(text_of(group.wait()));
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"cancelled", "cancelled", "cancelled"});
}

TEST_CASE("a program in which all wait for each other ends instead of hanging", "[fiber][loop]") {
    VirtualLoop here;
    LogLines lines;
    auto result = here.run([&]() -> Result<void> {
        WaitQueue queue;
        Wait wait("what never comes");
        return queue.park(wait);
    });
    CHECK(text_of(result) == "deadlock");
}

TEST_CASE("an exception that leaves a fiber stops the program, with both named", "[fiber][loop]") {
    std::string said = last_words([] {
        VirtualLoop here;
        (void)here.run([&]() -> Result<void> {
            Group group;
            TRY(group.spawn("thrower", [] { throw std::runtime_error("out of luck"); }));
            return group.wait();
        });
    });
    CHECK(said.find("fiber thrower: an exception left its function") != std::string::npos);
    CHECK(said.find("out of luck") != std::string::npos);
}

TEST_CASE("five thousand fibers sleep at random and all wake in order", "[fiber][loop]") {
    VirtualLoop here;
    std::uint64_t last = 0, count = 0, seed = 1;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        for (int i = 0; i < 5'000; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            std::uint64_t us = 1 + (seed >> 40) % 1000;
            TRY(group.spawn("each", [&, us]() -> Result<void> {
                TRY(this_fiber::sleep_for_us(us));
                if (us < last) return Error{Errc::invalid, "out of order"};
                last = us;
                count++;
                return {};
            }));
        }
        return group.wait();
    });
    CHECK(text_of(result) == "ok");
    CHECK(count == 5'000);
}

TEST_CASE("a loop that is destroyed with fibers says which and stops", "[fiber][loop]") {
    Ended ended = end_of_child([] {
        VirtualLoop here;
        auto fiber = here.loop().create("orphan", priority_default, nullptr, [] {});
        CHECK(fiber.has_value());
    });
    CHECK(ended.signal == SIGABRT);
    CHECK(has(ended.said, "loop of 1 fiber\n"));
    CHECK(has(ended.said, " orphan "));
    CHECK(has(ended.said, "bug: the loop was destroyed before its fibers had ended"));
}

TEST_CASE("a fiber that goes on although its waits fail is named once", "[fiber][loop]") {
    VirtualLoop here;
    here.loop().stop_at_spinning(false);
    LogLines lines;
    int waits = 0;
    std::vector<int> seen; // by the other one
    auto result = here.run([&]() -> Result<void> {
        Group group(Policy::all_settled);
        TRY(group.spawn("deaf", [&] {
            while (waits < 5000) waits += !this_fiber::yield();
        }));
        TRY(this_fiber::yield());
        group.cancel();
        while (waits < 5000) {
            TRY(this_fiber::yield());
            seen.push_back(waits);
        }
        return {};
    });
    CHECK(result.has_value());
    CHECK(waits == 5000);
    int longest = 0;
    for (std::size_t i = 1; i < seen.size(); i++)
        if (seen[i - 1] > 1000) longest = std::max(longest, seen[i] - seen[i - 1]);
    CHECK(longest > 0);
    CHECK(longest <= 64);
    CHECK(lines.all() == Said{"FIBER=deaf: fiber deaf goes on although its waits fail: 1000 in a "
                              "row"});
}

TEST_CASE("where it is asked for, such a fiber stops the program", "[fiber][loop]") {
    Ended ended = end_of_child([] {
        VirtualLoop here;
        here.loop().stop_at_spinning(true);
        static_cast<void>(here.run([&] {
            here.loop().request_exit();
            while (!this_fiber::yield()) {
            }
        }));
    });
    CHECK(ended.signal == SIGABRT);
    CHECK(has(ended.said, "bug: fiber first does not end when it is interrupted"));
}
