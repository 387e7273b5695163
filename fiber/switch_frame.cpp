// SPDX-License-Identifier: MIT
#include "fiber/switch.hpp"

#include <new>

extern "C" void kindling_fiber_entry();
extern "C" const char kindling_fiber_parked[];

namespace kindling::fiber {

namespace {

/// What a first switch finds on a new stack; see the assembly files.
struct FirstFrame {
#if defined(__x86_64__)
    void* shadow_pointer = nullptr; // lies below the place
    void* r15 = nullptr;
    void* r14 = nullptr;
    void* r13 = nullptr;
    void* entry = nullptr;         // r12
    void* begin = nullptr;         // rbx: is called
    void* frame_pointer = nullptr; // rbp: 0 ends a chain of frames
    void* return_address = nullptr;
    void* end = nullptr; // where the entry's own return address would be
    void* padding = nullptr;

    void* place() {
        return &r15;
    }
#elif defined(__aarch64__)
    void* frame_pointer = nullptr;  // x29
    void* return_address = nullptr; // x30
    void* begin = nullptr;          // x19: is called
    void* entry = nullptr;          // x20
    void* others[16] = {};

    void* place() {
        return this;
    }
#else
#error "no assembly for this architecture; build with -Dfiber_context=ucontext"
#endif
};
static_assert(sizeof(FirstFrame) % 8 == 0);

} // namespace

void* first_place(StackMemory memory, Begin begin, Entry entry, [[maybe_unused]] void* shadow_top) {
    // The top is a multiple of 16, and so must be what is left when the return address is taken.
    auto* frame = ::new (memory.top() - sizeof(FirstFrame)) FirstFrame;
    frame->begin = reinterpret_cast<void*>(begin);
    frame->entry = reinterpret_cast<void*>(entry);
    frame->return_address = reinterpret_cast<void*>(kindling_fiber_entry);
#if defined(__x86_64__)
    // One return address is there; see kindling_fiber_open_shadow.
    if (shadow_top) frame->shadow_pointer = static_cast<void**>(shadow_top) - 1;
#endif
    return frame->place();
}

std::uintptr_t parked_place() {
    return reinterpret_cast<std::uintptr_t>(kindling_fiber_parked);
}

} // namespace kindling::fiber
