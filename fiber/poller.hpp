// SPDX-License-Identifier: MIT
//
// What a loop needs of the system: a clock, and a way to wait.
#pragma once

#include <cstdint>

namespace kindling::fiber {

class Poller {
public:
    virtual ~Poller() = default;

    /// Nanoseconds of a clock that only goes forward.
    virtual std::uint64_t now_ns() = 0;

    /// Waits until something has happened or the clock shows `deadline_ns`; `never_ns` is no limit,
    /// 0 does not wait. Never runs code of a fiber.
    virtual void wait(std::uint64_t deadline_ns) = 0;

    /// From any thread: the next wait returns at once, or the one under way does.
    virtual void wake() = 0;

    /// False if nothing but a deadline can end a wait, so that without one it would be for ever.
    virtual bool can_wake() const = 0;
};

/// A clock that jumps to the next deadline instead of waiting.
class VirtualPoller : public Poller {
public:
    std::uint64_t now_ns() override { return now_ns_; }
    void wait(std::uint64_t deadline_ns) override {
        if (deadline_ns != ~std::uint64_t{0} && deadline_ns > now_ns_) now_ns_ = deadline_ns;
    }
    void wake() override {}
    bool can_wake() const override { return false; }

    void advance_ns(std::uint64_t by_ns) { now_ns_ += by_ns; }

private:
    std::uint64_t now_ns_ = 1'000'000'000;
};

} // namespace kindling::fiber
