// SPDX-License-Identifier: MIT
#include "fiber/wait.hpp"

#include "fiber/loop.hpp"

#include <cstdio>

namespace kindling::fiber {

namespace {

constexpr std::size_t message_size_max = 1023;

} // namespace

Result<void> WaitQueue::park(Wait& wait) {
    return running_fiber().loop_->park(wait, this, never_ns);
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

void WaitQueue::move_one(WaitQueue& queue, const char* what) {
    Wait& wait = *first_;
    remove(wait);
    wait.what_ = what;
    wait.is_promised_ = true;
    queue.append(wait);
}

std::size_t WaitQueue::count() const {
    std::size_t count = 0;
    for (const Wait* wait = first_; wait; wait = wait->next_) count++;
    return count;
}

void WaitQueue::destroyed_in_use() const {
    char waiters[message_size_max / 2] = "";
    std::size_t used = 0;
    for (const Wait* wait = first_; wait && used < sizeof(waiters); wait = wait->next_)
        used += static_cast<std::size_t>(std::snprintf(
            waiters + used, sizeof(waiters) - used, "%s%s", used ? ", " : "", wait->fiber_->name_));
    char problem[message_size_max + 1];
    std::snprintf(problem, sizeof(problem), "destroyed while waited for by %s", waiters);
    stop_for_bug(first_->what_, name_, problem, nullptr);
}

void stop_for_bug(const char* what, const char* name, const char* problem, const Fiber* fiber) {
    char message[message_size_max + 1];
    std::string_view fiber_name = fiber ? fiber->name() : std::string_view();
    std::snprintf(message, sizeof(message), "%s%s%s %s%s%.*s", what, *name ? " " : "", name,
                  problem, fiber ? " " : "", static_cast<int>(fiber_name.size()),
                  fiber_name.data());
    assertion_failed(message, __FILE__, __LINE__);
}

Fiber& running_fiber() {
    Loop* loop = Loop::of_fiber();
    ASSERT(loop);
    return *loop->running();
}

Result<void> check_interruption() {
    Loop* loop = Loop::of_fiber();
    if (!loop) return {};
    return loop->check_interruption(*loop->running());
}

} // namespace kindling::fiber
