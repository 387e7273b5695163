// SPDX-License-Identifier: MIT
#include "fiber/poll_arm.hpp"

#include "host/error.hpp"

#include <cerrno>
#include <poll.h>

namespace kindling::fiber {

bool PollArm::try_now() {
    pollfd entry{fd_, events_, 0};
    int count = 0;
    do count = ::poll(&entry, 1, 0);
    while (count < 0 && errno == EINTR);
    if (count == 0) return false;
    outcome_ = count < 0 ? -errno : entry.revents & POLLNVAL ? -EBADF : entry.revents;
    return true;
}

Arm::Place PollArm::place() {
    operation_ = {};
    operation_.descriptor = fd_;
    operation_.flags = static_cast<std::uint16_t>(events_);
    return {nullptr, nullptr, &operation_};
}

Result<short> PollArm::result() const {
    if (outcome_ >= 0) return static_cast<short>(outcome_);
    Error error = host::error_from(-outcome_, "cannot poll");
    if (outcome_ == -EBADF) error.code = Errc::closed;
    return error;
}

} // namespace kindling::fiber
