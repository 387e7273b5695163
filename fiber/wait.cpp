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
    // The other arms of a select leave at once, so that nothing can be given to them.
    if (wait.next_arm_) {
        wait.fiber_->wait_->is_done_ = true;
        withdraw(wait);
    }
    return true;
}

void WaitQueue::withdraw(Wait& wait) {
    auto next = [&](Wait* arm) { return arm->next_arm_ != &wait ? arm->next_arm_ : nullptr; };
    for (Wait* arm = &wait; arm; arm = next(arm)) {
        WaitQueue* queue = arm->queue_;
        if (queue) queue->remove(*arm);
        arm->queue_ = queue; // for below
    }
    // Only when all have left: what this wakes may wake others in the same queues.
    for (Wait* arm = &wait; arm; arm = next(arm))
        if (WaitQueue* queue = std::exchange(arm->queue_, nullptr)) queue->left();
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
