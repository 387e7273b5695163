// SPDX-License-Identifier: MIT
#include "fiber/lock.hpp"

#include "fiber/loop.hpp"

namespace kindling::fiber {

Guard::~Guard() {
    if (mutex_) mutex_->unlock();
}

Mutex::~Mutex() {
    if (holder_) stop_for_bug("mutex", name(), "destroyed while held by", holder_);
}

void Mutex::give_to(Fiber& fiber) {
    holder_ = &fiber;
    next_held_ = std::exchange(fiber.held_, this);
}

Result<Guard> Mutex::lock() {
    Fiber& fiber = running_fiber();
    TRY(check_interruption());
    if (holder_ == &fiber) stop_for_bug("mutex", name(), "locked twice by", holder_);
    if (!holder_) {
        give_to(fiber);
        return Guard(*this);
    }
    Wait wait("mutex");
    TRY(waiting_.park(wait));
    return Guard(*this);
}

Result<Guard> Mutex::try_lock() {
    if (holder_) return Error{Errc::would_block, "the mutex is held"};
    give_to(running_fiber());
    return Guard(*this);
}

Guard Mutex::lock_shielded() {
    Shield shield(never_ns);
    return lock().value();
}

/// The first that waits holds it from now on, before it runs.
void Mutex::unlock() {
    ASSERT(holder_ == &running_fiber());
    Mutex** link = &holder_->held_;
    while (*link != this) link = &(*link)->next_held_;
    *link = next_held_;
    holder_ = nullptr;
    if (waiting_.is_empty()) return;
    give_to(*waiting_.first()->fiber());
    waiting_.wake_one();
}

void Mutex::holder_ended() const {
    stop_for_bug("mutex", name(), "still held at the end of", holder_);
}

Result<void> Condition::wait(Guard& guard) {
    Mutex& mutex = guard.mutex();
    TRY(check_interruption());
    Waiter waiter(mutex);
    mutex.unlock();
    Result<void> notified = waiting_.park(waiter);
    if (notified) return notified; // with the mutex, which came with the wake-up
    Guard again = mutex.lock_shielded();
    again.mutex_ = nullptr; // `guard` has it
    return notified;
}

void Condition::notify_one() {
    if (waiting_.is_empty()) return;
    auto& waiter = static_cast<Waiter&>(*waiting_.first());
    Mutex& mutex = waiter.mutex;
    if (mutex.holder_) return waiting_.move_one(mutex.waiting_, "mutex");
    mutex.give_to(*waiter.fiber());
    waiting_.wake_one();
}

void Condition::notify_all() {
    while (!waiting_.is_empty()) notify_one();
}

} // namespace kindling::fiber
