// SPDX-License-Identifier: MIT
//
// Clock on the processor's time stamp counter.
#pragma once

#include "core/machine.hpp"

namespace kindling::efi {

/// Counter ticks as microseconds, without overflow for any number of ticks.
constexpr std::uint64_t ticks_to_us(std::uint64_t ticks, std::uint64_t ticks_per_s) {
    return ticks / ticks_per_s * 1'000'000 + ticks % ticks_per_s * 1'000'000 / ticks_per_s;
}

class TscClock final : public Clock {
public:
    /// Remembers now as the start; make it first thing.
    TscClock();

    /// Nothing under a hypervisor, where the counter may be offset.
    std::optional<std::uint64_t> since_power_on_us() override;
    std::uint64_t since_start_us() override;

private:
    /// Found at the first question: measuring it may take a millisecond.
    std::uint64_t ticks_per_s();

    std::uint64_t start_ticks_;
    std::uint64_t ticks_per_s_ = 0;
};

} // namespace kindling::efi
