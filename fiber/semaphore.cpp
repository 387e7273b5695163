// SPDX-License-Identifier: MIT
#include "fiber/semaphore.hpp"

namespace kindling::fiber {

Permit::~Permit() {
    if (semaphore_) semaphore_->release(count_);
}

Semaphore::~Semaphore() {
    if (in_use_ > 0)
        stop_for_bug("semaphore", waiting_.name(), "destroyed while permits are in use", nullptr);
}

Result<void> Semaphore::acquire(std::size_t permits) {
    TRY(check_interruption());
    if (try_acquire(permits)) return {};
    Request request(permits);
    return waiting_.park(request);
}

Result<void> Semaphore::try_acquire(std::size_t permits) {
    ASSERT(permits <= limit_);
    if (!waiting_.is_empty() || available() < permits)
        return Error{Errc::would_block, "too few permits"};
    in_use_ += permits;
    return {};
}

Result<Permit> Semaphore::hold(std::size_t permits) {
    TRY(acquire(permits));
    return Permit(*this, permits);
}

void Semaphore::release(std::size_t permits) {
    ASSERT(permits <= in_use_);
    in_use_ -= permits;
    serve();
}

void Semaphore::set_limit(std::size_t limit) {
    limit_ = limit;
    serve();
}

/// Gives what there is to those that wait, in their order.
void Semaphore::serve() {
    while (!waiting_.is_empty()) {
        auto& request = static_cast<Request&>(*waiting_.first());
        if (request.permits > available()) return;
        in_use_ += request.permits;
        waiting_.wake_one();
    }
}

} // namespace kindling::fiber
