// SPDX-License-Identifier: MIT
#include "fiber/context.hpp"
#include "fiber/stack.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/virtual_loop.hpp"
#include "tests/skip.hpp"

#include <cfenv>
#include <csignal>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace kindling;
using namespace kindling::fiber;

namespace {

/// Two flows: the test's own, and one with a stack of a pool.
struct Flows {
    explicit Flows(void (*entry)(void*)) : stack(*pool.take(StackClass::kib_256).value()) {
        inner.prepare(stack.memory(), entry);
    }
    ~Flows() { pool.give_back(stack); }

    StackPool pool;
    Stack& stack;
    Context outer, inner;
    std::vector<std::string> seen;
};

void* as_value(std::uintptr_t number) {
    return reinterpret_cast<void*>(number);
}

} // namespace

TEST_CASE("each switch hands a value over", "[fiber][context]") {
    static Flows* flows = nullptr;
    Flows here([](void* value) {
        flows->seen.push_back(std::to_string(reinterpret_cast<std::uintptr_t>(value)));
        value = flows->inner.switch_to(flows->outer, as_value(2));
        flows->seen.push_back(std::to_string(reinterpret_cast<std::uintptr_t>(value)));
        flows->inner.switch_to(flows->outer, as_value(4), true);
    });
    flows = &here;
    CHECK(here.outer.switch_to(here.inner, as_value(1)) == as_value(2));
    CHECK(here.outer.switch_to(here.inner, as_value(3)) == as_value(4));
    CHECK(here.seen == std::vector<std::string>{"1", "3"});
}

TEST_CASE("a new stack is aligned as the ABI asks", "[fiber][context]") {
    static Flows* flows = nullptr;
    Flows here([](void*) {
        auto address = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
        flows->inner.switch_to(flows->outer, as_value(address % 16), true);
    });
    flows = &here;
    CHECK(here.outer.switch_to(here.inner, nullptr) == as_value(0));
}

TEST_CASE("registers and locals survive many switches", "[fiber][context]") {
    static Flows* flows = nullptr;
    Flows here([](void*) {
        std::uint64_t a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7;
        for (;;) {
            flows->inner.switch_to(flows->outer, as_value(a + b + c + d + e + f + g));
            a += 7, b += 6, c += 5, d += 4, e += 3, f += 2, g += 1;
        }
    });
    flows = &here;
    std::uint64_t a = 10, b = 20, c = 30, d = 40;
    for (std::uint64_t round = 0; round < 100'000; round++) {
        void* sum = here.outer.switch_to(here.inner, nullptr);
        if (reinterpret_cast<std::uintptr_t>(sum) != 28 + 28 * round) FAIL(round);
        a += 1, b += 2, c += 3, d += 4;
    }
    CHECK(a + b + c + d == 100 + 10 * 100'000);
}

TEST_CASE("a fiber may keep a rounding mode of its own", "[fiber][context]") {
    // In both units that calculate; volatile, so that it is done then and there.
    auto third = [] {
        volatile double one = 1, three = 3;
        volatile long double long_one = 1, long_three = 3;
        return std::pair<double, long double>(one / three, long_one / long_three);
    };
    auto nearest = third();
    std::fesetround(FE_UPWARD);
    auto upward = third();
    std::fesetround(FE_DOWNWARD);
    auto downward = third();
    std::fesetround(FE_TONEAREST);
    if (upward.first <= nearest.first || upward.second <= downward.second)
        return skip("arithmetic does not round as it is told here"); // by Valgrind

    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        auto calculate = [&](auto expected, int mode) {
            return [&, expected, mode]() -> Result<void> {
                if (mode >= 0) std::fesetround(mode);
                for (int i = 0; i < 3; i++) {
                    CHECK(third() == expected);
                    TRY(this_fiber::yield());
                    CHECK(third() == expected);
                    TRY(this_fiber::sleep_for_us(1));
                }
                return {};
            };
        };
        Group group;
        SpawnOptions keeps{.keeps_arithmetic_modes = true};
        TRY(group.spawn("upward", calculate(upward, FE_UPWARD), keeps));
        TRY(group.spawn("downward", calculate(downward, FE_DOWNWARD), keeps));
        TRY(group.spawn("plain", calculate(nearest, -1)));
        auto spawner = [&]() -> Result<void> {
            std::fesetround(FE_DOWNWARD);
            Group inner;
            TRY(inner.spawn("heir", calculate(downward, -1), keeps));
            TRY(inner.spawn("plain", calculate(nearest, -1)));
            return inner.wait();
        };
        TRY(group.spawn("spawner", spawner, keeps));
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(std::fegetround() == FE_TONEAREST);
}

#ifndef NDEBUG
TEST_CASE("who changes the rounding mode and suspends is stopped by name", "[fiber][context]") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL);
        ::dup2(ends[1], STDERR_FILENO);
        VirtualLoop here;
        (void)here.run([]() -> Result<void> {
            Group group;
            TRY(group.spawn("careless", []() -> Result<void> {
                std::fesetround(FE_UPWARD);
                TRY(this_fiber::yield());
                return {};
            }));
            return group.wait();
        });
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string said;
    char part[256];
    for (ssize_t size; (size = ::read(ends[0], part, sizeof(part))) > 0;)
        said.append(part, static_cast<std::size_t>(size));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status));
    CHECK(said.find("fiber 'careless' was suspended") != std::string::npos);
}
#endif

TEST_CASE("exceptions stay with the flow that handles them", "[fiber][context]") {
    static Flows* flows = nullptr;
    Flows here([](void*) {
        try {
            throw std::runtime_error("inner");
        } catch (const std::exception&) {
            flows->inner.switch_to(flows->outer, nullptr);
            try {
                throw;
            } catch (const std::exception& error) {
                flows->seen.push_back(error.what());
            }
        }
        flows->seen.push_back(std::to_string(std::uncaught_exceptions()));
        flows->inner.switch_to(flows->outer, nullptr, true);
    });
    flows = &here;
    try {
        throw std::runtime_error("outer");
    } catch (const std::exception&) {
        here.outer.switch_to(here.inner, nullptr);
        CHECK(std::current_exception() != nullptr);
        here.outer.switch_to(here.inner, nullptr);
        try {
            throw;
        } catch (const std::exception& error) {
            here.seen.push_back(error.what());
        }
    }
    CHECK(here.seen == std::vector<std::string>{"inner", "0", "outer"});
}
