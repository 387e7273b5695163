// SPDX-License-Identifier: MIT
//
// Stacks: slots of arenas, with a guard at the low end, taken from a pool and given back to it.
#pragma once

#include "base/result.hpp"
#include "fiber/context.hpp"
#include "fiber/sanitizer.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace kindling::fiber {

/// How large a stack is, guard included. Under sanitizers, which make frames larger, four times
/// that.
enum class StackClass : std::uint8_t { kib_64, kib_256, mib_1, mib_8 };

std::size_t size_of(StackClass stack_class);

/// The smallest class with room for `size_bytes` as they are without sanitizers; too_large above
/// 8 MiB less the guard.
Result<StackClass> class_for(std::size_t size_bytes);

/// A slot: the stack, and the guard below it that faults. Stays where it is while its pool lives.
struct Stack {
    StackMemory memory; ///< without the guard
    StackClass stack_class{};
    std::uint16_t lives = 0; ///< since the pool looked how much was touched
    unsigned valgrind_id = 0;
    Stack* next_free = nullptr;
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
/// up to `warm_max` of them, and none that was seen to have touched more than 16 KiB. To look takes
/// a system call, so the pool does it when a slot was used for the first time and then every
/// `lives_unseen_max` times.
class StackPool {
public:
    static constexpr std::size_t guard_bytes = 64 * 1024 / 4; ///< 16 KiB
    static constexpr std::size_t warm_max = 64;
    static constexpr std::size_t arena_slots = 64;
    static constexpr std::uint16_t lives_unseen_max = 256;

    StackPool();
    ~StackPool();
    StackPool(const StackPool&) = delete;
    StackPool& operator=(const StackPool&) = delete;

    /// Errors: no_memory (address space), too_large (as many mappings as the system allows).
    Result<Stack*> take(StackClass stack_class) {
        Class& free = class_of(stack_class);
        if (!free.warm && !free.cold) TRY(reserve(stack_class));
        Stack*& from = free.warm ? free.warm : free.cold;
        free.warm_count -= free.warm != nullptr;
        Stack* stack = std::exchange(from, from->next_free);
        in_use_++;
        sanitizer::begin_use(stack->memory);
        return stack;
    }

    /// The flow that used it must have left it for good.
    void give_back(Stack& stack);

    /// Bytes of a stack that were ever touched since it was last taken from the system, in pages.
    static std::size_t touched_bytes(const Stack& stack);

    /// True if the address lies in the guard of a slot.
    bool is_guard(const void* address) const;

    /// Gives the memory of all free slots back to the system.
    void trim();

    StackUsage usage() const;

private:
    struct Arena;
    /// Free ones; the last given back is taken first.
    struct Class {
        Stack* warm = nullptr;
        Stack* cold = nullptr;
        std::size_t warm_count = 0;
    };

    Class& class_of(StackClass stack_class) {
        return classes_[static_cast<std::size_t>(stack_class)];
    }
    Result<void> reserve(StackClass stack_class);
    bool install_guard(std::byte* at);
    static void cool(Class& free, Stack& stack);

    std::array<Class, 4> classes_;
    std::vector<std::unique_ptr<Arena>> arenas_;
    std::size_t in_use_ = 0;
    std::size_t guard_mappings_ = 0; ///< that the kernel counts
    bool has_light_guards_ = true;   ///< MADV_GUARD_INSTALL
};

} // namespace kindling::fiber
