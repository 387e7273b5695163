// SPDX-License-Identifier: MIT
//
// What the firmware says about itself and about our own file.
#pragma once

#include "efi/volume.hpp"

#include <string>

namespace kindling::efi {

/// Where our program came from. Empty texts are unknown.
struct Origin {
    EFI_HANDLE device = nullptr; ///< of the volume; null if firmware does not say
    std::string path;            ///< of our file on it, '/'-separated
    std::string identifier;      ///< device path of our file, as text
    std::string url;             ///< if we were network-booted
};
/// Errors: io (no LoadedImage protocol).
Result<Origin> origin();

/// GUID of the partition a volume is on, upper case; empty if its disk has no GPT.
std::string partition_uuid(const FileSystemVolume& volume);

/// "EDK II 1.00"
std::string firmware_info();
/// "UEFI 2.70"
std::string firmware_type();

} // namespace kindling::efi
