// SPDX-License-Identifier: MIT
#include "fiber/scope.hpp"

#include "fiber/loop.hpp"

#include <algorithm>

namespace kindling::fiber {

Scope::Scope(std::uint64_t deadline_ns, bool is_shield)
    : fiber_(Loop::current_fiber()), deadline_ns_(deadline_ns), nearest_ns_(deadline_ns),
      is_shield_(is_shield) {
    if (!fiber_) return;
    outer_ = fiber_->scope_;
    fiber_->scope_ = this;
    if (outer_ && !is_shield) nearest_ns_ = std::min(deadline_ns, outer_->nearest_ns_);
}

Scope::~Scope() {
    if (!fiber_) return;
    ASSERT(fiber_->scope_ == this);
    fiber_->scope_ = outer_;
    forgive_inside();
}

void Scope::set_cancelled(bool value) {
    is_cancelled_ = value;
    if (fiber_) fiber_->cancelled_scopes_ += value ? 1 : -1;
}

void Scope::cancel_inside() {
    if (!is_cancelled_) set_cancelled(true);
    if (fiber_) fiber_->loop_->reconsider(*fiber_);
}

std::optional<Errc> Fiber::interruption(std::uint64_t now_ns) const {
    bool has_expired = false;
    for (const Scope* scope = scope_; scope; scope = scope->outer_) {
        if (scope->is_cancelled_) return Errc::cancelled;
        has_expired |= scope->deadline_ns_ <= now_ns;
        if (scope->is_shield_) return has_expired ? std::optional(Errc::timed_out) : std::nullopt;
    }
    // Those that unwind because of a deadlock cancel each other: what came first is the reason.
    if (is_deadlocked_) return Errc::deadlock;
    if (is_cancelled_) return Errc::cancelled;
    return has_expired ? std::optional(Errc::timed_out) : std::nullopt;
}

std::uint64_t Deadline::in_us(std::uint64_t microseconds) {
    std::uint64_t nanoseconds = 0, sum = 0;
    Loop* loop = Loop::current();
    if (!loop || __builtin_mul_overflow(microseconds, std::uint64_t{1000}, &nanoseconds) ||
        __builtin_add_overflow(loop->now_ns(), nanoseconds, &sum))
        return never_ns;
    return sum;
}

bool Deadline::has_expired() const {
    return fiber() && deadline_ns() <= Loop::current()->now_ns();
}

} // namespace kindling::fiber
