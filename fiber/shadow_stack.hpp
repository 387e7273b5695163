// SPDX-License-Identifier: MIT
//
// Shadow stacks: where they are on, the processor keeps each return address a second time, where no
// program can write, and a return to anything else is a fault. A flow with a stack of its own needs
// one of these as well.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>

namespace kindling::fiber {

/// True where they are on for this thread. Where they are off, or the processor has none, the
/// instruction does nothing.
inline bool has_shadow_stack() {
    std::uint64_t pointer = 0;
#if defined(__x86_64__)
    asm volatile("rdsspq %0" : "+r"(pointer));
#endif
    return pointer != 0;
}

/// The top of a new one, ready for a flow that has a stack of `size_bytes`, or for one after the
/// other: each must have left it by a last switch (`Context::switch_to`).
///
/// Errors: no_memory, unsupported (the switch of this build knows none).
Result<void*> map_shadow_stack(std::size_t size_bytes);

/// Gives it back to the system.
void unmap_shadow_stack(std::size_t size_bytes, void* top);

} // namespace kindling::fiber
