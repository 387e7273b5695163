// SPDX-License-Identifier: MIT
//
// The switch where there is no assembly for it: ucontext for the way in, which is a system call
// because it brings a signal mask, and jumps from then on.
//
// It knows no shadow stacks: those that the system makes for such contexts are not for these jumps.
// The compiler writes the note of this file and says that it can do with them, so what keeps a
// program from the first switch is that kindling_fiber_open_shadow is missing here.
#undef _FORTIFY_SOURCE // Its jumps refuse to go to another stack.
#include "fiber/switch.hpp"

#include "base/result.hpp"

#include <cfenv>
#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <new>

#ifdef KINDLING_FIBER_LIBUCONTEXT // for C libraries without ucontext, such as musl
#include <libucontext/libucontext.h>
#else
#include <ucontext.h>
#endif

namespace kindling::fiber {

namespace {

#ifdef KINDLING_FIBER_LIBUCONTEXT
using Registers = libucontext_ucontext_t;
constexpr auto save_registers = libucontext_getcontext;
constexpr auto make_context = libucontext_makecontext;
constexpr auto enter_context = libucontext_setcontext;
#else
using Registers = ucontext_t;
constexpr auto save_registers = getcontext;
constexpr auto make_context = makecontext;
constexpr auto enter_context = setcontext;
#endif

/// The mask is the thread's, whichever flow runs.
void keep_signal_mask(Registers& registers) {
    pthread_sigmask(SIG_BLOCK, nullptr, &registers.uc_sigmask);
}

/// How a flow begins.
struct Start {
    Registers registers;
    std::fenv_t arithmetic; ///< of the switch to it; the registers have that of long before
    Begin begin;
    Entry entry;
};

/// Where a flow stands; lies on its stack.
struct Place {
    std::jmp_buf registers;
    Start* start = nullptr; ///< not null: it has not begun
    void* value = nullptr;
};

/// A new stack has both at its top.
struct FirstFrame {
    Start start;
    Place place;
};

/// Arguments are ints here; an address needs two.
void enter(unsigned high, unsigned low) {
    auto address = static_cast<std::uintptr_t>(std::uint64_t{high} << 32 | low);
    auto* frame = reinterpret_cast<FirstFrame*>(address);
    std::fesetenv(&frame->start.arithmetic);
    frame->start.begin(frame->place.value, frame->start.entry);
}

[[noreturn]] void go_to(Place& place) {
    if (!place.start) _longjmp(place.registers, 1);
    keep_signal_mask(place.start->registers);
    std::fegetenv(&place.start->arithmetic);
    enter_context(&place.start->registers);
    assertion_failed("a context that was made cannot be entered", __FILE__, __LINE__);
}

} // namespace

void* first_place(StackMemory memory, Begin begin, Entry entry, void*) {
    constexpr std::size_t size_bytes = (sizeof(FirstFrame) + 15) / 16 * 16;
    auto* frame = ::new (memory.top() - size_bytes) FirstFrame;
    Registers& registers = frame->start.registers;
    save_registers(&registers);
    registers.uc_stack.ss_sp = memory.bottom;
    registers.uc_stack.ss_size = memory.size_bytes - size_bytes;
    registers.uc_link = nullptr;
    std::uint64_t address = reinterpret_cast<std::uintptr_t>(frame);
    make_context(&registers, reinterpret_cast<void (*)()>(enter), 2,
                 static_cast<unsigned>(address >> 32), static_cast<unsigned>(address));
    frame->start.begin = begin;
    frame->start.entry = entry;
    frame->place.start = &frame->start;
    return &frame->place;
}

std::uintptr_t parked_place() {
    return 0;
}

extern "C" void* kindling_fiber_switch(void** from, void* to, void* value) {
    Place here;
    *from = &here;
    auto& next = *static_cast<Place*>(to);
    next.value = value;
    if (_setjmp(here.registers) == 0) go_to(next);
    return here.value;
}

} // namespace kindling::fiber
