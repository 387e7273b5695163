// SPDX-License-Identifier: MIT
//
// Stacks: slots of arenas, with a guard at the low end, taken from a pool and given back to it.
#pragma once

#include "base/result.hpp"
#include "fiber/context.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace kindling::fiber {

/// How large a stack is, guard included.
enum class StackClass : std::uint8_t { kib_64, kib_256, mib_1, mib_8 };

std::size_t size_of(StackClass stack_class);

/// The smallest class with room for `size_bytes`; too_large above 8 MiB less the guard.
Result<StackClass> class_for(std::size_t size_bytes);

/// A slot: the stack, and the guard below it that faults.
struct Stack {
    StackMemory memory; ///< without the guard
    StackClass stack_class{};
    std::uint32_t index = 0; ///< for the pool
};

/// What is in use.
struct StackUsage {
    std::size_t in_use = 0;         ///< slots
    std::size_t warm = 0;           ///< free slots that keep their memory
    std::size_t reserved_bytes = 0; ///< address space
};

/// The stacks of one thread. Reserves address space in arenas of 64 slots; memory comes with use.
///
/// A free slot keeps what its last user touched, so that taking it again costs next to nothing:
/// up to `warm_max` of them, and none that touched more than 16 KiB.
class StackPool {
public:
    static constexpr std::size_t guard_bytes = 64 * 1024 / 4; ///< 16 KiB
    static constexpr std::size_t warm_max = 64;
    static constexpr std::size_t arena_slots = 64;

    StackPool();
    ~StackPool();
    StackPool(const StackPool&) = delete;
    StackPool& operator=(const StackPool&) = delete;

    /// Errors: no_memory (address space), too_large (as many mappings as the system allows).
    Result<Stack> take(StackClass stack_class);

    /// The flow that used it must have left it for good.
    void give_back(const Stack& stack);

    /// Bytes of a stack that were ever touched since it was last taken from the system, in pages.
    static std::size_t touched_bytes(const Stack& stack);

    /// True if the address lies in the guard of a slot.
    bool is_guard(const void* address) const;

    /// Gives the memory of all free slots back to the system.
    void trim();

    StackUsage usage() const;

private:
    struct Arena;
    struct Class {
        std::vector<Stack> warm, cold; ///< free ones; the last given back is taken first
    };

    Result<void> reserve(StackClass stack_class);
    bool install_guard(std::byte* at);

    std::array<Class, 4> classes_;
    std::vector<Arena> arenas_;
    std::size_t in_use_ = 0;
    std::size_t guard_mappings_ = 0; ///< that the kernel counts
    bool has_light_guards_ = true;   ///< MADV_GUARD_INSTALL
};

} // namespace kindling::fiber
