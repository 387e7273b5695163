// SPDX-License-Identifier: MIT
//
// What a loop needs of the system: a clock, a way to wait, and operations that end meanwhile.
#pragma once

#include "base/result.hpp"
#include "fiber/operation.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace kindling::fiber {

/// What a poller knows of, for people.
struct PollerContents {
    std::vector<const Operation*> operations; ///< under way
    std::vector<int> descriptors;             ///< registered with the kernel until they are closed
};

/// All but `wake` is called on the thread of the loop, and none runs code of a fiber.
class Poller {
public:
    virtual ~Poller() = default;

    /// Nanoseconds of a clock that only goes forward.
    virtual std::uint64_t now_ns() = 0;

    /// Waits until an operation has ended, `wake` was called, or the clock shows `deadline_ns`;
    /// `never_ns` is no limit, 0 does not wait. May also return for nothing. Appends what has
    /// ended.
    virtual void wait(std::uint64_t deadline_ns, Completions& completions) = 0;

    /// From any thread: the next wait returns at once, or the one under way does.
    virtual void wake() = 0;

    /// False if nothing but a deadline or `wake` can end a wait.
    virtual bool can_wake() const = 0;

    /// True if the operation itself can be submitted; all can do `poll`.
    virtual bool can_do(Operation::Kind kind) const = 0;

    /// Begins an operation. It ends once, in a later `wait`.
    virtual void submit(Operation& operation) = 0;

    /// Asks an operation to end soon. If it ends because of that, its result is -ECANCELED.
    virtual void cancel(Operation& operation) = 0;

    /// The one that was woken for an event of `descriptor` has left some of it: the next may try.
    virtual void pass_on(int descriptor, std::uint32_t events) = 0;

    /// The descriptor is about to be closed: its operations end with -EBADF, now or in later waits.
    /// The number of those that are still under way.
    virtual std::size_t close(int descriptor) = 0;

    /// Readable when a wait would end at once because of what has come since the last one, which
    /// handed everything over that was submitted before it; -1: it has none. To be asked for the
    /// first time while nothing is under way.
    virtual int descriptor() { return -1; }

    /// False of one whose clock jumps to where it is to wait for.
    virtual bool has_real_time() const { return true; }

    /// Its name and the features in use, for the log.
    virtual std::string describe() const = 0;

    /// In no order; the pointers are good until the poller is next called.
    virtual PollerContents contents() const = 0;
};

/// io_uring if the kernel lets us, else epoll; KINDLING_POLLER=epoll or io_uring in the environment
/// chooses, and KINDLING_FIBER_DISABLE is a list of features not to use, separated by commas.
///
/// Errors: invalid (an unknown name); unsupported (the one that was asked for); as errno says.
Result<std::unique_ptr<Poller>> create_poller();

/// Errors: as errno says.
Result<std::unique_ptr<Poller>> create_epoll_poller();

/// Errors: unsupported (the kernel has or allows no io_uring); as errno says.
Result<std::unique_ptr<Poller>> create_io_uring_poller();

} // namespace kindling::fiber
