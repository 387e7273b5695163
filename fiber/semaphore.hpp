// SPDX-License-Identifier: MIT
//
// A number of permits that the fibers of one loop take and give back, first come, first served.
#pragma once

#include "fiber/wait.hpp"

#include <utility>

namespace kindling::fiber {

class Semaphore;

/// Permits that are given back when their scope ends.
class [[nodiscard]] Permit {
public:
    Permit(Permit&& other) noexcept
        : semaphore_(std::exchange(other.semaphore_, nullptr)), count_(other.count_) {}
    Permit& operator=(Permit&&) = delete;
    ~Permit();

    std::size_t count() const { return count_; }

private:
    friend class Semaphore;
    Permit(Semaphore& semaphore, std::size_t count) : semaphore_(&semaphore), count_(count) {}

    Semaphore* semaphore_;
    std::size_t count_;
};

/// Asking for more permits than there are in all is a bug, and so is giving back more than are in
/// use.
class Semaphore {
public:
    /// `name` is static text for people.
    explicit Semaphore(std::size_t limit, const char* name = "")
        : waiting_(*this, name), limit_(limit) {}
    /// Destroying one that is waited for, or of which permits are in use, is a bug.
    ~Semaphore();

    /// A large request at the head is not overtaken by small ones behind it. Errors: cancelled,
    /// timed_out.
    Result<void> acquire(std::size_t permits = 1);

    /// Errors: would_block, if there are too few or others wait.
    Result<void> try_acquire(std::size_t permits = 1);

    /// `acquire` with something that gives back. Errors: cancelled, timed_out.
    Result<Permit> hold(std::size_t permits = 1);

    /// Goes to those that wait, as far as it reaches, before they run.
    void release(std::size_t permits = 1);

    /// How many there are in all. Lowering it takes nothing away: holders finish first. Who waits
    /// already for more than that waits until the limit is high enough again.
    void set_limit(std::size_t limit);

    std::size_t limit() const { return limit_; }
    std::size_t available() const { return in_use_ < limit_ ? limit_ - in_use_ : 0; }

private:
    struct Request : Wait {
        explicit Request(std::size_t count) : Wait("semaphore"), permits(count) {}
        std::size_t permits;
    };
    struct Requests : WaitQueue {
        Requests(Semaphore& owner, const char* name) : WaitQueue(name), semaphore(owner) {}
        void left() override { semaphore.serve(); }
        Semaphore& semaphore;
    };

    void serve();

    Requests waiting_;
    std::size_t limit_;
    std::size_t in_use_ = 0; ///< more than the limit where that was lowered
};

} // namespace kindling::fiber
