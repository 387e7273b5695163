// SPDX-License-Identifier: MIT
#include "fiber/stack_mark.hpp"

#include "tests/catch.hpp"
#include "tests/fiber/log_lines.hpp"
#include "tests/fiber/virtual_loop.hpp"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>

using namespace kindling;
using namespace kindling::fiber;

namespace {

/// A loop whose stacks were set up with KINDLING_FIBER_STACKS as it is told.
class MarkedLoop {
public:
    explicit MarkedLoop(const char* mode) {
        ::setenv("KINDLING_FIBER_STACKS", mode, 1);
        here_.emplace();
        ::unsetenv("KINDLING_FIBER_STACKS");
    }
    VirtualLoop& operator*() { return *here_; }
    VirtualLoop* operator->() { return &*here_; }
    const StackMark* find(std::string_view name) {
        return here_->loop().stacks().marks().find(name);
    }
    void end() { here_.reset(); }

private:
    std::optional<VirtualLoop> here_;
};

/// Uses so many bytes of the stack.
template <std::size_t size_bytes>
[[gnu::noinline]] void dig() {
    char used[size_bytes];
    std::memset(used, 1, size_bytes);
    asm volatile("" : : "r"(used) : "memory");
}

/// One after the other, each `count` times.
template <class Function>
auto run_each(const char* name, int count, Function function) {
    return [=]() -> Result<void> {
        for (int i = 0; i < count; i++) {
            Group group;
            TRY(group.spawn(name, function));
            TRY(group.wait());
        }
        return {};
    };
}

} // namespace

