// SPDX-License-Identifier: MIT
#include "fiber/stack.hpp"

#include "fiber/event.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/virtual_loop.hpp"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace kindling;
using namespace kindling::fiber;

namespace {

/// The signal that a child dies of when it writes to `address`; 0 if it does not.
int signal_of_write(std::byte* address) {
    pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGSEGV, SIG_DFL);
        std::signal(SIGBUS, SIG_DFL);
        *const_cast<volatile std::byte*>(address) = std::byte{1};
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/// Memory of this process, the tables that lead to it included.
[[maybe_unused]] std::size_t resident_bytes() {
    std::ifstream status("/proc/self/status");
    std::size_t kibibytes = 0;
    for (std::string word; status >> word;) {
        std::size_t value = 0;
        if ((word == "VmRSS:" || word == "VmPTE:") && status >> value) kibibytes += value;
    }
    return kibibytes * 1024;
}

} // namespace

TEST_CASE("the smallest class with room is chosen", "[fiber][stack]") {
    CHECK(class_for(1).value() == StackClass::kib_64);
    CHECK(class_for(48 * 1024).value() == StackClass::kib_64);
    CHECK(class_for(48 * 1024 + 1).value() == StackClass::kib_256);
    CHECK(class_for(4 * 1024 * 1024).value() == StackClass::mib_8);
    CHECK(class_for(8 * 1024 * 1024).error().code == Errc::too_large);
}

TEST_CASE("below a stack lies a guard that faults", "[fiber][stack]") {
    bool is_light = GENERATE(true, false);
    if (!is_light) ::setenv("KINDLING_FIBER_DISABLE", "other,guard", 1);
    StackPool pool;
    ::unsetenv("KINDLING_FIBER_DISABLE");
    Stack& stack = *pool.take(StackClass::kib_64).value();
    std::byte* bottom = stack.bottom;
    CHECK(stack.size_bytes == size_of(StackClass::kib_64) - StackPool::guard_bytes);
    CHECK(signal_of_write(bottom) == 0);
    CHECK(signal_of_write(bottom - 1) == SIGSEGV);
    CHECK(signal_of_write(bottom - StackPool::guard_bytes) == SIGSEGV);
    CHECK(pool.is_guard(bottom - 1));
    CHECK(pool.is_guard(bottom - StackPool::guard_bytes));
    CHECK_FALSE(pool.is_guard(bottom));
    CHECK_FALSE(pool.is_guard(&pool));
    pool.give_back(stack);
    Stack& again = *pool.take(StackClass::kib_64).value();
    CHECK(&again == &stack);
    CHECK(signal_of_write(again.bottom - 1) == SIGSEGV);
    pool.give_back(again);
}

