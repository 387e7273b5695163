// SPDX-License-Identifier: MIT
//
// A place where a fixed number of fibers wait for each other, round after round.
#pragma once

#include "fiber/wait.hpp"

namespace kindling::fiber {

class Barrier {
public:
    /// `parties` is how many meet, at least 1. `name` is static text for people. Destroying one
    /// that is waited at is a bug.
    explicit Barrier(std::size_t parties, const char* name = "");

    /// Waits for the others; the last to arrive lets all go on. One that is interrupted while it
    /// waits breaks the barrier, because the others would wait for ever.
    ///
    /// Errors: cancelled, timed_out; broken (another one was interrupted), until a reset.
    Result<void> arrive_and_wait();

    /// Counts as arrived in this round and is not waited for from the next on. Does not wait. When
    /// the last party has left, arriving is a bug.
    void arrive_and_drop();

    /// Makes a broken barrier whole. Who waits at one that is not gets `broken`.
    void reset();

    std::size_t parties() const { return parties_; }
    std::size_t waiting_count() const { return waiting_.count(); }
    bool is_broken() const { return is_broken_; }

private:
    struct Arrival : Wait {
        Arrival() : Wait("barrier") {}
        bool is_broken = false;
    };
    struct Arrivals : WaitQueue {
        Arrivals(Barrier& owner, const char* name) : WaitQueue(name), barrier(owner) {}
        void left() override { barrier.break_up(); }
        Barrier& barrier;
    };

    void break_up();

    Arrivals waiting_;
    std::size_t parties_;
    std::size_t missing_count_; ///< have still to arrive in this round
    bool is_broken_ = false;
};

} // namespace kindling::fiber
