// SPDX-License-Identifier: MIT
//
// Starting one entry: load, pack, measure, hand over, and clean up when it comes back.
#pragma once

#include "core/entry.hpp"
#include "core/machine.hpp"

#include <string>

namespace kindling::boot {

constexpr std::uint64_t image_size_max = 2ull * 1024 * 1024 * 1024; ///< kernel or UKI

struct StartOptions {
    bool strict_extras = false; ///< a skipped extra fails the entry
};

/// Starts `entry`. Returns when its image returns: success if the image said so.
///
/// at_file  out: the file that a failure is about
///
/// Errors: as the seam's; unsupported (a kind or a kernel that we cannot start as asked); invalid
/// (an extra was skipped in strict mode).
Result<void> start_entry(Machine& machine, const bls::Entry& entry, const StartOptions& options,
                         std::string& at_file);

} // namespace kindling::boot
