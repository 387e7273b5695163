// SPDX-License-Identifier: MIT
//
// The loader from start to hand-over: discover, choose, measure, start. Runs on the firmware's
// adapters in the loader and on fakes in the tests.
#pragma once

#include "core/machine.hpp"

#include <string>

namespace kindling::boot {

/// What the firmware told us about itself and about us; `main` fills it in. An empty text is
/// unknown and its variable is not written.
struct Facts {
    std::string architecture;      ///< EFI short name, "x64"
    std::string loader_path;       ///< of our own file on the ESP, '/'-separated
    std::string device_part_uuid;  ///< of the ESP, upper case
    std::string device_url;        ///< where we were network-booted from
    std::string image_identifier;  ///< device path of our own file, as text
    std::string firmware_info;     ///< "EDK II 1.00"
    std::string firmware_type;     ///< "UEFI 2.70"
    std::string tpm2_active_banks; ///< "0x00000002"; "0xffffffff" if the TCG2 protocol is too old
};

/// What `main` does when the loader gives up control.
enum class Outcome : std::uint8_t {
    leave,  ///< return success to the firmware
    fail,   ///< return an error to the firmware; the reason has been shown
    reboot, ///< cold reset
};

/// Runs the loader until an entry keeps control (then this never returns) or nothing is left to do.
/// Every failure is shown on the screen, with the file it concerns.
Outcome run(Machine& machine, const Facts& facts);

} // namespace kindling::boot
