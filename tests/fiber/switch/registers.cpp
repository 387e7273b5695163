// SPDX-License-Identifier: MIT
#include "tests/fiber/switch/checks.hpp"

#include <memory>

extern "C" std::uint64_t kindling_with_patterns(std::uint64_t seed, void (*function)(void*),
                                                void* argument);

namespace kindling::fiber::checks {

namespace {

constexpr std::size_t flows_count = 8;
constexpr std::size_t switches = 1'000'000;
constexpr std::size_t stack_bytes = 64 * 1024;

struct Flow {
    Context context;
    std::unique_ptr<std::byte[]> stack = std::make_unique<std::byte[]>(stack_bytes);
};

Flow* flows = nullptr;
Context home;
std::uint64_t state = 1;
std::size_t left = switches;
std::uint64_t wrong = 0;

std::uint64_t random() {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 33;
}

/// What a flow wants to do: leave itself for another.
struct Step {
    Context* from;
    Context* to;
};

void take(void* step) {
    auto [from, to] = *static_cast<Step*>(step);
    from->switch_to(*to, to);
}

/// Goes to others at random, each time with other values in all registers that must survive.
void wander(void* self) {
    Context& mine = *static_cast<Context*>(self);
    while (left > 0) {
        left--;
        Context& other = flows[random() % flows_count].context;
        Step step{&mine, &other};
        if (&other != &mine) wrong |= kindling_with_patterns(random() << 32, take, &step);
    }
    mine.switch_to(home, nullptr, true);
}

} // namespace

void check_registers() {
    auto owned = std::make_unique<Flow[]>(flows_count);
    flows = owned.get();
    for (std::size_t i = 0; i < flows_count; i++) {
        std::byte* bottom = flows[i].stack.get();
        auto past = reinterpret_cast<std::uintptr_t>(bottom) % 16;
        flows[i].context.prepare({bottom + (past ? 16 - past : 0), stack_bytes - 16}, wander);
    }
    home.switch_to(flows[0].context, &flows[0].context);
    check(left == 0, "flows switch to each other a million times");
    check(wrong == 0, "every register that a callee preserves survives a switch");
}

void check_alignment() {
    static std::uintptr_t address = 1;
    begin_inner([](void*) {
        alignas(16) volatile char aligned[16];
        aligned[0] = 1;
        address = reinterpret_cast<std::uintptr_t>(&aligned[0]) |
                  reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
        leave();
    });
    check(address % 16 == 0, "a new stack is aligned as the ABI asks");
}

} // namespace kindling::fiber::checks
