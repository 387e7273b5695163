// SPDX-License-Identifier: MIT
#include "fiber/retry.hpp"

#include "fiber/fiber.hpp"
#include "fiber/loop.hpp"

#include <algorithm>

namespace kindling::fiber {

bool Retries::pause() {
    ASSERT(policy_.attempts_max > 0);
    if (++attempts_count_ >= policy_.attempts_max) return false;
    std::uint64_t us = std::min(pause_us_, policy_.pause_max_us);
    pause_us_ = us > policy_.pause_max_us / 2 ? policy_.pause_max_us : us * 2;
    Loop* loop = Loop::of_fiber();
    if (loop) {
        us -= loop->random().below(us / 2 + 1);
        if (Deadline::in_us(us) >= loop->running()->deadline_ns()) return false;
    }
    return this_fiber::sleep_for_us(us).has_value();
}

} // namespace kindling::fiber
