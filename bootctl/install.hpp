// SPDX-License-Identifier: MIT
//
// The verb `install`: puts the loader and what belongs to it on the ESP.
#pragma once

#include "bootctl/install_target.hpp"
#include "bootctl/notice.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kindling {

constexpr std::uint64_t loader_size_max = 16 * 1024 * 1024;

struct InstallOptions {
    Bytes loader;            ///< the program; at most `loader_size_max`
    std::string loader_name; ///< where it came from, for messages
    bool force = false;      ///< replace another product's BOOTX64.EFI; it is kept as a backup
    bool dry_run = false;    ///< only say what would be done
};

struct InstallReport {
    std::vector<std::string> changes; ///< one line each, in order, done before any failure
    std::vector<Notice> warnings;     ///< what was left alone
    std::optional<Notice> failure;    ///< why it stopped; a second run goes on from there
    Errc failure_code = Errc::io;     ///< only with `failure`
};

/// Installs the loader as `EFI/kindling/kindling-bootx64.efi` and under the name that firmware
/// starts without being told, `EFI/BOOT/BOOTX64.EFI`; makes `loader/entries`, and `loader.conf` and
/// `loader/entries.srel` if there are none. Does only what is not done yet.
///
/// A BOOTX64.EFI that does not say it is ours stays, with a warning. With `force` it is copied to
/// BOOTX64.EFI.bak first; another backup that is in the way is never overwritten.
///
/// esp       where the loader goes
/// xbootldr  where entries go if there is such a partition; may be null
InstallReport install(InstallTarget& esp, InstallTarget* xbootldr, const InstallOptions& options);

/// The product in a boot loader's own mark, "#### LoaderInfo: PRODUCT VERSION ####"; empty without.
std::string_view product_of(Bytes program);

} // namespace kindling
