// SPDX-License-Identifier: MIT
#include "fiber/event.hpp"

namespace kindling::fiber {

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

void Baton::post() {
    ASSERT(!is_posted_);
    is_posted_ = true;
    is_taken_ = waiting_.wake_one();
}

Result<void> Baton::wait() {
    TRY(check_interruption());
    ASSERT(!is_taken_ && waiting_.is_empty());
    if (is_posted_) {
        is_taken_ = true;
        return {};
    }
    Wait wait("baton");
    return waiting_.park(wait);
}

} // namespace kindling::fiber
