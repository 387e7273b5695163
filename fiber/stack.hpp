// SPDX-License-Identifier: MIT
//
// Stacks: slots of arenas, with a guard at the low end, taken from a pool and given back to it.
#pragma once

#include "base/result.hpp"
#include "fiber/context.hpp"
#include "fiber/sanitizer.hpp"
#include "fiber/stack_mark.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace kindling::fiber {

/// How large a stack is, guard included. Under sanitizers, which make frames larger, four times
/// that.
enum class StackClass : std::uint8_t { kib_64, kib_256, mib_1, mib_8 };

inline std::size_t size_of(StackClass stack_class) {
    constexpr std::size_t kib = 1024;
    constexpr std::size_t sizes[] = {64 * kib, 256 * kib, 1024 * kib, 8192 * kib};
    return sizes[static_cast<std::size_t>(stack_class)] * sanitizer::stack_factor;
}

/// The smallest class with room for `size_bytes` as they are without sanitizers; too_large above
/// 8 MiB less the guard.
Result<StackClass> class_for(std::size_t size_bytes);

/// A slot: the stack, and the guard below it that faults. Stays where it is while its pool lives.
struct Stack {
    std::byte* bottom = nullptr;
    std::uint32_t size_bytes = 0; ///< without the guard
    unsigned valgrind_id = 0;
    Stack* next_free = nullptr;
    void* shadow_top = nullptr; ///< null: shadow stacks are off, or it is a cold slot
    std::uint16_t lives = 0;    ///< since the pool looked how much was touched, that one included
    std::uint16_t small_lives = 0; ///< after so many it was known to keep no more than 16 KiB
    StackClass stack_class{};
    bool is_known_small = false; ///< its only user so far touched no more than 16 KiB

    StackMemory memory() const { return {bottom, size_bytes}; }
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
/// `lives_unseen_max` times. How much a fiber needed is known where it was the first; where several
/// nearly filled a stack, the pool begins anew with all, so that it soon is.
///
/// KINDLING_FIBER_STACKS=report in the environment logs these marks when the pool goes; with
/// `exact` also, and each stack is filled with a pattern first: the mark of every fiber is known to
/// the byte, for the price of all that memory and of filling it.
class StackPool {
public:
    static constexpr std::size_t guard_bytes = 64 * 1024 / 4; ///< 16 KiB
    static constexpr std::size_t warm_max = 64;
    static constexpr std::size_t arena_slots = 64;
    static constexpr std::uint16_t lives_unseen_max = 256;
    static constexpr std::size_t many_per_look = 16;

    StackPool();
    ~StackPool();
    StackPool(const StackPool&) = delete;
    StackPool& operator=(const StackPool&) = delete;

    /// Errors: no_memory (address space, or what else a shadow stack needs), too_large (as many
    /// mappings as the system allows), unsupported (shadow stacks are on, and this build's switch
    /// knows none).
    Result<Stack*> take(StackClass stack_class) {
        Class& free = class_of(stack_class);
        if (!free.warm) [[unlikely]]
            TRY(prepare_cold(free, stack_class));
        Stack*& from = free.warm ? free.warm : free.cold;
        free.warm_count -= free.warm != nullptr;
        Stack* stack = std::exchange(from, from->next_free);
        in_use_++;
        sanitizer::begin_use(stack->memory());
        return stack;
    }

    /// True of one in use that nobody had before, so that what was used of it tells of its user:
    /// `note_use` before it is given back.
    static bool is_fresh(const Stack& stack) { return stack.lives == 0; }

    /// Adds to the marks how much `user` used of a fresh one; while the pool is full of warm slots
    /// of one user in `many_per_look`.
    void note_use(Stack& stack, std::string_view user);

    /// The flow that used it must have left it for good.
    void give_back(Stack& stack);

    /// Bytes between the top and the deepest place that was ever used, since it was last taken from
    /// the system: in pages, but in the exact mode.
    std::size_t used_bytes(const Stack& stack) const;

    /// How much of their stacks fibers needed, by name.
    const StackMarks& marks() const { return marks_; }

    /// True if the address lies in the guard of a slot.
    bool is_guard(const void* address) const;

    /// Gives the memory of all free slots back to the system.
    void trim();

    /// True if free slots may keep more than 16 KiB each.
    bool can_trim_warm() const;
    /// Gives the memory of free slots beyond 16 KiB each back to the system; they stay warm.
    void trim_warm();

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
    Result<void> prepare_cold(Class& free, StackClass stack_class);
    Result<void> reserve(StackClass stack_class);
    bool install_guard(std::byte* at);
    void give_back_large(Class& free, Stack& stack);
    static void cool(Class& free, Stack& stack);

    std::array<Class, 4> classes_;
    std::vector<std::unique_ptr<Arena>> arenas_;
    std::size_t in_use_ = 0;
    std::size_t guard_mappings_ = 0; ///< that the kernel counts
    bool has_light_guards_ = true;   ///< MADV_GUARD_INSTALL
    bool reports_ = false;
    bool is_exact_ = false; ///< fills stacks with a pattern; no free one is warm
    std::size_t many_count_ = 0;
    StackMarks marks_;
};

} // namespace kindling::fiber
