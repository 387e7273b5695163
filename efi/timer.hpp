// SPDX-License-Identifier: MIT
//
// Timer events of the firmware.
#pragma once

#include "efi/firmware.hpp"

#include <cstdint>

namespace kindling::efi {

/// An event that is signalled when time is over; closed when it goes out of scope.
class Timer {
public:
    enum class Kind : std::uint8_t { once, periodic };

    Timer() = default;
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    ~Timer();

    /// Once only. Errors: io, no_memory.
    Result<void> start(Kind kind, std::uint64_t time_ms);

    EFI_EVENT event() const { return event_; }

private:
    EFI_EVENT event_ = nullptr;
};

} // namespace kindling::efi
