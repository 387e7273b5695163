// SPDX-License-Identifier: MIT
//
// What knows how to get from one stack to another. There are two kinds: an assembly file for each
// architecture, with what those share in switch_frame.cpp; and switch_ucontext.cpp for any other.
#pragma once

#include "fiber/context.hpp"

#include <cstdint>

namespace kindling::fiber {

/// What runs on a new stack first; it never returns.
using Entry = void (*)(void* value);
using Begin = void (*)(void* value, Entry entry);

/// Saves where its caller stands, on the caller's stack, and the address of that in `*from`. Then
/// goes on where `to` says; the call that once saved that gives `value`.
extern "C" void* kindling_fiber_switch(void** from, void* to, void* value);

/// The last switch of a flow whose shadow stack has this top: leaves that as if it was new. Null
/// where the switch knows of none.
extern "C" [[noreturn, gnu::weak]] void kindling_fiber_leave(void** from, void* to, void* value,
                                                             void* shadow_top);

/// Makes a shadow stack ready for its first flow. Null where the switch knows of none.
extern "C" [[gnu::weak]] void kindling_fiber_open_shadow(void* top);

/// Where the first switch to a new stack goes on: it calls `begin(value, entry)`. Lies at the top
/// of the memory, which is a multiple of 16. Null for `shadow_top`: shadow stacks are off.
void* first_place(StackMemory memory, Begin begin, Entry entry, void* shadow_top);

/// The instruction at which each flow stands that does not run, with the stack pointer that was
/// saved for it; 0 where flows are kept in another way, which backtraces cannot begin from.
std::uintptr_t parked_place();

} // namespace kindling::fiber
