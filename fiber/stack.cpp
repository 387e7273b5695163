// SPDX-License-Identifier: MIT
#include "fiber/stack.hpp"

#include "fiber/feature.hpp"
#include "fiber/log.hpp"
#include "fiber/sanitizer.hpp"
#include "fiber/shadow_stack.hpp"
#include "host/error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <linux/prctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace kindling::fiber {

namespace {

constexpr int advice_guard_install = 102; // MADV_GUARD_INSTALL, Linux 6.13
constexpr std::size_t page_bytes = 4096;
constexpr std::size_t warm_touched_max = 16 * 1024;
// Two mappings per slot, and 45 % of what vm.max_map_count allows by default is for them.
constexpr std::size_t guard_mappings_max = 65530 * 45 / 100;

constexpr int pattern = 0xa5; // a byte of the exact mode that nobody has used

/// Calls `function` for each page of [first, first + size) with whether it is in memory.
template <class Function>
void for_each_page(std::byte* first, std::size_t size_bytes, Function function) {
    unsigned char pages[256];
    while (size_bytes > 0) {
        std::size_t part = std::min(size_bytes, sizeof(pages) * page_bytes);
        if (::mincore(first, part, pages) != 0) return;
        for (std::size_t i = 0; i < part / page_bytes; i++) function((pages[i] & 1) != 0);
        first += part;
        size_bytes -= part;
    }
}

bool is_resident(std::byte* page) {
    bool is_there = false;
    for_each_page(page, page_bytes, [&](bool is) { is_there = is; });
    return is_there;
}

/// The page below the warm ones tells whether more was touched: stacks grow page by page.
bool is_warm_size(const Stack& stack) {
    return stack.is_known_small ||
           !is_resident(stack.memory().top() - warm_touched_max - page_bytes);
}

/// Bytes that no longer have the pattern, and all above them. Reads between variables, too.
[[gnu::no_sanitize_address]] std::size_t changed_bytes(const StackMemory& memory) {
    std::size_t same = 0;
    while (same < memory.size_bytes && memory.bottom[same] == std::byte{pattern}) same++;
    return memory.size_bytes - same;
}

void close_shadow(Stack& stack) {
    if (stack.shadow_top) unmap_shadow_stack(stack.size_bytes, stack.shadow_top);
    stack.shadow_top = nullptr;
}

} // namespace

/// Address space for slots of one class.
struct StackPool::Arena {
    std::byte* first = nullptr;
    StackClass stack_class{};
    std::array<Stack, arena_slots> slots; ///< those without a guard are not used

    std::size_t size_bytes() const { return size_of(stack_class) * arena_slots; }
};

Result<StackClass> class_for(std::size_t size_bytes) {
    for (StackClass each :
         {StackClass::kib_64, StackClass::kib_256, StackClass::mib_1, StackClass::mib_8})
        if (size_bytes <= size_of(each) / sanitizer::stack_factor - StackPool::guard_bytes)
            return each;
    return Error{Errc::too_large, "a stack is larger than any class"};
}

StackPool::StackPool() : has_light_guards_(!is_disabled("guard")) {
    const char* text = std::getenv("KINDLING_FIBER_STACKS");
    std::string_view mode = text ? text : "";
    is_exact_ = mode == "exact";
    reports_ = is_exact_ || mode == "report";
}

StackPool::~StackPool() {
    ASSERT(in_use_ == 0);
    if (reports_) log_plain(marks_.text());
    for (auto& arena : arenas_) {
        for (Stack& stack : arena->slots) {
            sanitizer::deregister_stack(stack.valgrind_id);
            close_shadow(stack);
        }
        ::munmap(arena->first, arena->size_bytes());
    }
}

bool StackPool::install_guard(std::byte* at) {
    if (has_light_guards_) {
        if (::madvise(at, guard_bytes, advice_guard_install) == 0) return true;
        has_light_guards_ = false;
    }
    if (guard_mappings_ + 2 > guard_mappings_max) return false;
    if (::mprotect(at, guard_bytes, PROT_NONE) != 0) return false;
    guard_mappings_ += 2;
    return true;
}

Result<void> StackPool::reserve(StackClass stack_class) {
    auto arena = std::make_unique<Arena>();
    arena->stack_class = stack_class;
    void* at = ::mmap(nullptr, arena->size_bytes(), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) {
        Error error = host::last_error("cannot reserve address space for stacks");
        error.code = Errc::no_memory;
        return error;
    }
    arena->first = static_cast<std::byte*>(at);
    // With huge pages a single touch would cost two megabytes.
    ::madvise(at, arena->size_bytes(), MADV_NOHUGEPAGE);
    // For the maps of the process; kernels that do not know it say so, which changes nothing.
    ::prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, at, arena->size_bytes(), "fiber-stack");
    std::size_t size = size_of(stack_class);
    Class& free = class_of(stack_class);
    for (std::size_t i = arena_slots; i-- > 0;) {
        std::byte* slot = arena->first + i * size;
        if (!install_guard(slot)) break;
        Stack& stack = arena->slots[i];
        stack.bottom = slot + guard_bytes;
        stack.size_bytes = static_cast<std::uint32_t>(size - guard_bytes);
        stack.stack_class = stack_class;
        stack.valgrind_id = sanitizer::register_stack(stack.memory());
        stack.next_free = std::exchange(free.cold, &stack);
    }
    if (!free.cold) {
        ::munmap(at, arena->size_bytes());
        return Error{Errc::too_large, "too many stacks with guards"};
    }
    arenas_.push_back(std::move(arena));
    return {};
}

