// SPDX-License-Identifier: MIT
//
// What sanitizers must be told about stacks. Without them all of it is nothing. The build says
// which there are: only one of the compilers tells by itself.
#pragma once

#include "fiber/context.hpp"

#ifdef KINDLING_FIBER_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#endif
#ifdef KINDLING_FIBER_TSAN
#include <sanitizer/tsan_interface.h>
#endif
#ifdef KINDLING_FIBER_VALGRIND
#include <valgrind/valgrind.h>
#endif

namespace kindling::fiber::sanitizer {

#ifdef KINDLING_FIBER_ASAN
/// The stack that the running switch leaves: its bounds are learned where the switch arrives, which
/// is how those of a thread's own stack are found out.
inline thread_local StackMemory* left_stack = nullptr;
#endif

/// Before a switch, on the side that leaves. `fake_stack` is where the state of the flow goes that
/// leaves; null: it does not come back.
[[gnu::always_inline]] inline void start_switch([[maybe_unused]] void** fake_stack,
                                                [[maybe_unused]] StackMemory& left,
                                                [[maybe_unused]] const StackMemory& next,
                                                [[maybe_unused]] void* next_flow) {
#ifdef KINDLING_FIBER_ASAN
    left_stack = fake_stack ? &left : nullptr;
    __sanitizer_start_switch_fiber(fake_stack, next.bottom, next.size_bytes);
#endif
#ifdef KINDLING_FIBER_TSAN
    __tsan_switch_to_fiber(next_flow, 0);
#endif
}

/// After a switch, on the side that arrives, first of all. Null at a flow's first entry.
[[gnu::always_inline]] inline void finish_switch([[maybe_unused]] void* fake_stack) {
#ifdef KINDLING_FIBER_ASAN
    const void* bottom = nullptr;
    std::size_t size_bytes = 0;
    __sanitizer_finish_switch_fiber(fake_stack, &bottom, &size_bytes);
    if (left_stack && !left_stack->bottom)
        *left_stack = {static_cast<std::byte*>(const_cast<void*>(bottom)), size_bytes};
#endif
}

/// ThreadSanitizer's record of a flow of control; null without it.
inline void* create_flow() {
#ifdef KINDLING_FIBER_TSAN
    return __tsan_create_fiber(0);
#else
    return nullptr;
#endif
}

inline void* current_flow() {
#ifdef KINDLING_FIBER_TSAN
    return __tsan_get_current_fiber();
#else
    return nullptr;
#endif
}

inline void destroy_flow([[maybe_unused]] void* flow) {
#ifdef KINDLING_FIBER_TSAN
    __tsan_destroy_fiber(flow);
#endif
}

/// Sanitizers make frames larger, and so are the stacks.
#if defined(KINDLING_FIBER_ASAN) || defined(KINDLING_FIBER_TSAN)
constexpr std::size_t stack_factor = 4;
#else
constexpr std::size_t stack_factor = 1;
#endif

/// A stack that holds what only its own flow points to: leak checking looks there, too.
inline void begin_use([[maybe_unused]] const StackMemory& memory) {
#ifdef KINDLING_FIBER_ASAN
    __lsan_register_root_region(memory.bottom, memory.size_bytes);
#endif
}

inline void end_use([[maybe_unused]] const StackMemory& memory) {
#ifdef KINDLING_FIBER_ASAN
    __lsan_unregister_root_region(memory.bottom, memory.size_bytes);
#endif
}

/// Tells Valgrind of a stack, so that a switch to it is not taken for a huge frame. The number is
/// for `deregister_stack`. A few instructions that do nothing outside of it.
inline unsigned register_stack([[maybe_unused]] const StackMemory& memory) {
#ifdef KINDLING_FIBER_VALGRIND
    return VALGRIND_STACK_REGISTER(memory.bottom, memory.top());
#else
    return 0;
#endif
}

inline void deregister_stack([[maybe_unused]] unsigned number) {
#ifdef KINDLING_FIBER_VALGRIND
    VALGRIND_STACK_DEREGISTER(number);
#endif
}

/// A stack that is used again holds nothing of before.
inline void forget([[maybe_unused]] const StackMemory& memory) {
#ifdef KINDLING_FIBER_ASAN
    __asan_unpoison_memory_region(memory.bottom, memory.size_bytes);
#endif
}

} // namespace kindling::fiber::sanitizer
