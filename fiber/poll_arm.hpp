// SPDX-License-Identifier: MIT
//
// A descriptor among the things a select waits for.
#pragma once

#include "fiber/operation.hpp"
#include "fiber/select.hpp"

namespace kindling::fiber {

/// Wins when one of `events` of poll(2) holds for a descriptor, or an error. Nothing is taken from
/// the descriptor, so that a select that another arm wins loses nothing of it: the next one looks
/// again. A select that has parked with such an arm ends when the system has let go of it.
class PollArm final : public Arm {
public:
    /// The descriptor is borrowed.
    PollArm(int fd, short events) : fd_(fd), events_(events) {}

    /// What held at the last win. Errors: closed (the descriptor is closed); as errno says,
    /// such as EPERM of a file that epoll cannot wait for.
    Result<short> result() const;

private:
    bool try_now() override;
    Place place() override;
    void won() override { outcome_ = operation_.result; }

    int fd_;
    short events_;
    Operation operation_;
    std::int32_t outcome_ = 0; ///< events, or minus an errno
};

} // namespace kindling::fiber
