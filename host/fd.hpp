// SPDX-License-Identifier: MIT
//
// An open file descriptor with an owner.
#pragma once

#include <utility>

namespace kindling::host {

/// Closes a descriptor; on a thread with an event loop it is the loop that does, so that nobody
/// goes on waiting for a number that means another file soon.
void close_descriptor(int number);

/// What closes descriptors of this thread; null for close(2).
using DescriptorCloser = void (*)(int number);
extern thread_local constinit DescriptorCloser descriptor_closer;

/// Owns a file descriptor and closes it. -1 is none.
class Fd {
public:
    Fd() = default;
    explicit Fd(int number) : number_(number) {}
    Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        Fd taken(std::move(other));
        std::swap(number_, taken.number_);
        return *this;
    }
    ~Fd() {
        if (number_ >= 0) close_descriptor(number_);
    }

    /// For the calls that take a descriptor; still ours.
    int get() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }

    /// For the calls that take the descriptor over; no longer ours.
    int release() { return std::exchange(number_, -1); }

private:
    int number_ = -1;
};

} // namespace kindling::host
