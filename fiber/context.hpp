// SPDX-License-Identifier: MIT
//
// A flow of control with a stack of its own, and the switch between two of them. Nothing here knows
// of fibers; this is the one place that knows registers, sanitizers and exceptions.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kindling::fiber {

/// The memory of a stack; `bottom` is its lowest byte, and it grows towards it.
struct StackMemory {
    std::byte* bottom = nullptr;
    std::size_t size_bytes = 0;

    std::byte* top() const { return bottom + size_bytes; }
};

/// Where a flow of control stands while another runs. The one that a thread began with needs no
/// preparation: the first switch away from it fills it in.
///
/// Must not move while it is parked, and belongs to one thread: registers may hold addresses of
/// that thread's variables.
class Context {
public:
    Context() = default;
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context();

    /// Lets the first switch to it call `entry(value)` on `memory`, with the value of that switch.
    /// `entry` never returns; its last switch is one with `is_last`. `name` is for
    /// reports, and borrowed. `shadow_top` is where these are on; see shadow_stack.hpp.
    void prepare(StackMemory memory, void (*entry)(void* value), const char* name = "",
                 void* shadow_top = nullptr);

    /// Lets the flow have rounding and flush-to-zero modes of its own, which begin as those that
    /// hold now. Each switch to it and from it then costs several times what others do.
    void keep_arithmetic_modes();
    bool keeps_arithmetic_modes() const { return has_own_modes_; }

    /// Parks the running flow here and goes on with `next`. Gives the value of the switch that
    /// comes back. Costs a few nanoseconds and no system call.
    ///
    /// The signal mask is the thread's and is not switched. Neither are rounding and flush-to-zero
    /// modes where neither flow keeps its own: whoever changes them restores them first, and debug
    /// builds stop and name who did not.
    ///
    /// is_last  this flow has come to its end: nobody comes back, its stack may be reused by `next`
    void* switch_to(Context& next, void* value, bool is_last = false);

    /// For one that needs no preparation: the next to be parked here may be another flow.
    void forget() {
        memory_ = {};
        has_own_modes_ = false;
    }

    /// The saved stack pointer of a parked flow, for debuggers.
    const void* stack_pointer() const { return stack_pointer_; }

private:
    void switch_modes(const Context& next);

    void* stack_pointer_ = nullptr;
    StackMemory memory_;
    void* shadow_top_ = nullptr;
    const char* name_ = nullptr; ///< null: the flow that a thread began with
    void* exceptions_[2] =
        {}; ///< those being handled: of a thread for the language, of a flow for us
    void* fake_stack_ = nullptr;   ///< AddressSanitizer's
    void* thread_fiber_ = nullptr; ///< ThreadSanitizer's
    bool is_recorded_fiber_ = false;
    bool has_own_modes_ = false;
    std::uint32_t modes_ = 0; ///< its own, while it is parked
};

} // namespace kindling::fiber
