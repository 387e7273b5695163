// SPDX-License-Identifier: MIT
//
// What interrupts the waits of a fiber, by scope: deadlines, and shields against what is outside.
//
// Interruption is a level, not an event: from the moment a fiber is cancelled, or a deadline around
// it has passed, every wait says so until the scope ends.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <type_traits>

namespace kindling::fiber {

class Fiber;

constexpr std::uint64_t never_ns = ~std::uint64_t{0};

/// Something around the waits of the running fiber; off a fiber it has no effect. Scopes end in the
/// reverse order of their beginning, on the fiber they began on.
class Scope {
public:
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

protected:
    Scope(std::uint64_t deadline_ns, bool is_shield);
    ~Scope();

    /// Makes every wait inside report `cancelled` from now on.
    void cancel_inside();
    /// Takes that back.
    void forgive_inside() {
        if (is_cancelled_) set_cancelled(false);
    }

    std::uint64_t deadline_ns() const { return deadline_ns_; }
    Fiber* fiber() const { return fiber_; }

private:
    friend class Fiber;

    void set_cancelled(bool value);

    Fiber* fiber_;
    Scope* outer_ = nullptr;
    std::uint64_t deadline_ns_;
    std::uint64_t nearest_ns_; ///< of this deadline and those outside that are not hidden
    bool is_shield_;
    bool is_cancelled_ = false;
};

/// Bounds everything that is waited for inside, children included. An inner one can shorten, never
/// extend.
class Deadline : public Scope {
public:
    /// A sum beyond the clock's range is no limit.
    static std::uint64_t in_us(std::uint64_t microseconds);

    /// `at_ns` on the clock of the loop, which does not run while the machine sleeps.
    explicit Deadline(std::uint64_t at_ns) : Scope(at_ns, false) {}

    /// True if this one is a reason for a timed_out.
    bool has_expired() const;
};

/// Hides cancellation and the deadlines outside, so that clean-up can wait. It has a limit of its
/// own, or clean-up could hang silently; `never_ns` must be asked for.
class Shield : public Scope {
public:
    static constexpr std::uint64_t limit_us = 5'000'000;

    Shield() : Scope(Deadline::in_us(limit_us), true) {}
    explicit Shield(std::uint64_t at_ns) : Scope(at_ns, true) {}
};

/// What `function` returns, with all that it waits for bounded.
template <class Function>
std::invoke_result_t<Function&> with_deadline(std::uint64_t after_us, Function&& function) {
    Deadline limit(Deadline::in_us(after_us));
    return function();
}

} // namespace kindling::fiber
