// SPDX-License-Identifier: MIT
//
// The combined initrd of an entry: what goes in, where, and filling it. The loader and the
// predictor run the same code on their own volumes, so the host sees the bytes the kernel gets.
//
//     | previous initrd (UKI kinds) | `initrd` files (linux) | extras: credentials, sysext, confext
//     |
//
// Every part starts at a multiple of 4. The end is padded only when extras are there: a single
// plain initrd keeps its exact bytes, and with them its digest in PCR 9.
#pragma once

#include "core/entry.hpp"
#include "core/machine.hpp"
#include "cpio/extras.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kindling::initrd {

constexpr std::uint64_t file_size_max = 16ull * 1024 * 1024 * 1024; ///< one `initrd` file
constexpr std::uint64_t blob_size_max = 64ull * 1024 * 1024 * 1024; ///< everything together

/// An `initrd` file that is not empty.
struct File {
    std::string path;
    cpio::Range range; ///< in the blob
};

/// An extra that will be packed. Its range in the blob is `Plan::extras_offset` plus
/// `Plan::layout.payloads` of the same index.
struct PackedExtra {
    std::string path; ///< as in the entry
    cpio::Extra extra;
};

/// An extra that is left out, and why: static text such as "not found".
struct SkippedExtra {
    std::string path;
    const char* reason = "";
};

/// What the blob will be made of.
struct Plan {
    std::uint64_t previous_size = 0; ///< bytes at the front that an earlier stage registered
    std::vector<File> files;
    std::vector<PackedExtra> packed;
    std::vector<SkippedExtra> skipped;
    cpio::ExtrasLayout layout;
    std::uint64_t extras_offset = 0;
    std::uint64_t size_bytes = 0; ///< of the blob; 0 if there is nothing to hand over

    std::vector<cpio::Extra> extras() const;
};

/// Looks at every `initrd` and `extra` of `entry` and lays the blob out; reads no contents.
///
/// An extra that cannot be packed is skipped with its reason. `initrd` lines count for
/// EntryKind::linux_ only and `previous_size` for UKI kinds only; EntryKind::efi gets nothing.
///
/// at_file  out: the path being worked on, for the message of a failure
///
/// Errors: not_found, io, invalid (an `initrd` file is missing, unreadable, a directory);
/// too_large (a file, the blob or the number of extras).
/// Source: UAPI.1, `extra`; systemd-boot 261 for the rules of skipping.
Result<Plan> plan(Volume& volume, const bls::Entry& entry, std::uint64_t previous_size,
                  std::string& at_file);

/// Reads all files into `blob`, which must be `plan.size_bytes` long, and writes headers, padding
/// and trailers. The first `previous_size` bytes are the caller's.
///
/// A file may have changed since it was planned: a shorter extra is packed with the bytes it has,
/// an extra that cannot be read is moved to `plan.skipped`, and the blob becomes shorter; `plan`
/// then says how it is. A shorter `initrd` file is an error. What a file has grown by is not read.
///
/// Errors: io, not_found, truncated (an `initrd` file); io (extras keep changing).
Result<void> fill(Volume& volume, Plan& plan, MutableBytes blob, std::string& at_file);

/// The part of the blob that holds the archive of `kind`; empty if there is none.
Bytes archive_of(const Plan& plan, Bytes blob, cpio::ExtraKind kind);

} // namespace kindling::initrd