TEST_CASE("marks keep for each name what came nearest to the end", "[fiber][stack]") {
    StackMarks marks;
    LogLines lines;
    CHECK(marks.text().empty());
    marks.add("b", 4096, 100'000);
    marks.add("a", 8192, 100'000);
    marks.add("b", 75'000, 100'000);
    marks.add("b", 80'000, 200'000);
    CHECK(lines.all().empty());
    CHECK(marks.text() == "stack of a: 8192 of 100000 bytes used, looked at 1 time\n"
                          "stack of b: 75000 of 100000 bytes used, looked at 3 times\n");
    marks.add("b", 75'010, 100'000);
    marks.add("b", 90'000, 100'000);
    CHECK(lines.all() ==
          std::vector<std::string>{"fiber b used 75010 of the 100000 bytes of its stack"});
    CHECK(marks.find("b")->used_bytes == 90'000);
    CHECK(marks.find("c") == nullptr);
}

TEST_CASE("names without end do not fill the memory", "[fiber][stack]") {
    StackMarks marks;
    LogLines lines;
    for (std::size_t i = 0; i < 2 * StackMarks::names_max; i++)
        marks.add("connection\n" + std::to_string(i), 95'000, 100'000);
    CHECK(marks.find(StackMarks::other_names)->looks == StackMarks::names_max);
    CHECK(lines.all().size() == StackMarks::names_max + 1);
    CHECK(lines.count("connection?") == StackMarks::names_max);
}

TEST_CASE("what a fiber used of a fresh stack is known in pages", "[fiber][stack]") {
    MarkedLoop here("");
    LogLines lines;
    auto result = here->run(run_each("digger", 1, dig<50'000>));
    CHECK(result.has_value());
    const StackMark* mark = here.find("digger");
    REQUIRE(mark);
    CHECK(mark->used_bytes >= 50'000);
    CHECK(mark->used_bytes % 4096 == 0);
    CHECK(mark->size_bytes == size_of(StackClass::kib_256) - StackPool::guard_bytes);
    CHECK(mark->looks == 1);
    here.end();
    CHECK(lines.all().empty());
}

#if !defined(KINDLING_FIBER_ASAN) && !defined(KINDLING_FIBER_TSAN) // whose stacks are larger
TEST_CASE("a fiber that nearly fills its stack is logged, also where others had it before",
          "[fiber][stack]") {
    bool is_first = GENERATE(true, false);
    MarkedLoop here("");
    LogLines lines;
    auto result = here->run([&]() -> Result<void> {
        if (!is_first) TRY(run_each("small", 10, [] {})());
        return run_each("glutton", 2 * StackPool::lives_unseen_max, dig<200'000>)();
    });
    CHECK(result.has_value());
    CHECK(lines.count("fiber glutton used ") == 1);
    CHECK(lines.count(" of the 245760 bytes of its stack") == 1);
    CHECK(lines.all().size() == 1);
    const StackMark* small = here.find("small");
    CHECK((is_first || (small && small->used_bytes <= 16 * 1024)));
}
#endif

TEST_CASE("a report at the end names what was looked at", "[fiber][stack]") {
    MarkedLoop here("report");
    LogLines lines;
    CHECK(here->run(run_each("child", 3, [] {})).has_value());
    CHECK(lines.all().empty());
    here.end();
    CHECK(lines.all().size() == 2);
    CHECK(lines.count("stack of child: ") == 1);
    CHECK(lines.count("stack of first: ") == 1);
}

TEST_CASE("the exact mode looks at every fiber, to the byte", "[fiber][stack]") {
    MarkedLoop here("exact");
    LogLines lines;
    auto result = here->run([&]() -> Result<void> {
        TRY(run_each("ten", 5, dig<10'000>)());
        TRY(run_each("eleven", 300, dig<11'000>)());
        return run_each("small", 5, [] {})();
    });
    CHECK(result.has_value());
    const StackMark *ten = here.find("ten"), *eleven = here.find("eleven");
    REQUIRE(ten);
    REQUIRE(eleven);
    CHECK(ten->looks == 5);
    CHECK(eleven->looks == 300);
    CHECK(ten->used_bytes >= 10'000);
    // The same frames but for the size of one, which is rounded up.
    CHECK(eleven->used_bytes - ten->used_bytes >= 1000 - 64);
    CHECK(eleven->used_bytes - ten->used_bytes <= 1000 + 64);
    CHECK(here.find("small")->used_bytes < ten->used_bytes);
    here.end();
    CHECK(lines.count("looked at 300 times") == 1);
}

TEST_CASE("a stack of the exact mode tells the last byte that was changed", "[fiber][stack]") {
    ::setenv("KINDLING_FIBER_STACKS", "exact", 1);
    StackPool pool;
    ::unsetenv("KINDLING_FIBER_STACKS");
    LogLines lines; // of the end of the pool
    Stack& stack = *pool.take(StackClass::kib_64).value();
    CHECK(pool.used_bytes(stack) == 0);
    *(stack.memory().top() - 1234) = std::byte{1};
    CHECK(pool.used_bytes(stack) == 1234);
    *(stack.memory().top() - 9) = std::byte{1};
    CHECK(pool.used_bytes(stack) == 1234);
    *stack.bottom = std::byte{1};
    CHECK(pool.used_bytes(stack) == stack.size_bytes);
    pool.give_back(stack);
    CHECK(pool.usage().warm == 0);
    Stack& again = *pool.take(StackClass::kib_64).value();
    CHECK(&again == &stack);
    CHECK(pool.used_bytes(again) == 0);
    pool.give_back(again);
}

TEST_CASE("a loop that sleeps for long keeps no more than 16 KiB in each free stack",
          "[fiber][stack]") {
    struct : VirtualPoller {
        bool has_real_time() const override { return true; }
        void wait(std::uint64_t deadline_ns, Completions& completions) override {
            latest_ns = std::max(latest_ns, deadline_ns - now_ns());
            VirtualPoller::wait(deadline_ns, completions);
        }
        std::uint64_t latest_ns = 0;
    } poller;
    Loop loop(poller);
    loop.long_turns().set_limit_ns(0);
    StackPool& pool = loop.stacks();
    auto result = loop.run("first", [&]() -> Result<void> {
        TRY(run_each("child", 2, [] {})());
        // The second user of a stack is not looked at.
        TRY(run_each("digger", 1, dig<100'000>)());
        CHECK(pool.can_trim_warm());
        TRY(this_fiber::sleep_for_us(999'999));
        CHECK(pool.can_trim_warm());
        std::uint64_t before_ns = loop.now_ns();
        TRY(this_fiber::sleep_for_us(60'000'000));
        CHECK(loop.now_ns() - before_ns == 60'000'000'000);
        CHECK(poller.latest_ns == 59'000'000'000); // It woke up once, and slept on.
        CHECK_FALSE(pool.can_trim_warm());
        CHECK(pool.usage().warm == 1);
        return {};
    });
    CHECK(result.has_value());
    Stack& stack = *pool.take(StackClass::kib_256).value(); // that of the first fiber
    Stack& next = *pool.take(StackClass::kib_256).value();
    CHECK(pool.used_bytes(next) <= 16 * 1024);
    pool.give_back(next);
    pool.give_back(stack);
}
