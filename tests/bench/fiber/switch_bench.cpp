// SPDX-License-Identifier: MIT
//
// One switch between two contexts, in one direction.
#include "tests/bench/fiber/measure.hpp"

#include <boost/context/detail/fcontext.hpp>
#include <ucontext.h>

namespace kindling::bench {

namespace {

constexpr std::size_t rounds = 200'000;
constexpr std::size_t stack_bytes = 64 * 1024;
alignas(16) std::byte stack[stack_bytes];

struct Pair {
    fiber::Context outer, inner;
};

/// Both flows run the same loop, as those of a scheduler switch at the same place.
[[gnu::noipa]] void switch_in_turns(fiber::Context& mine, fiber::Context& other,
                                    std::size_t count) {
    for (std::size_t i = 0; i < count; i++) mine.switch_to(other, nullptr);
}

double switch_once() {
    static Pair* pair = nullptr;
    Pair here;
    pair = &here;
    here.inner.prepare({stack, stack_bytes},
                       [](void*) { switch_in_turns(pair->inner, pair->outer, ~std::size_t{0}); });
    here.outer.switch_to(here.inner, nullptr);
    Stopwatch watch(2 * rounds);
    watch.start();
    switch_in_turns(here.outer, here.inner, rounds);
    watch.stop();
    return watch.per_operation();
}

using boost::context::detail::fcontext_t;
using boost::context::detail::jump_fcontext;

[[gnu::noipa]] fcontext_t jump_in_turns(fcontext_t other, std::size_t count) {
    for (std::size_t i = 0; i < count; i++) other = jump_fcontext(other, nullptr).fctx;
    return other;
}

double jump_once() {
    auto entry = [](boost::context::detail::transfer_t from) {
        jump_in_turns(from.fctx, ~std::size_t{0});
    };
    fcontext_t inner =
        boost::context::detail::make_fcontext(stack + stack_bytes, stack_bytes, entry);
    inner = jump_fcontext(inner, nullptr).fctx;
    Stopwatch watch(2 * rounds);
    watch.start();
    jump_in_turns(inner, rounds);
    watch.stop();
    return watch.per_operation();
}

ucontext_t outer_registers, inner_registers;

double swap_once() {
    ::getcontext(&inner_registers);
    inner_registers.uc_stack.ss_sp = stack;
    inner_registers.uc_stack.ss_size = stack_bytes;
    ::makecontext(
        &inner_registers,
        +[] {
            for (;;) ::swapcontext(&inner_registers, &outer_registers);
        },
        0);
    constexpr std::size_t fewer = rounds / 20;
    Stopwatch watch(2 * fewer);
    watch.start();
    for (std::size_t i = 0; i < fewer; i++) ::swapcontext(&outer_registers, &inner_registers);
    watch.stop();
    return watch.per_operation();
}

} // namespace

void measure_switch(const Figure& figure) {
    compare(figure, "jump_fcontext", switch_once, jump_once);
}

void measure_swapcontext(const Figure& figure) {
    compare(figure, "swapcontext", switch_once, swap_once);
}

} // namespace kindling::bench
