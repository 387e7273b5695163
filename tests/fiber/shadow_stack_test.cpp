// SPDX-License-Identifier: MIT
#include "fiber/shadow_stack.hpp"

#include "fiber/switch.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/child_process.hpp"
#include "tests/fiber/shadow_emulator.hpp"
#include "tests/fiber/virtual_loop.hpp"
#include "tests/skip.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace kindling;
using namespace kindling::fiber;

// What sanitizers do at a switch takes too many steps, and their handlers are in the way.
#if defined(__x86_64__) && !defined(KINDLING_FIBER_ASAN) && !defined(KINDLING_FIBER_TSAN)

namespace {

/// The last that a child says.
[[noreturn]] void end_with(std::string_view text) {
    bool is_said = ::write(STDERR_FILENO, text.data(), text.size()) >= 0;
    ::_exit(is_said ? 0 : 1);
}

void require(bool holds, std::string_view what) {
    if (!holds) end_with(what);
}

/// What a child says that calls `function` with shadow stacks on; "ok" if it comes to its end.
std::string outcome(void (*function)(), const EmulatorOptions& options = {}) {
    static void (*called)();
    called = function;
    auto child = [&] {
        call_emulated(options, [] { called(); });
        end_with(emulator_counts().steps > 0 ? "ok" : "no steps");
    };
    return end_of_child(child).said;
}

/// True if there can be a test.
bool has_emulator() {
    if (has_shadow_stack()) return skip("the processor has shadow stacks itself"), false;
    if (outcome([] {}) != "ok") return skip("there are no single steps"), false;
    return true;
}

/// True if there is something to test.
bool has_switch() {
    if (!has_emulator()) return false;
    if (!kindling_fiber_open_shadow) return skip("the switch knows no shadow stacks"), false;
    return true;
}

/// A flow on a stack of a pool, and the one beside it.
struct Flow {
    StackPool* pool;
    Stack* stack;
    Context context;
    int done = 0;

