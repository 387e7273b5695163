// SPDX-License-Identifier: MIT
//
// A fiber as the scheduler sees it. Programs use group.hpp and fiber.hpp.
#pragma once

#include "fiber/scope.hpp"
#include "fiber/stack.hpp"
#include "fiber/wait.hpp"

#include <string_view>

namespace kindling::fiber {

class Group;
class Loop;

enum class State : std::uint8_t {
    initial,   ///< never run
    ready,     ///< queued
    running,   ///< on its stack
    suspended, ///< parked in a wait
    completed, ///< returned; gone with the next turn
};

/// Lower runs first, strictly.
using Priority = std::uint8_t;
constexpr Priority priority_count = 8;
constexpr Priority priority_default = 4;

constexpr std::size_t name_size_max = 31; ///< longer names are cut

/// One fiber; lies at the top of its own stack, before what its function captured.
class Fiber {
public:
    std::string_view name() const { return name_; }
    State state() const { return state_; }
    Priority priority() const { return priority_; }
    /// What it is parked in; null if in nothing.
    const Wait* waits_for() const { return wait_; }
    const Stack& stack() const { return *stack_; }
    Fiber* next() const { return next_of_all_; }

    /// What interrupts a wait of this fiber now: cancelled before timed_out; nothing if nothing
    /// does. The one place that decides.
    std::optional<Errc> interruption(std::uint64_t now_ns) const;

    /// False: nothing does, whatever the clock shows. Cheap, for the many waits of which it is
    /// true.
    bool may_be_interrupted() const {
        if (is_cancelled_) return true;
        for (const Scope* scope = scope_; scope; scope = scope->outer_)
            if (scope->is_cancelled_ || scope->deadline_ns_ != never_ns) return true;
        return false;
    }

    /// The nearest deadline that is not hidden.
    std::uint64_t deadline_ns() const;

private:
    friend class Group;
    friend class Loop;
    friend class Scope;
    friend class WaitQueue;

    Context context_;
    Stack* stack_ = nullptr;
    Loop* loop_ = nullptr;
    Group* group_ = nullptr;
    void (*run_)(Fiber&) = nullptr;     ///< calls the function, stores what it returns, destroys it
    void (*destroy_)(Fiber&) = nullptr; ///< of one that never ran
    void* function_ = nullptr;
    Result<void> result_;
    char name_[name_size_max + 1] = "";
    State state_ = State::initial;
    Priority priority_ = priority_default;
    bool is_cancelled_ = false;
    Wait* wait_ = nullptr;
    Scope* scope_ = nullptr; ///< the innermost
    std::uint64_t sleeps_until_ns_ = never_ns;
    std::uint64_t timer_ns_ = 0;
    std::size_t timer_place_ = 0;    ///< in the loop's heap, from 1; 0 is none
    std::uint32_t failed_waits_ = 0; ///< in a row, that never suspended
    std::uint32_t calls_ = 0;        ///< since it was suspended
    Fiber* next_ready_ = nullptr;
    Fiber *previous_of_all_ = nullptr, *next_of_all_ = nullptr;
    Fiber *previous_of_group_ = nullptr, *next_of_group_ = nullptr;
};

} // namespace kindling::fiber