/// Sees to it that there is a cold slot, and that the first of them can be used.
Result<void> StackPool::prepare_cold(Class& free, StackClass stack_class) {
    if (!free.cold) TRY(reserve(stack_class));
    StackMemory memory = free.cold->memory();
    if (has_shadow_stack()) free.cold->shadow_top = TRY(map_shadow_stack(memory.size_bytes));
    if (is_exact_) std::memset(memory.bottom, pattern, memory.size_bytes);
    return {};
}

void StackPool::note_use(Stack& stack, std::string_view user) {
    // Where more fibers end than can be kept warm, some stand for all: a look is a system call.
    bool is_one_of_many = class_of(stack.stack_class).warm_count == warm_max;
    if (!is_exact_ && is_one_of_many && many_count_++ % many_per_look != 0) return;
    std::size_t used = used_bytes(stack);
    stack.is_known_small = used <= warm_touched_max;
    marks_.add(user, used, stack.size_bytes);
}

void StackPool::give_back(Stack& stack) {
    ASSERT(in_use_ > 0);
    in_use_--;
    sanitizer::forget(stack.memory());
    sanitizer::end_use(stack.memory());
    Class& free = class_of(stack.stack_class);
    if (free.warm_count == warm_max) return cool(free, stack);
    if (stack.lives % lives_unseen_max == 0) {
        if (is_exact_ || !is_warm_size(stack)) return give_back_large(free, stack);
        stack.is_known_small = false;
        stack.lives = 0;
        stack.small_lives = 1;
    }
    stack.lives++;
    stack.next_free = std::exchange(free.warm, &stack);
    free.warm_count++;
}

/// Where one of several nearly filled it, who it was shows when all have fresh ones.
void StackPool::give_back_large(Class& free, Stack& stack) {
    StackMemory memory = stack.memory();
    std::byte* quarter = memory.bottom + memory.size_bytes / 4 / page_bytes * page_bytes;
    if (!is_fresh(stack) && is_resident(quarter)) trim();
    cool(free, stack);
}

/// Gives the memory of a free slot back to the system.
void StackPool::cool(Class& free, Stack& stack) {
    ::madvise(stack.bottom, stack.size_bytes, MADV_DONTNEED);
    close_shadow(stack);
    stack.is_known_small = false;
    stack.lives = stack.small_lives = 0;
    stack.next_free = std::exchange(free.cold, &stack);
}

std::size_t StackPool::used_bytes(const Stack& stack) const {
    if (is_exact_) return changed_bytes(stack.memory());
    std::size_t untouched = 0;
    bool was_touched = false;
    for_each_page(stack.bottom, stack.size_bytes, [&](bool is) {
        was_touched |= is;
        untouched += !was_touched;
    });
    return stack.size_bytes - untouched * page_bytes;
}

bool StackPool::is_guard(const void* address) const {
    auto* at = static_cast<const std::byte*>(address);
    for (const auto& arena : arenas_) {
        if (at < arena->first || at >= arena->first + arena->size_bytes()) continue;
        auto offset = static_cast<std::size_t>(at - arena->first);
        return offset % size_of(arena->stack_class) < guard_bytes;
    }
    return false;
}

void StackPool::trim() {
    for (Class& each : classes_) {
        while (each.warm) cool(each, *std::exchange(each.warm, each.warm->next_free));
        each.warm_count = 0;
    }
}

bool StackPool::can_trim_warm() const {
    for (const Class& each : classes_)
        for (const Stack* stack = each.warm; stack; stack = stack->next_free)
            if (stack->lives > stack->small_lives) return true;
    return false;
}

void StackPool::trim_warm() {
    for (Class& each : classes_)
        for (Stack* stack = each.warm; stack; stack = stack->next_free) {
            if (stack->lives == stack->small_lives) continue;
            ::madvise(stack->bottom, stack->size_bytes - warm_touched_max, MADV_DONTNEED);
            stack->small_lives = stack->lives;
        }
}

StackUsage StackPool::usage() const {
    StackUsage usage;
    usage.in_use = in_use_;
    for (const Class& each : classes_) usage.warm += each.warm_count;
    for (const auto& arena : arenas_) usage.reserved_bytes += arena->size_bytes();
    return usage;
}

} // namespace kindling::fiber