TEST_CASE("a stack that touched little is kept warm and taken first", "[fiber][stack]") {
    StackPool pool;
    Stack& small = *pool.take(StackClass::kib_256).value();
    Stack& large = *pool.take(StackClass::kib_256).value();
    std::memset(small.memory().top() - 8192, 1, 8192);
    std::memset(large.memory().top() - 100'000, 1, 100'000);
    CHECK(pool.used_bytes(small) == 8192);
    CHECK(pool.used_bytes(large) >= 100'000);
    pool.give_back(small);
    pool.give_back(large);
    CHECK(pool.usage().warm == 1);
    CHECK(pool.used_bytes(large) == 0);
    Stack& again = *pool.take(StackClass::kib_256).value();
    CHECK(again.bottom == small.bottom);
    CHECK(pool.used_bytes(again) == 8192);
    pool.give_back(again);
    pool.trim();
    CHECK(pool.usage().warm == 0);
    CHECK(pool.used_bytes(again) == 0);
}

TEST_CASE("thirty thousand stacks fit under the default limit of mappings", "[fiber][stack]") {
    StackPool pool;
    std::vector<Stack*> stacks;
    for (int i = 0; i < 30'000; i++) {
        auto stack = pool.take(StackClass::kib_256);
        if (!stack) break; // Where the kernel has no light guards, mappings are the limit.
        stacks.push_back(*stack);
    }
    CHECK(stacks.size() >= 14'000);
    CHECK(pool.usage().in_use == stacks.size());
    for (Stack* stack : stacks) pool.give_back(*stack);
    CHECK(pool.usage().in_use == 0);
}

TEST_CASE("a fiber may ask for a larger stack", "[fiber][stack]") {
    VirtualLoop here;
    std::size_t size_bytes = 0;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        auto deep = [&] {
            char used[700 * 1024];
            std::memset(used, 1, sizeof(used));
            asm volatile("" : : "r"(used) : "memory");
            size_bytes = here.loop().running()->stack().size_bytes;
        };
        TRY(group.spawn("deep", deep, SpawnOptions{.stack_class = StackClass::mib_1}));
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(size_bytes == size_of(StackClass::mib_1) - StackPool::guard_bytes);
}

// Sanitizers need memory of their own for each fiber, and address space without a limit.
#if !defined(KINDLING_FIBER_ASAN) && !defined(KINDLING_FIBER_TSAN)
TEST_CASE("thirty thousand parked fibers keep little more than a page each", "[fiber][stack]") {
    constexpr std::size_t count = 30'000;
    VirtualLoop here;
    std::size_t started = 0, each_bytes = 0;
    auto result = here.run([&]() -> Result<void> {
        Event end;
        Group group;
        std::size_t before = resident_bytes();
        for (; started < count; started++)
            if (!group.spawn("parked", [&] { return end.wait(); })) break;
        TRY(this_fiber::sleep_for_us(1));
        each_bytes = (resident_bytes() - before) / started;
        end.set();
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(started >= 14'000); // Where the kernel has no light guards, mappings are the limit.
    CHECK(each_bytes >= 4096);
    // A guard of the other kind splits the mapping, which costs tables.
    CHECK(each_bytes <= (started == count ? 4710 : 6 * 1024)); // 4.6 KiB
}

TEST_CASE("a spawn without address space fails and leaks nothing", "[fiber][stack]") {
    pid_t child = ::fork();
    if (child == 0) {
        VirtualLoop here;
        auto held = std::make_shared<int>(0);
        rlimit limit{};
        ::getrlimit(RLIMIT_AS, &limit);
        limit.rlim_cur = 1 << 30;
        ::setrlimit(RLIMIT_AS, &limit);
        std::size_t reserved = 0, failures = 0;
        auto result = here.run([&]() -> Result<void> {
            Group group;
            for (int i = 0; i < 10'000 && failures < 3; i++) {
                auto wait = [held]() -> Result<void> { return this_fiber::sleep_for_us(1000); };
                auto spawned = group.spawn("one of many", wait);
                if (spawned) continue;
                if (spawned.error().code != Errc::no_memory) return spawned;
                // Trying again takes nothing.
                failures++;
                if (reserved == 0) reserved = here.loop().stacks().usage().reserved_bytes;
                if (here.loop().stacks().usage().reserved_bytes != reserved) failures = 100;
            }
            return group.wait();
        });
        bool is_right = result && failures == 3 && held.use_count() == 1 &&
                        here.loop().stacks().usage().in_use == 0;
        ::_exit(is_right ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a place in a group that could not be used goes to the next", "[fiber][stack]") {
    VirtualLoop here;
    rlimit before{};
    ::getrlimit(RLIMIT_AS, &before);
    auto result = here.run([&]() -> Result<void> {
        Group group{{.policy = Policy::all_settled, .running_max = 1}};
        Group waiters(Policy::all_settled);
        TRY(group.spawn("first", [&]() -> Result<void> {
            TRY(this_fiber::sleep_for_us(10));
            rlimit none{1, before.rlim_max};
            ::setrlimit(RLIMIT_AS, &none);
            return {};
        }));
        SpawnOptions large{.stack_class = StackClass::mib_8};
        TRY(waiters.spawn("waiter", [&] {
            auto spawned = group.spawn(
                "never", [] {}, large);
            ::setrlimit(RLIMIT_AS, &before);
            here.say(text_of(spawned));
        }));
        TRY(waiters.spawn("next", [&] {
            here.say(text_of(group.spawn("second", [&] { here.say("it runs"); })));
        }));
        TRY(waiters.wait());
        return group.wait();
    });
    CHECK(text_of(result) == "ok");
    CHECK(here.said() == std::vector<std::string>{"out of memory", "ok", "it runs"});
}
#endif
