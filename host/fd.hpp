// SPDX-License-Identifier: MIT
//
// An open file descriptor with an owner.
#pragma once

#include <unistd.h>
#include <utility>

namespace kindling::host {

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
        if (number_ >= 0) ::close(number_);
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
