// SPDX-License-Identifier: MIT
#include "tests/fiber/switch/checks.hpp"

#include <csignal>
#include <ucontext.h>
#include <unwind.h>
#include <vector>

// The trap flag is x86's, and what sanitizers add to a switch would be stepped through as well.
#if defined(__x86_64__) && !defined(KINDLING_FIBER_UCONTEXT) && !defined(KINDLING_FIBER_ASAN) &&   \
    !defined(KINDLING_FIBER_TSAN)
#define KINDLING_CHECKS_STEPS
extern "C" void* kindling_fiber_switch(void** from, void* to, void* value);
#endif

namespace kindling::fiber::checks {

namespace {

constexpr std::size_t frames_max = 64;

/// The functions from here outwards, by their first address.
std::vector<void*> backtrace() {
    std::vector<void*> found;
    _Unwind_Backtrace(
        [](_Unwind_Context* frame, void* into) {
            auto& list = *static_cast<std::vector<void*>*>(into);
            list.push_back(
                _Unwind_FindEnclosingFunction(reinterpret_cast<void*>(_Unwind_GetIP(frame) - 1)));
            return list.size() < frames_max ? _URC_NO_REASON : _URC_END_OF_STACK;
        },
        &found);
    return found;
}

template <class Function>
bool has(const std::vector<void*>& frames, Function* function) {
    for (void* frame : frames)
        if (frame == reinterpret_cast<void*>(function)) return true;
    return false;
}

std::vector<void*> seen;

[[gnu::noinline]] void third() {
    go_out();
    seen = backtrace();
    asm volatile("");
}
[[gnu::noinline]] void second() {
    third();
    asm volatile("");
}
[[gnu::noinline]] void first() {
    second();
    asm volatile("");
}
void enter(void*) {
    seen = backtrace();
    go_out();
    first();
    leave();
}

#ifdef KINDLING_CHECKS_STEPS

int steps = 0;
int wrong_steps = 0;

void step_from_outside();
void step_inside(void*);

/// After each instruction while the trap flag is set.
void stepped(int, siginfo_t*, void* context) {
    auto address = static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP];
    void* function = _Unwind_FindEnclosingFunction(reinterpret_cast<void*>(address));
    if (function != reinterpret_cast<void*>(kindling_fiber_switch)) return;
    steps++;
    std::vector<void*> frames = backtrace();
    wrong_steps += has(frames, step_from_outside) == has(frames, step_inside);
}

constexpr unsigned long long trap_flag = 0x100;

[[gnu::noinline]] void step_from_outside() {
    __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() | trap_flag);
    go_in();
    __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() & ~trap_flag);
}

void step_inside(void*) {
    go_out();
    go_out();
    leave();
}

/// At each instruction of a switch, to and fro, the unwinder finds one of the two flows.
void check_steps() {
    begin_inner(step_inside);
    struct sigaction action = {}, before = {};
    action.sa_sigaction = stepped;
    action.sa_flags = SA_SIGINFO;
    ::sigaction(SIGTRAP, &action, &before);
    step_from_outside();
    ::sigaction(SIGTRAP, &before, nullptr);
    check(steps >= 30, "a switch has instructions to step through");
    check(wrong_steps == 0, "a backtrace from any instruction of the switch finds its flow");
}

#else

void check_steps() {}

#endif

} // namespace

void check_backtraces() {
    begin_inner(enter);
    check(has(seen, enter) && seen.size() < 10, "a backtrace ends at the entry of a flow");
    check(!has(seen, check_backtraces), "it does not go on into the flow that began it");
    go_in();
    go_in();
    check(has(seen, third) && has(seen, second) && has(seen, first) && has(seen, enter),
          "nested calls are in the backtrace of a flow that was suspended in them");
    check_steps();
}

} // namespace kindling::fiber::checks
