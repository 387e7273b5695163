// SPDX-License-Identifier: MIT
#include "fiber/log.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/log_lines.hpp"
#include "tests/fiber/virtual_loop.hpp"

using namespace kindling;
using namespace kindling::fiber;

using Lines = std::vector<std::string>;

TEST_CASE("a fiber logs with its own fields, whatever runs in between", "[fiber][log]") {
    VirtualLoop here;
    LogLines lines;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        for (const char* name : {"a", "b"})
            TRY(group.spawn(name, [name]() -> Result<void> {
                LogField peer("peer", name);
                log("begins");
                TRY(this_fiber::yield());
                {
                    LogField step("step", "2");
                    TRY(this_fiber::yield());
                    log("inside");
                }
                log("ends");
                return {};
            }));
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(lines.all() == Lines{"FIBER=a peer=a: begins", "FIBER=b peer=b: begins",
                               "FIBER=a peer=a step=2: inside", "FIBER=a peer=a: ends",
                               "FIBER=b peer=b step=2: inside", "FIBER=b peer=b: ends"});
}

TEST_CASE("a child begins with the fields of the scope it was spawned in", "[fiber][log]") {
    VirtualLoop here;
    LogLines lines;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        {
            std::string gone = "17";
            LogField outer("unit", "boot");
            LogField inner("request", gone);
            TRY(group.spawn("child", []() -> Result<void> {
                TRY(this_fiber::yield());
                LogField own("own", "x");
                log("still");
                return {};
            }));
            gone.assign("overwritten");
        }
        TRY(group.spawn("other", [] { log("without"); }));
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(lines.all() ==
          Lines{"FIBER=other: without", "FIBER=child unit=boot request=17 own=x: still"});
}

TEST_CASE("fields that are inherited and lines have a limit", "[fiber][log]") {
    VirtualLoop here;
    LogLines lines;
    std::string text(3000, 'x');
    auto result = here.run([&]() -> Result<void> {
        LogField field("f", text);
        Group group;
        TRY(group.spawn("child", [] { log("short"); }));
        TRY(group.wait());
        log("cut");
        return {};
    });
    CHECK(result.has_value());
    REQUIRE(lines.all().size() == 2);
    CHECK(lines.all()[0] ==
          "FIBER=child f=" + std::string(inherited_fields_max - 2, 'x') + ": short");
    CHECK(lines.all()[1].size() == log_line_max);
}

TEST_CASE("a line is one line", "[fiber][log]") {
    LogLines lines;
    LogField field("a", "b\nc");
    log("x\ty\n");
    CHECK(lines.all() == Lines{"a=b?c: x?y?"});
}

TEST_CASE("off a fiber the fields are those of the thread", "[fiber][log]") {
    LogLines lines;
    VirtualLoop here;
    LogField field("thread", "main");
    log("before");
    CHECK(here.run([] { log("in"); }).has_value());
    log("after");
    // What the first fiber begins with is what the thread had.
    CHECK(lines.all() ==
          Lines{"thread=main: before", "FIBER=first thread=main: in", "thread=main: after"});
}
