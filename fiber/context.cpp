// SPDX-License-Identifier: MIT
#include "fiber/context.hpp"

#include "base/result.hpp"
#include "fiber/sanitizer.hpp"
#include "fiber/shadow_stack.hpp"
#include "fiber/switch.hpp"

#include <cstdint>
#include <cstdio>
#include <cstring>

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

/// What rounds, flushes and traps in floating-point arithmetic.
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

void set_arithmetic_modes(std::uint32_t modes) {
#if defined(__x86_64__)
    std::uint32_t control = 0;
    asm volatile("stmxcsr %0" : "=m"(control));
    control = (control & ~0xffc0u) | (modes & 0xffc0u); // what has happened stays in the rest
    auto x87 = static_cast<std::uint16_t>(modes >> 16);
    asm volatile("ldmxcsr %0" : : "m"(control));
    asm volatile("fldcw %0" : : "m"(x87));
#elif defined(__aarch64__)
    std::uint64_t control = modes;
    asm volatile("msr fpcr, %0" : : "r"(control));
#else
    static_cast<void>(modes);
#endif
}

/// Those of all flows that have none of their own, when one of them was last left.
constinit thread_local std::uint32_t modes_of_thread = 0;

#ifndef NDEBUG
[[noreturn]] void stop_for_modes(const char* name) {
    char text[128];
    std::snprintf(text, sizeof(text),
                  "fiber '%s' was suspended with the rounding modes it was given", name);
    assertion_failed(text, __FILE__, __LINE__);
}
#endif

/// The first frame of a new stack.
void begin(void* value, Entry entry) {
    sanitizer::finish_switch(nullptr);
    entry(value);
}

} // namespace

Context::~Context() {
    if (is_recorded_fiber_) sanitizer::destroy_flow(thread_fiber_);
}

void Context::prepare(StackMemory memory, Entry entry, const char* name, void* shadow_top) {
    ASSERT(shadow_top || !has_shadow_stack()); // Its first return would be a fault.
    memory_ = memory;
    shadow_top_ = shadow_top;
    name_ = name;
    thread_fiber_ = sanitizer::create_flow();
    is_recorded_fiber_ = thread_fiber_ != nullptr;
    stack_pointer_ = first_place(memory, begin, entry, shadow_top);
}

void Context::keep_arithmetic_modes() {
    has_own_modes_ = true;
    modes_ = arithmetic_modes();
}

[[gnu::noinline, gnu::cold]] void Context::switch_modes(const Context& next) {
    (has_own_modes_ ? modes_ : modes_of_thread) = arithmetic_modes();
    set_arithmetic_modes(next.has_own_modes_ ? next.modes_ : modes_of_thread);
}

void* Context::switch_to(Context& next, void* value, bool is_last) {
#ifndef NDEBUG
    std::uint32_t modes = arithmetic_modes();
    if (!name_ && !has_own_modes_) modes_of_thread = modes;
    if (!has_own_modes_ && modes != modes_of_thread) stop_for_modes(name_);
#endif
    if (has_own_modes_ || next.has_own_modes_) [[unlikely]]
        switch_modes(next);
    switch_exceptions(exceptions_, next.exceptions_);
    if (!is_recorded_fiber_) thread_fiber_ = sanitizer::current_flow();
    sanitizer::start_switch(is_last ? nullptr : &fake_stack_, memory_, next.memory_,
                            next.thread_fiber_);
    if (is_last && shadow_top_) [[unlikely]]
        kindling_fiber_leave(&stack_pointer_, next.stack_pointer_, value, shadow_top_);
    value = kindling_fiber_switch(&stack_pointer_, next.stack_pointer_, value);
    // Somebody came back to us.
    sanitizer::finish_switch(fake_stack_);
    return value;
}

} // namespace kindling::fiber
