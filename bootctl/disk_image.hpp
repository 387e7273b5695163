// SPDX-License-Identifier: MIT
//
// What is where in a disk image.
#pragma once

#include "base/guid.hpp"
#include "bootctl/storage.hpp"

#include <optional>
#include <vector>

namespace kindling {

/// A part of a file, in bytes.
struct ByteRange {
    std::uint64_t offset = 0;
    std::uint64_t size_bytes = 0;
};

/// The partitions we care about on a disk with a GPT.
struct DiskImage {
    std::uint32_t block_size = 512;
    ByteRange esp;
    Guid esp_id; ///< unique GUID of the partition
    std::optional<ByteRange> xbootldr;
    /// What firmware measures of the table into PCR 5. Empty if the table came from a backup:
    /// some firmware then repairs the primary one first, some measures nothing.
    std::vector<std::byte> gpt_event;
};

/// True if there is a GPT header where one can be. Errors: io.
Result<bool> has_gpt(Storage& disk);

/// Finds the first ESP and the first XBOOTLDR by their types, with blocks of 512 or 4096 bytes.
///
/// Errors: not_found (no ESP); those of `gpt::read_table`, with invalid for no table.
Result<DiskImage> read_disk_image(Storage& disk);

} // namespace kindling
