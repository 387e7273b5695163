// SPDX-License-Identifier: MIT
#include "fiber/wait.hpp"

#include "fiber/loop.hpp"

namespace kindling::fiber {

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
