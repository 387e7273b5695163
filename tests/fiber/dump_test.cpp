// SPDX-License-Identifier: MIT
#include "fiber/dump.hpp"
#include "fiber/lock.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/child_process.hpp"
#include "tests/fiber/log_lines.hpp"
#include "tests/fiber/virtual_loop.hpp"

#include <sstream>

using namespace kindling;
using namespace kindling::fiber;

using Lines = std::vector<std::string>;

namespace {

Lines lines_of(const std::string& text) {
    std::istringstream stream(text);
    Lines lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

/// Locks one, and when both fibers have, the other one.
auto lock_both(Mutex& one, Mutex& other) {
    return [&one, &other]() -> Result<void> {
        Guard first = TRY(one.lock());
        TRY(this_fiber::yield());
        Guard second = TRY(other.lock());
        return {};
    };
}

} // namespace

TEST_CASE("a dump tells of each fiber its state, its wait and its origin", "[fiber][dump]") {
    VirtualLoop here;
    Mutex disk("disk");
    std::string text;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        TRY(group.spawn("writer", [&]() -> Result<void> {
            Guard held = TRY(disk.lock());
            return this_fiber::sleep_for_us(2'000'000);
        }));
        TRY(group.spawn("reader", [&]() -> Result<void> {
            Guard held = TRY(disk.lock());
            return {};
        }));
        TRY(this_fiber::sleep_for_us(1'250'000));
        TRY(group.spawn(
            "late", [] {}, Priority{2}));
        text = dump(here.loop());
        return group.wait();
    });
    CHECK(result.has_value());
    Lines lines = lines_of(text);
    REQUIRE(lines.size() == 5);
    CHECK(lines[0] == "loop of 4 fibers");
    CHECK(has(lines[1], "running"));
    CHECK(has(lines[1], " first "));
    CHECK(has(lines[1], "virtual_loop.hpp"));
    CHECK(has(lines[2], "parked"));
    CHECK(has(lines[2], "1.250 s"));
    CHECK(has(lines[2], " writer "));
    CHECK(has(lines[2], "waits for sleep "));
    CHECK(has(lines[2], "child of first"));
    CHECK(has(lines[2], "dump_test.cpp:"));
    CHECK(has(lines[2], "1 suspensions"));
    CHECK(has(lines[3], " reader "));
    CHECK(has(lines[3], "waits for mutex \"disk\" held by writer"));
    CHECK(has(lines[4], "not begun"));
    CHECK(has(lines[4], " late "));
    CHECK(has(lines[4], "priority 2"));
}

TEST_CASE("a fiber's name cannot look like a line of a dump", "[fiber][dump]") {
    VirtualLoop here;
    std::string text;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        TRY(group.spawn("a\nloop of \x1b[1m", [] {}));
        text = dump(here.loop());
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(lines_of(text).size() == 3);
    CHECK(has(text, "a?loop of ?[1m"));
}

TEST_CASE("a dump names the children that are waited for, but not hundreds", "[fiber][dump]") {
    VirtualLoop here;
    std::string few, many;
    auto result = here.run([&]() -> Result<void> {
        Group outer;
        TRY(outer.spawn("parent", [&]() -> Result<void> {
            Group group;
            for (int i = 0; i < 300; i++)
                TRY(group.spawn(std::to_string(i), [i]() -> Result<void> {
                    return this_fiber::sleep_for_us(i < 298 ? 10 : 1000);
                }));
            return group.wait();
        }));
        TRY(this_fiber::sleep_for_us(5));
        many = dump(here.loop());
        TRY(this_fiber::sleep_for_us(50));
        few = dump(here.loop());
        return outer.wait();
    });
    CHECK(result.has_value());
    CHECK(has(many, "waits for children 299, 298, 297, 296 and 296 more"));
    CHECK(has(few, "waits for children 299, 298 "));
    CHECK(lines_of(many).size() == 303);
}

