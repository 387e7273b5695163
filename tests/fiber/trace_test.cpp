// SPDX-License-Identifier: MIT
#include "fiber/trace.hpp"

#include "fiber/dump.hpp"
#include "fiber/overflow.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/child_process.hpp"
#include "tests/fiber/log_lines.hpp"
#include "tests/fiber/virtual_loop.hpp"

#include <algorithm>
#include <cstdlib>

using namespace kindling;
using namespace kindling::fiber;

namespace {

/// A child that works for 2 ms, sleeps until 5 ms after the loop last looked at the clock, and
/// ends.
Result<void> run_one(VirtualLoop& here) {
    Group group;
    TRY(group.spawn("child", [&]() -> Result<void> {
        here.poller().advance_ns(2'000'000);
        return this_fiber::sleep_for_us(5'000);
    }));
    return group.wait();
}

} // namespace

TEST_CASE("a trace tells who was ready, ran and parked, why, and how long", "[fiber][trace]") {
    VirtualLoop here;
    CHECK_FALSE(here.loop().trace().is_on());
    here.loop().trace().switch_on();
    std::string dumped;
    auto result = here.run([&]() -> Result<void> {
        TRY(run_one(here));
        dumped = dump(here.loop());
        return {};
    });
    CHECK(result.has_value());
    std::string expected = "trace -5000 us: ready first, spawned\n"
                           "trace -5000 us: run first, after 0 us\n"
                           "trace -5000 us: ready child, spawned\n"
                           "trace -5000 us: park first, children, after 0 us\n"
                           "trace -5000 us: run child, after 0 us\n"
                           "trace -3000 us: park child, sleep, after 2000 us\n"
                           "trace -0 us: ready child, sleep, after 3000 us\n"
                           "trace -0 us: run child, after 0 us\n"
                           "trace -0 us: ready first, children, after 5000 us\n"
                           "trace -0 us: park child, ended, after 0 us\n"
                           "trace -0 us: run first, after 0 us\n";
    CHECK(has(dumped, expected));
    CHECK(here.loop().trace().text() == expected + "trace -0 us: park first, ended, after 0 us\n");
    here.loop().trace().switch_off();
    CHECK(here.loop().trace().text().empty());
}

TEST_CASE("a trace keeps the last events only", "[fiber][trace]") {
    VirtualLoop here;
    here.loop().trace().switch_on();
    auto result = here.run([]() -> Result<void> {
        for (int i = 0; i < 1000; i++) TRY(this_fiber::yield());
        return {};
    });
    CHECK(result.has_value());
    std::string text = here.loop().trace().text();
    CHECK(std::count(text.begin(), text.end(), '\n') == Trace::events_max);
    CHECK_FALSE(has(text, "spawned"));
    CHECK(has(text, "park first, yield"));
    CHECK(text.ends_with("park first, ended, after 0 us\n"));
}

TEST_CASE("a name cannot make lines of its own in a trace", "[fiber][trace]") {
    VirtualLoop here;
    here.loop().trace().switch_on();
    auto result = here.run([]() -> Result<void> {
        Group group;
        TRY(group.spawn("a\ntrace -0 us: run b", [] {}));
        return group.wait();
    });
    CHECK(result.has_value());
    std::string text = here.loop().trace().text();
    CHECK(has(text, "ready a?trace -0 us: run b, spawned\n"));
    CHECK_FALSE(has(text, "\ntrace -0 us: run b"));
}

TEST_CASE("the environment switches a trace on", "[fiber][trace]") {
    const char* value = GENERATE("1", "");
    ::setenv("KINDLING_FIBER_TRACE", value, 1);
    Trace trace;
    ::unsetenv("KINDLING_FIBER_TRACE");
    CHECK(trace.is_on() == (*value != 0));
    CHECK(trace.text().empty());
    CHECK_FALSE(Trace().is_on());
}

#if !defined(KINDLING_FIBER_ASAN) && !defined(KINDLING_FIBER_TSAN) // with handlers of their own
TEST_CASE("a fault that ends the program tells the trace first", "[fiber][trace]") {
    Ended ended = end_of_child([] {
        VirtualLoop here;
        here.loop().trace().switch_on();
        if (!install_overflow_report()) return;
        static_cast<void>(here.run([&]() -> Result<void> {
            TRY(run_one(here));
            static volatile int* volatile nowhere = nullptr;
            *nowhere = 1;
            return {};
        }));
    });
    CHECK(ended.signal == SIGSEGV);
    CHECK(has(ended.said, "trace -3000 us: park child, sleep, after 2000 us\n"));
    CHECK(ended.said.ends_with("trace -0 us: run first, after 0 us\n"));
}
#endif
