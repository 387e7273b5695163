// SPDX-License-Identifier: MIT
//
// Timer events of the firmware.
#pragma once

#include "efi/firmware.hpp"

#include <cstdint>
#include <utility>

namespace kindling::efi {

/// An event that is signalled when time is over; closed when it goes out of scope.
class Timer {
public:
    enum class Kind : std::uint8_t { once, periodic };

    /// Errors: io, no_memory.
    static Result<Timer> start(Kind kind, std::uint64_t time_ms);

    Timer(Timer&& other) noexcept : event_(std::exchange(other.event_, nullptr)) {}
    Timer& operator=(Timer&& other) noexcept {
        std::swap(event_, other.event_);
        return *this;
    }
    ~Timer();

    EFI_EVENT event() const { return event_; }

private:
    explicit Timer(EFI_EVENT event) : event_(event) {}

    EFI_EVENT event_;
};

} // namespace kindling::efi
