// SPDX-License-Identifier: MIT
#include "fiber/wait.hpp"

#include "fiber/loop.hpp"

namespace kindling::fiber {

void WaitQueue::append(Wait& wait) {
    wait.queue_ = this;
    wait.previous_ = last_;
    (last_ ? last_->next_ : first_) = &wait;
    last_ = &wait;
}

void WaitQueue::remove(Wait& wait) {
    (wait.previous_ ? wait.previous_->next_ : first_) = wait.next_;
    (wait.next_ ? wait.next_->previous_ : last_) = wait.previous_;
    wait.queue_ = nullptr;
    wait.previous_ = wait.next_ = nullptr;
}

Result<void> WaitQueue::park(Wait& wait) {
    Loop* loop = Loop::current();
    ASSERT(loop && loop->running());
    return loop->park(wait, this, never_ns);
}

bool WaitQueue::wake_one() {
    if (!first_) return false;
    Wait& wait = *first_;
    remove(wait);
    wait.is_done_ = true;
    wait.fiber_->loop_->make_ready(*wait.fiber_);
    return true;
}

void WaitQueue::wake_all() {
    while (wake_one()) {
    }
}

Result<void> check_interruption() {
    Loop* loop = Loop::current();
    if (!loop || !loop->running()) return {};
    return loop->check_interruption(*loop->running());
}

} // namespace kindling::fiber