    explicit Flow(StackPool& of) : pool(&of), stack(*pool->take(StackClass::kib_64)) {}
    ~Flow() { pool->give_back(*stack); }
    void prepare(void (*entry)(void*)) {
        context.prepare(stack->memory(), entry, "", stack->shadow_top);
    }
};

Context home;

/// Calls itself so often, and goes home and back at the end.
[[gnu::noinline]] int deep(Flow& flow, int depth) {
    if (depth == 0) {
        flow.context.switch_to(home, nullptr);
        return 1;
    }
    int below = deep(flow, depth - 1);
    asm volatile("" : "+r"(below)); // Not a jump.
    return below + 1;
}

/// Ends the flow in that many calls.
[[gnu::noinline]] void leave_from(Flow& flow, int depth) {
    if (depth > 0) {
        leave_from(flow, depth - 1);
        asm volatile(""); // Not a jump.
    }
    flow.context.switch_to(home, nullptr, true);
}

/// Goes home from calls of different depths, and ends in one.
void work(void* value) {
    auto& flow = *static_cast<Flow*>(value);
    for (int depth : {0, 3, 1, 20, 2})
        require(deep(flow, depth) == depth + 1, "a wrong result of calls");
    flow.done++;
    leave_from(flow, flow.done % 2 == 0 ? 3 : 600);
}

/// Several flows at a time on stacks that are used again and again.
void many_flows() {
    StackPool pool;
    for (int round = 0; round < 2; round++) {
        Flow flows[] = {Flow(pool), Flow(pool), Flow(pool)};
        require(emulator_counts().mappings == std::size(flows), "not one mapping for each stack");
        for (int life = 0; life < 4; life++) {
            for (Flow& each : flows) {
                each.context.~Context();
                new (&each.context) Context;
                each.prepare(work);
            }
            for (int turn = 0; turn < 6; turn++)
                for (Flow& each : flows) home.switch_to(each.context, &each);
            for (Flow& each : flows) require(each.done == life + 1, "a flow did not end");
        }
    }
    pool.trim();
    require(emulator_counts().mappings == 0, "free stacks keep their shadow stacks");
}

std::uint32_t state = 1;
int switches_left = 1800;
Flow* flows_of_wander = nullptr;
constexpr std::uint32_t wanderers_count = 3;

std::uint32_t random_below(std::uint32_t bound) {
    state = state * 1664525u + 1013904223u;
    return (state >> 16) % bound;
}

/// Goes to any of the flows, from calls of different depths.
[[gnu::noinline]] void wander_from(Flow& flow, std::uint32_t depth) {
    if (depth > 0) {
        wander_from(flow, depth - 1);
        asm volatile(""); // Not a jump.
    }
    if (switches_left == 0) return; // The others may have ended.
    switches_left--;
    Flow& other = flows_of_wander[random_below(wanderers_count)];
    if (&other != &flow) flow.context.switch_to(other.context, &other);
}

void wander(void* value) {
    auto& flow = *static_cast<Flow*>(value);
    while (switches_left > 0) wander_from(flow, random_below(4));
    flow.done++;
    leave_from(flow, 0);
}

/// Flows that go to each other in no order, until all have ended.
void many_switches() {
    StackPool pool;
    Flow flows[wanderers_count] = {Flow(pool), Flow(pool), Flow(pool)};
    flows_of_wander = flows;
    for (Flow& each : flows) each.prepare(wander);
    for (Flow& each : flows)
        while (each.done == 0) home.switch_to(each.context, &each);
    for (Flow& each : flows) require(each.done == 1, "a flow did not end");
    require(emulator_counts().switches > 1000, "there were few switches");
}

struct SuspendsAtEnd {
    Flow& flow;
    ~SuspendsAtEnd() { flow.context.switch_to(home, nullptr); }
};

[[gnu::noinline]] void throw_from(Flow& flow, int depth) {
    SuspendsAtEnd suspends{flow};
    if (depth == 0) throw std::runtime_error("deep");
    throw_from(flow, depth - 1);
}

/// Exceptions leave calls that the shadow stack has, some of them by way of another flow.
void exceptions() {
    StackPool pool;
    Flow flow(pool);
    flow.prepare([](void* value) {
        auto& mine = *static_cast<Flow*>(value);
        for (int i = 0; i < 2; i++) {
            try {
                throw_from(mine, 2);
            } catch (const std::exception&) {
                mine.done++;
            }
        }
        leave_from(mine, 1);
    });
    for (int turn = 0; turn < 7; turn++) home.switch_to(flow.context, &flow);
    require(flow.done == 2, "the exceptions were not caught");
}

/// Fibers as programs have them.
void fibers() {
    VirtualLoop here;
    int ended = 0;
    auto result = here.run([&]() -> Result<void> {
        for (int round = 0; round < 3; round++) {
            Group group;
            auto yields = [&]() -> Result<void> {
                for (int i = 0; i < 5; i++) TRY(this_fiber::yield());
                ended++;
                return {};
            };
            for (int i = 0; i < 4; i++) TRY(group.spawn("yields", yields));
            TRY(group.wait());
        }
        return {};
    });
    require(result.has_value() && ended == 12, "the fibers did not end");
    require(emulator_counts().mappings <= 5, "stacks were not used again");
}

} // namespace

TEST_CASE("flows keep in step with their shadow stacks", "[fiber][shadow]") {
    if (!has_switch()) return;
    CHECK(outcome(many_switches) == "ok");
}

TEST_CASE("a stack that was left is used again with its shadow stack", "[fiber][shadow]") {
    if (!has_switch()) return;
    CHECK(outcome(many_flows) == "ok");
}

TEST_CASE("exceptions keep in step with a shadow stack", "[fiber][shadow]") {
    if (!has_switch()) return;
    CHECK(outcome(exceptions) == "ok");
}

TEST_CASE("fibers run with shadow stacks", "[fiber][shadow]") {
    if (!has_switch()) return;
    CHECK(outcome(fibers) == "ok");
}

TEST_CASE("each instruction for shadow stacks is missed if it is left out", "[fiber][shadow]") {
    if (!has_switch()) return;
    for (const char* skipped : {"rstorssp", "saveprevssp", "incsspq"}) {
        CAPTURE(skipped);
        std::string said = outcome(many_flows, {.skipped = skipped});
        CHECK(said != "ok");
        CHECK(said.find(" at 0x") != std::string::npos);
    }
}

TEST_CASE("a stack that can have no shadow stack is not taken", "[fiber][shadow]") {
    if (!has_emulator()) return;
    auto takes = [] {
        StackPool pool;
        auto stack = pool.take(StackClass::kib_64);
        Errc why = kindling_fiber_open_shadow ? Errc::no_memory : Errc::unsupported;
        require(!stack && stack.error().code == why, "it was taken");
        require(pool.usage().in_use == 0, "it counts as taken");
    };
    CHECK(outcome(takes, {.mappings_max = 0}) == "ok");
}

#endif
