// SPDX-License-Identifier: MIT
//
// A fiber as the scheduler sees it. Programs use group.hpp and fiber.hpp.
#pragma once

#include "fiber/local.hpp"
#include "fiber/log.hpp"
#include "fiber/place.hpp"
#include "fiber/scope.hpp"
#include "fiber/stack.hpp"
#include "fiber/wait.hpp"

#include <string_view>

namespace kindling::fiber {

class Group;
class Loop;
class Mutex;

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
constexpr Priority priority_of_group = 0xff; ///< of a child: what its group says

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
    /// Where it stands while it does not run.
    const Context& context() const { return context_; }
    const Group* group() const { return group_; } ///< null: it is the first of its loop
    Place spawned_at() const { return spawned_at_; }
    std::uint32_t suspensions() const { return suspensions_; } ///< times it left its stack
    /// True when it is called for the first time.
    bool is_first_time_slow() { return !std::exchange(was_named_slow_, true); }
    /// The innermost of those that it logs with.
    const LogField*& log_fields() { return log_fields_; }
    const LogField* log_fields() const { return log_fields_; }
    Fiber* next() const { return next_of_all_; }

    /// What interrupts a wait of this fiber now: deadlock before cancelled before timed_out;
    /// nothing if nothing does. The one place that decides.
    std::optional<Errc> interruption(std::uint64_t now_ns) const;

    /// Says that what this one waits for of the system, such as a signal, helps nobody out of a
    /// deadlock.
    void stay_in_background() { is_background_ = true; }

    /// False: nothing does, whatever the clock shows. Cheap, for the many waits of which it is
    /// true.
    bool may_be_interrupted() const {
        return is_cancelled_ || is_deadlocked_ || cancelled_scopes_ > 0 ||
               deadline_ns() != never_ns;
    }

    /// The nearest deadline that is not hidden.
    std::uint64_t deadline_ns() const { return scope_ ? scope_->nearest_ns_ : never_ns; }

private:
    friend class BoundValues;
    friend class Group;
    friend class LocalValues;
    friend class Loop;
    friend class Mutex;
    friend class Scope;
    friend class UntypedFuture;
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
    bool always_begins_ = false; ///< also if it was cancelled before
    bool is_background_ = false; ///< what it waits for does not keep the others alive
    bool is_deadlocked_ = false;
    bool was_named_slow_ = false;
    Wait* wait_ = nullptr;
    Mutex* held_ = nullptr; ///< the last one that it locked
    LocalValues locals_;
    BoundValues bound_;
    Scope* scope_ = nullptr;             ///< the innermost
    std::uint32_t cancelled_scopes_ = 0; ///< of those around it, hidden ones as well
    std::uint64_t sleeps_until_ns_ = never_ns;
    std::uint64_t timer_ns_ = 0;
    std::size_t timer_place_ = 0;    ///< in the loop's heap, from 1; 0 is none
    std::uint32_t failed_waits_ = 0; ///< in a row, that never suspended
    std::uint32_t calls_ = 0;        ///< since it was suspended
    std::uint32_t suspensions_ = 0;
    Place spawned_at_;
    const LogField* log_fields_ = nullptr; ///< the innermost
    Fiber* next_ready_ = nullptr;
    Fiber *previous_of_all_ = nullptr, *next_of_all_ = nullptr;
    Fiber *previous_of_group_ = nullptr, *next_of_group_ = nullptr;
};

} // namespace kindling::fiber
