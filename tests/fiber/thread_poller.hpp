// SPDX-License-Identifier: MIT
//
// A poller that other threads can wake, with a clock that jumps: a wait with a deadline that nobody
// has ended yet is over at once.
#pragma once

#include "fiber/virtual_poller.hpp"

#include "fiber/scope.hpp"

#include <condition_variable>
#include <mutex>

namespace kindling::fiber {

class ThreadPoller : public VirtualPoller {
public:
    void wait(std::uint64_t deadline_ns, Completions&) override {
        std::unique_lock lock(mutex_);
        if (deadline_ns == never_ns) {
            sleeps_++;
            changed_.notify_all();
            changed_.wait(lock, [this] { return is_rung_; });
        } else if (!is_rung_ && deadline_ns > now_ns()) {
            advance_ns(deadline_ns - now_ns());
        }
        is_rung_ = false;
    }

    void wake() override {
        std::lock_guard lock(mutex_);
        is_rung_ = true;
        rings_++;
        changed_.notify_all();
    }

    bool can_wake() const override { return true; }

    /// For other threads: returns once the loop has slept for the `count`th time, or sleeps.
    void await_sleep(std::uint64_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return sleeps_ >= count; });
    }

    std::uint64_t rings_count() {
        std::lock_guard lock(mutex_);
        return rings_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_rung_ = false;
    std::uint64_t rings_ = 0;
    std::uint64_t sleeps_ = 0;
};

} // namespace kindling::fiber
