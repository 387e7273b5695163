// SPDX-License-Identifier: MIT
#include "fiber/context.hpp"

#include "base/result.hpp"
#include "fiber/sanitizer.hpp"

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <new>
#include <utility>

#ifndef KINDLING_FIBER_UCONTEXT
extern "C" {
void* kindling_fiber_switch(void** from, void* to, void* value);
void kindling_fiber_entry();
}
#endif

// Two words per thread: the exceptions being handled, and how many are on their way. Weak, because
// a program without exceptions may not link them. Source: Itanium C++ ABI, exception
// handling, 2.2.2.
namespace __cxxabiv1 {
struct __cxa_eh_globals;
extern "C" __cxa_eh_globals* __cxa_get_globals() noexcept __attribute__((const, weak));
} // namespace __cxxabiv1

namespace kindling::fiber {

namespace {

/// The two words of this thread; asking the run-time each time would cost as much as the switch.
constinit thread_local void* exception_words = nullptr;

/// Leaves the words of `from` with it and brings those of `to`.
[[gnu::always_inline]] inline void switch_exceptions(void* (&from)[2], void* (&to)[2]) {
    if (!__cxxabiv1::__cxa_get_globals) return;
    if (!exception_words) [[unlikely]]
        exception_words = __cxxabiv1::__cxa_get_globals();
    std::memcpy(from, exception_words, sizeof(from));
    std::memcpy(exception_words, to, sizeof(to));
}

#ifndef NDEBUG
/// What rounds and flushes in floating-point arithmetic.
std::uint32_t arithmetic_modes() {
#if defined(__x86_64__)
    std::uint32_t control = 0;
    std::uint16_t x87 = 0;
    asm volatile("stmxcsr %0" : "=m"(control));
    asm volatile("fnstcw %0" : "=m"(x87));
    return (control & 0xffc0u) | static_cast<std::uint32_t>(x87) << 16;
#elif defined(__aarch64__)
    std::uint64_t control = 0;
    asm volatile("mrs %0, fpcr" : "=r"(control));
    return static_cast<std::uint32_t>(control);
#else
    return 0;
#endif
}

/// Those of the thread's own flow when it was last left: all that it goes to begin with them.
constinit thread_local std::uint32_t modes_of_thread = 0;

[[noreturn]] void stop_for_modes(const char* name) {
    char text[128];
    std::snprintf(text, sizeof(text),
                  "fiber '%s' was suspended with the rounding modes it was given", name);
    assertion_failed(text, __FILE__, __LINE__);
}
#endif

/// The switch does not keep shadow stacks in step, so that its first `ret` would be a fault. False
/// where the processor has none or they are off, which is when the instruction does nothing.
bool has_shadow_stack() {
    std::uint64_t pointer = 0;
#if defined(__x86_64__)
    asm volatile("rdsspq %0" : "+r"(pointer));
#endif
    return pointer != 0;
}

} // namespace

Context::~Context() {
    if (is_recorded_fiber_) sanitizer::destroy_flow(thread_fiber_);
}

#ifdef KINDLING_FIBER_UCONTEXT

void Context::enter(unsigned high, unsigned low) {
    auto address = static_cast<std::uintptr_t>(high) << 32 | low;
    auto* self = reinterpret_cast<Context*>(address);
    sanitizer::finish_switch(nullptr);
    self->entry_(self->stack_pointer_);
}

void Context::prepare(StackMemory memory, void (*entry)(void*), const char* name) {
    ASSERT(!has_shadow_stack());
    memory_ = memory;
    name_ = name;
    entry_ = entry;
    thread_fiber_ = sanitizer::create_flow();
    is_recorded_fiber_ = thread_fiber_ != nullptr;
    getcontext(&registers_);
    registers_.uc_stack.ss_sp = memory.bottom;
    registers_.uc_stack.ss_size = memory.size_bytes;
    registers_.uc_link = nullptr;
    auto address = reinterpret_cast<std::uintptr_t>(this);
    makecontext(&registers_, reinterpret_cast<void (*)()>(enter), 2,
                static_cast<unsigned>(address >> 32), static_cast<unsigned>(address));
}

#else

namespace {

/// What a first switch finds on a new stack; see the assembly files.
struct FirstFrame {
#if defined(__x86_64__)
    void* r15 = nullptr;
    void* r14 = nullptr;
    void* r13 = nullptr;
    void* entry = nullptr;         // r12: what `begin` calls
    void* begin = nullptr;         // rbx
    void* frame_pointer = nullptr; // rbp: 0 ends a chain of frames
    void* return_address = nullptr;
    void* end = nullptr; // where the entry's own return address would be
    void* padding = nullptr;
#elif defined(__aarch64__)
    void* frame_pointer = nullptr;  // x29
    void* return_address = nullptr; // x30
    void* begin = nullptr;          // x19
    void* entry = nullptr;          // x20: what `begin` calls
    void* others[16] = {};
#else
#error "no assembly for this architecture; build with -Dfiber_context=ucontext"
#endif
};
static_assert(sizeof(FirstFrame) % 8 == 0);

/// The first frame of a new stack.
void begin(void* value, void (*entry)(void*)) {
    sanitizer::finish_switch(nullptr);
    entry(value);
}

} // namespace

void Context::prepare(StackMemory memory, void (*entry)(void*), const char* name) {
    ASSERT(!has_shadow_stack());
    memory_ = memory;
    name_ = name;
    thread_fiber_ = sanitizer::create_flow();
    is_recorded_fiber_ = thread_fiber_ != nullptr;
    // The top is a multiple of 16, and so must be what is left when the return address is taken.
    auto* frame = ::new (memory.top() - sizeof(FirstFrame)) FirstFrame;
    frame->begin = reinterpret_cast<void*>(begin);
    frame->entry = reinterpret_cast<void*>(entry);
    frame->return_address = reinterpret_cast<void*>(kindling_fiber_entry);
    stack_pointer_ = frame;
}

#endif

void* Context::switch_to(Context& next, void* value, bool is_last) {
#ifndef NDEBUG
    std::uint32_t modes = arithmetic_modes();
    if (!name_) modes_of_thread = modes;
    if (modes != modes_of_thread) stop_for_modes(name_);
#endif
    switch_exceptions(exceptions_, next.exceptions_);
    if (!is_recorded_fiber_) thread_fiber_ = sanitizer::current_flow();
    sanitizer::start_switch(is_last ? nullptr : &fake_stack_, memory_, next.memory_,
                            next.thread_fiber_);
#ifdef KINDLING_FIBER_UCONTEXT
    next.stack_pointer_ = value;
    swapcontext(&registers_, &next.registers_);
    value = std::exchange(stack_pointer_, nullptr);
#else
    value = kindling_fiber_switch(&stack_pointer_, next.stack_pointer_, value);
#endif
    // Somebody came back to us.
    sanitizer::finish_switch(fake_stack_);
    return value;
}

} // namespace kindling::fiber
