// SPDX-License-Identifier: MIT
//
// The command line that an entry's image is started with.
#pragma once

#include "core/entry.hpp"
#include "core/initrd.hpp"

#include <string>

namespace kindling::bls {

/// The load options of `entry`; empty if none are passed and none are measured.
///
/// linux:  `initrd=\PATH` for each file of `initrd`, for kernels without the initrd protocol, then
///         the options. Source: boot loaders since Linux 3.3; EFI stub documentation.
/// UKIs:   `@N` for a profile N above 0, then the options, unless they are the image's own.
/// efi:    the options.
std::string load_options(const Entry& entry, const initrd::Plan& initrd);

} // namespace kindling::bls