TEST_CASE("a deadlock names who waits for whom, and every wait says so", "[fiber][dump]") {
    VirtualLoop here;
    LogLines lines;
    Mutex left("left"), right("right");
    auto result = here.run([&]() -> Result<void> {
        Group group(Policy::all_settled);
        TRY(group.spawn("a", lock_both(left, right)));
        TRY(group.spawn("b", lock_both(right, left)));
        auto bystander = [&]() -> Result<void> {
            WaitQueue queue;
            Wait wait("what never comes");
            here.say(text_of(queue.park(wait)));
            here.say(text_of(this_fiber::yield()));
            return {};
        };
        TRY(group.spawn("bystander", bystander));
        here.say(text_of(group.wait()));
        here.say(text_of(group.wait()));
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Lines{"deadlock", "deadlock", "deadlock", "deadlock"});
    CHECK(lines.count("deadlock: ") == 2);
    CHECK(lines.count("parked") == 4);
    CHECK(lines.all().back() == "deadlock: b waits for mutex \"left\" held by a; a waits for mutex "
                                "\"right\" held by b");
}

TEST_CASE("a circle can go through a group", "[fiber][dump]") {
    VirtualLoop here;
    LogLines lines;
    Mutex mutex("m");
    auto result = here.run([&]() -> Result<void> {
        Guard held = TRY(mutex.lock());
        Group group;
        TRY(group.spawn("idle", []() -> Result<void> {
            WaitQueue queue;
            Wait wait("nothing");
            return queue.park(wait);
        }));
        TRY(group.spawn("child", [&]() -> Result<void> {
            Guard again = TRY(mutex.lock());
            return {};
        }));
        return group.wait();
    });
    CHECK(text_of(result) == "deadlock");
    CHECK(lines.all().back() == "deadlock: child waits for mutex \"m\" held by first; first waits "
                                "for children child, idle");
}

TEST_CASE("a deadlock without a circle says that none is known", "[fiber][dump]") {
    VirtualLoop here;
    LogLines lines;
    auto result = here.run([]() -> Result<void> {
        WaitQueue queue;
        Wait wait("nothing");
        return queue.park(wait);
    });
    CHECK(text_of(result) == "deadlock");
    CHECK(lines.all().back() == "deadlock: nobody is known to hold what they wait for");
}

TEST_CASE("a deadlock reaches what is behind a shield without a limit in its turn",
          "[fiber][dump]") {
    VirtualLoop here;
    LogLines lines;
    Mutex mutex("m");
    auto result = here.run([&]() -> Result<void> {
        Group group(Policy::all_settled);
        TRY(group.spawn("holder", [&]() -> Result<void> {
            Guard held = TRY(mutex.lock());
            WaitQueue queue;
            Wait wait("nothing");
            return queue.park(wait);
        }));
        TRY(group.spawn("parent", [&]() -> Result<void> {
            Group inner;
            TRY(inner.spawn("cleaner", [&]() -> Result<void> {
                Guard held = mutex.lock_shielded();
                here.say("cleaned");
                return {};
            }));
            return this_fiber::yield(); // Its destructor waits for the cleaner.
        }));
        here.say(text_of(group.wait()));
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Lines{"cleaned", "deadlock"});
    CHECK(lines.count("deadlock: nothing can wake") == 1);
}

TEST_CASE("a program in which nothing can be interrupted stops and says why", "[fiber][dump]") {
    Ended ended = end_of_child([] {
        VirtualLoop here;
        static_cast<void>(here.run([]() -> Result<void> {
            Shield shield(never_ns);
            WaitQueue queue;
            Wait wait("what never comes");
            return queue.park(wait);
        }));
    });
    CHECK(ended.signal == SIGABRT);
    CHECK(has(ended.said, "first"));
    CHECK(has(ended.said, "waits for what never comes"));
    CHECK(has(ended.said, "bug: no fiber can be interrupted"));
}
