// SPDX-License-Identifier: MIT
#include "efi/timer.hpp"

#include "efi/system.hpp"

namespace kindling::efi {

Result<void> Timer::start(Kind kind, std::uint64_t time_ms) {
    EFI_STATUS status = boot_services().CreateEvent(EVT_TIMER, 0, nullptr, nullptr, &event_);
    if (EFI_ERROR(status)) return to_error(status, "cannot create timer");
    // Firmware counts in units of 100 ns.
    status = boot_services().SetTimer(event_, kind == Kind::once ? TimerRelative : TimerPeriodic,
                                      time_ms * 10'000);
    if (EFI_ERROR(status)) return to_error(status, "cannot start timer");
    return {};
}

Timer::~Timer() {
    if (event_) boot_services().CloseEvent(event_);
}

} // namespace kindling::efi
