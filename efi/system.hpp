// SPDX-License-Identifier: MIT
//
// What the firmware gave us at the start. All of efi/ reaches the firmware through here.
#pragma once

#include "efi/firmware.hpp"

#include <cstdint>
#include <string_view>

namespace kindling::efi {

/// Stores what the entry point was called with; first thing in `efi_main`.
void set_system(EFI_HANDLE image, EFI_SYSTEM_TABLE* table);

/// Our own image.
EFI_HANDLE own_image();
EFI_SYSTEM_TABLE& system_table();
EFI_BOOT_SERVICES& boot_services();
EFI_RUNTIME_SERVICES& runtime_services();

/// Shows `text` on the console; for panics and for programs without a Screen.
void print(std::string_view text);

/// Waits; nothing else runs meanwhile.
void stall(std::uint64_t time_us);

} // namespace kindling::efi
