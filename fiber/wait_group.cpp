// SPDX-License-Identifier: MIT
#include "fiber/wait_group.hpp"

namespace kindling::fiber {

WaitGroup::~WaitGroup() {
    if (count_ > 0 || returning_count_ > 0)
        stop_for_bug("wait group", waiting_.name(), "destroyed while in use", nullptr);
}

void WaitGroup::add(std::size_t count) {
    if (count == 0) return;
    ASSERT(count_ > 0 || returning_count_ == 0);
    ASSERT(count_ + count > count_);
    count_ += count;
}

void WaitGroup::done() {
    ASSERT(count_ > 0);
    if (--count_ > 0) return;
    while (waiting_.wake_one()) returning_count_++;
}

Result<void> WaitGroup::wait() {
    TRY(check_interruption());
    if (count_ == 0) return {};
    Wait wait("wait group");
    TRY(waiting_.park(wait));
    returning_count_--;
    return {};
}

} // namespace kindling::fiber
