// SPDX-License-Identifier: MIT
#include "fiber/future.hpp"

#include "fiber/loop.hpp"

namespace kindling::fiber {

Result<void> UntypedFuture::cancel() {
    if (!promise_) return {};
    if (promise_->fiber_) {
        Loop::current()->cancel(*promise_->fiber_);
        return {};
    }
    if (promise_->producer_) return promise_->producer_->cancel();
    return Error{Errc::unsupported, "nobody can cancel this"};
}

void UntypedFuture::notify(Callback& callback) {
    ASSERT(promise_ || is_resolved_);
    Loop* loop = Loop::current();
    if (Fiber* fiber = Loop::current_fiber()) callback.priority_ = fiber->priority();
    if (!is_resolved_)
        callbacks_.append(callback);
    else if (loop)
        loop->queue(callback);
}

Result<void> UntypedFuture::set_priority(Priority priority) {
    ASSERT(priority < priority_count);
    if (is_resolved_) return Error{Errc::closed, "the future is resolved"};
    if (!promise_ || !promise_->fiber_)
        return Error{Errc::unsupported, "no fiber resolves the future"};
    promise_->fiber_->priority_ = priority;
    return {};
}

const Fiber* UntypedFuture::fiber() const {
    return promise_ ? promise_->fiber_ : nullptr;
}

void UntypedFuture::take(UntypedFuture& other) {
    ASSERT(waiting_.is_empty() && other.waiting_.is_empty());
    promise_ = std::exchange(other.promise_, nullptr);
    if (promise_) promise_->future_ = this;
    is_resolved_ = std::exchange(other.is_resolved_, false);
    callbacks_.take_all(other.callbacks_);
}

void UntypedFuture::settle() {
    (void)cancel();
    if (!promise_) return;
    Loop* loop = Loop::of_fiber();
    ASSERT(loop);
    ASSERT(fiber() != loop->running());
    Shield shield(never_ns);
    Wait wait("a future that was cancelled");
    ASSERT(waiting_.park(wait).has_value());
}

UntypedPromise::UntypedPromise(UntypedFuture& future) : future_(&future) {
    ASSERT(!future.promise_ && !future.is_resolved_);
    future.promise_ = this;
}

UntypedPromise::UntypedPromise(UntypedPromise&& other) noexcept
    : future_(std::exchange(other.future_, nullptr)), producer_(other.producer_),
      fiber_(other.fiber_) {
    if (future_) future_->promise_ = this;
}

void UntypedPromise::finish() {
    UntypedFuture& future = *std::exchange(future_, nullptr);
    future.promise_ = nullptr;
    future.is_resolved_ = true;
    future.waiting_.wake_all();
    Loop* loop = Loop::current();
    while (Callback* callback = future.callbacks_.take_first())
        if (loop) loop->queue(*callback);
}

Result<void> await(UntypedFuture& future) {
    Loop* loop = Loop::of_fiber();
    ASSERT(loop);
    if (future.is_resolved_) return {};
    ASSERT(future.promise_);
    ASSERT(future.fiber() != loop->running());
    TRY(check_interruption());
    Wait wait("future");
    return future.waiting_.park(wait);
}

} // namespace kindling::fiber
