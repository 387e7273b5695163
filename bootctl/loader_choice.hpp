// SPDX-License-Identifier: MIT
//
// The loader that a boot will go through, as far as files tell.
#pragma once

#include "bootctl/boot_source.hpp"
#include "bootctl/notice.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kindling {

struct LoaderChoice {
    std::string name;     ///< for people
    std::string esp_path; ///< on the ESP, '/'-separated; empty if a file of the host was named
    std::vector<std::byte> contents;
};

/// The file `named`, or else what firmware finds on the ESP: EFI/BOOT/BOOTX64.EFI if that is ours,
/// or else EFI/kindling/kindling-bootx64.efi.
///
/// architecture  EFI name of the machine ("x64"), which is part of both names
/// remarks       out: what had to be assumed
/// failure       out: what to tell a person if this fails
///
/// Errors: not_found (neither is there); too_large (over `loader_size_max`); those of reading.
Result<LoaderChoice> choose_loader(BootSource& source, const std::optional<std::string>& named,
                                   std::string_view architecture, std::vector<Notice>& remarks,
                                   Notice& failure);

/// Where the loader that will run is on the ESP; empty if there is none.
std::string loader_path_of(BootSource& source, std::string_view architecture);

} // namespace kindling
