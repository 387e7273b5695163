// SPDX-License-Identifier: MIT
#include "fiber/barrier.hpp"

namespace kindling::fiber {

namespace {

Error broken() {
    return {Errc::broken, "another party was interrupted at the barrier"};
}

} // namespace

Barrier::Barrier(std::size_t parties, const char* name)
    : waiting_(*this, name), parties_(parties), missing_count_(parties) {
    ASSERT(parties > 0);
}

Result<void> Barrier::arrive_and_wait() {
    TRY(check_interruption());
    ASSERT(parties_ > 0);
    if (is_broken_) return broken();
    if (--missing_count_ == 0) {
        missing_count_ = parties_;
        waiting_.wake_all();
        return {};
    }
    Arrival arrival;
    TRY(waiting_.park(arrival));
    if (arrival.is_broken) return broken();
    return {};
}

void Barrier::arrive_and_drop() {
    ASSERT(parties_ > 0);
    parties_--;
    if (is_broken_ || --missing_count_ > 0) return;
    missing_count_ = parties_;
    waiting_.wake_all();
}

void Barrier::reset() {
    break_up();
    is_broken_ = false;
    missing_count_ = parties_;
}

void Barrier::break_up() {
    is_broken_ = true;
    while (!waiting_.is_empty()) {
        static_cast<Arrival&>(*waiting_.first()).is_broken = true;
        waiting_.wake_one();
    }
}

} // namespace kindling::fiber
