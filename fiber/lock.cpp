// SPDX-License-Identifier: MIT
#include "fiber/lock.hpp"

#include "fiber/loop.hpp"

namespace kindling::fiber {

namespace {

Fiber& running_fiber() {
    Loop* loop = Loop::current();
    ASSERT(loop && loop->running());
    return *loop->running();
}

} // namespace

Guard::~Guard() {
    if (mutex_) mutex_->unlock();
}

Result<Guard> Mutex::lock() {
    Fiber& fiber = running_fiber();
    TRY(check_interruption());
    ASSERT(holder_ != &fiber);
    if (!holder_) {
        holder_ = &fiber;
        return Guard(*this);
    }
    Wait wait("mutex");
    TRY(waiting_.park(wait));
    return Guard(*this);
}

Result<Guard> Mutex::try_lock() {
    if (holder_) return Error{Errc::would_block, "the mutex is held"};
    holder_ = &running_fiber();
    return Guard(*this);
}

Guard Mutex::lock_shielded() {
    Shield shield(never_ns);
    return lock().value();
}

/// The first that waits holds it from now on, before it runs.
void Mutex::unlock() {
    ASSERT(holder_ == &running_fiber());
    Wait* next = waiting_.first();
    holder_ = next ? next->fiber() : nullptr;
    if (next) waiting_.wake_one();
}

Result<void> Condition::wait(Guard& guard) {
    Mutex& mutex = guard.mutex();
    TRY(check_interruption());
    Wait wait("condition");
    mutex.unlock();
    Result<void> notified = waiting_.park(wait);
    // The guard has it again, whatever happened.
    Guard again = mutex.lock_shielded();
    again.mutex_ = nullptr;
    return notified;
}

Result<void> Semaphore::acquire(std::size_t permits) {
    TRY(check_interruption());
    if (try_acquire(permits)) return {};
    Request request(permits);
    return waiting_.park(request);
}

Result<void> Semaphore::try_acquire(std::size_t permits) {
    if (!waiting_.is_empty() || available_ < permits)
        return Error{Errc::would_block, "too few permits"};
    available_ -= permits;
    return {};
}

void Semaphore::release(std::size_t permits) {
    available_ += permits;
    serve();
}

/// Gives what there is to those that wait, in their order.
void Semaphore::serve() {
    while (!waiting_.is_empty()) {
        auto& request = static_cast<Request&>(*waiting_.first());
        if (request.permits > available_) return;
        available_ -= request.permits;
        waiting_.wake_one();
    }
}

void Event::set() {
    is_set_ = true;
    waiting_.wake_all();
}

Result<void> Event::wait() {
    TRY(check_interruption());
    if (is_set_) return {};
    Wait wait("event");
    return waiting_.park(wait);
}

} // namespace kindling::fiber
