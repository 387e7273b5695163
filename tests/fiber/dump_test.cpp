// SPDX-License-Identifier: MIT
#include "fiber/backtrace.hpp"
#include "fiber/dump.hpp"
#include "fiber/io.hpp"
#include "fiber/lock.hpp"
#include "fiber/switch.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/child_process.hpp"
#include "tests/fiber/log_lines.hpp"
#include "tests/fiber/virtual_loop.hpp"
#include "tests/skip.hpp"

#include <algorithm>
#include <sstream>
#include <unistd.h>

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

/// Without the backtraces, which not every build has.
Lines fiber_lines_of(const std::string& text) {
    Lines lines = lines_of(text);
    std::erase_if(lines, [](const std::string& line) { return line.starts_with("      at "); });
    return lines;
}

/// Of a stack of another, where sanitizers let nobody look.
[[gnu::noinline, gnu::no_sanitize_address]] std::uintptr_t replace_word(std::uintptr_t& word,
                                                                        std::uintptr_t value) {
    volatile std::uintptr_t& place = word;
    std::uintptr_t before = place;
    place = value;
    return before;
}

/// Where the last fiber goes on that called `park_at_the_place`.
std::uintptr_t waiting_place = 0;

[[gnu::noinline]] Result<void> park_at_the_place() {
    waiting_place = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
    Result<void> result = this_fiber::sleep_for_us(1000);
    asm volatile("" : : : "memory"); // not a tail call
    return result;
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
    Lines lines = fiber_lines_of(text);
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

TEST_CASE("a parked fiber's backtrace shows the function that waits", "[fiber][dump]") {
    if (parked_place() == 0) return skip("no backtraces in this build");
    VirtualLoop here;
    std::string text;
    std::size_t count = 0;
    std::uintptr_t places[backtrace_frames_max] = {};
    auto result = here.run([&]() -> Result<void> {
        Group group;
        TRY(group.spawn("parked", []() -> Result<void> { return park_at_the_place(); }));
        CHECK(backtrace(*here.loop().first_fiber(), places) == 0); // has not begun
        CHECK(backtrace(*here.loop().running(), places) == 0);
        TRY(this_fiber::sleep_for_us(1));
        text = dump(here.loop());
        count = backtrace(*here.loop().first_fiber(), places);
        CHECK(backtrace(*here.loop().first_fiber(), {places, 2}) == 2);
        return group.wait();
    });
    CHECK(result.has_value());
    REQUIRE(count >= 4);
    CHECK(std::count(places, places + count, waiting_place) == 1);
    CHECK(has(text, "      at "));
    CHECK(has(text, place_text(waiting_place)));
}

TEST_CASE("a stack that makes no sense ends a backtrace and nothing else", "[fiber][dump]") {
    if (parked_place() == 0) return skip("no backtraces in this build");
    VirtualLoop here;
    std::uintptr_t places[backtrace_frames_max] = {};
    std::size_t whole = 0;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        TRY(group.spawn("parked", []() -> Result<void> { return park_at_the_place(); }));
        TRY(this_fiber::sleep_for_us(1));
        const Fiber& fiber = *here.loop().first_fiber();
        whole = backtrace(fiber, places);
        auto* first = static_cast<const std::uintptr_t*>(fiber.context().stack_pointer());
        auto* words = const_cast<std::uintptr_t*>(first);
        for (std::size_t i = 0; i < 40; i++)
            for (std::uintptr_t bad : {std::uintptr_t{1}, ~std::uintptr_t{0} - 7,
                                       reinterpret_cast<std::uintptr_t>(words)}) {
                std::uintptr_t before = replace_word(words[i], bad);
                CHECK(backtrace(fiber, places) <= backtrace_frames_max);
                replace_word(words[i], before);
            }
        CHECK(backtrace(fiber, places) == whole);
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(whole >= 4);
}

TEST_CASE("a dump names operations, descriptors and priorities that wait", "[fiber][dump]") {
    std::string text;
    auto poller = create_epoll_poller();
    REQUIRE(poller.has_value());
    Loop loop(**poller);
    int ends[2] = {};
    REQUIRE(::pipe(ends) == 0);
    host::Fd from(ends[0]), to(ends[1]);
    auto result = loop.run("first", [&]() -> Result<void> {
        Group group(Policy::all_settled);
        TRY(group.spawn("listener", [&]() -> Result<void> {
            std::byte byte{};
            TRY(read(from.get(), {&byte, 1}));
            return {};
        }));
        // More than may run between two looks at the clock.
        auto turns = []() -> Result<void> {
            for (int i = 0; i < 1000; i++) TRY(this_fiber::yield());
            return {};
        };
        TRY(group.spawn("early", turns, Priority{2}));
        TRY(group.spawn("early too", turns, Priority{2}));
        TRY(group.spawn(
            "late", [] {}, Priority{6}));
        TRY(this_fiber::sleep_for_us(1000));
        text = dump(loop);
        group.cancel();
        (void)group.wait();
        return {};
    });
    CHECK(result.has_value());
    std::string number = std::to_string(from.get());
    CHECK(has(text, "operation poll of descriptor " + number + " (pipe:["));
    CHECK(has(text, "]) for listener\n"));
    CHECK(has(text, "registered descriptor " + number + " (pipe:["));
    CHECK(loop.turns_waited(2) == 0);
    CHECK(loop.turns_waited(6) >= 1);
    CHECK(has(text, "priority 6 waited "));
    CHECK_FALSE(has(text, "priority 2 waited "));
}

TEST_CASE("a loop that is destroyed too early lists what is alive", "[fiber][dump]") {
    Ended ended = end_of_child([] {
        auto poller = create_epoll_poller();
        int ends[2] = {};
        if (!poller || ::pipe(ends) != 0) return;
        Loop loop(**poller);
        auto listen = [&] {
            std::byte byte{};
            (void)read(ends[0], {&byte, 1});
        };
        if (!loop.begin("listener", listen)) return;
        (void)loop.run_once();
    });
    CHECK(ended.signal == SIGABRT);
    CHECK(has(ended.said, "waits for read of descriptor "));
    CHECK(has(ended.said, "operation poll of descriptor "));
    CHECK(has(ended.said, ") for listener"));
    CHECK(has(ended.said, "registered descriptor "));
    CHECK(has(ended.said, "bug: the loop was destroyed before its fibers had ended"));
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
    CHECK(fiber_lines_of(many).size() == 303);
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
