// SPDX-License-Identifier: MIT
//
// Where things are in a FAT file system, by its boot sector. Input is hostile.
#pragma once

#include "base/bytes.hpp"

namespace kindling::fat {

enum class Type : std::uint8_t { fat12 = 12, fat16 = 16, fat32 = 32 };

constexpr std::uint32_t cluster_size_max = 64 * 1024;
constexpr std::uint32_t table_count_max = 4;
constexpr std::size_t boot_sector_size = 512;

/// A checked boot sector. Sizes are in bytes, offsets from the start of the file system; clusters
/// are numbered from 2 and `cluster_count` says how many there are.
struct Geometry {
    Type type = Type::fat12;
    std::uint32_t sector_size = 0;
    std::uint32_t cluster_size = 0;
    std::uint32_t cluster_count = 0;
    std::uint32_t table_count = 0;
    std::uint32_t active_table = 0;  ///< the one to read
    bool tables_are_mirrored = true; ///< if not, only the active one is written
    std::uint64_t tables_offset = 0;
    std::uint64_t table_size = 0;
    std::uint64_t root_offset = 0;  ///< FAT12 and FAT16 only
    std::uint32_t root_size = 0;    ///< FAT12 and FAT16 only
    std::uint32_t root_cluster = 0; ///< FAT32 only
    std::uint64_t clusters_offset = 0;
    std::uint64_t info_offset = 0; ///< of the FSInfo sector; 0 without one

    bool is_cluster(std::uint32_t number) const {
        return number >= 2 && number - 2 < cluster_count;
    }
    std::uint64_t offset_of(std::uint32_t cluster) const {
        return clusters_offset + std::uint64_t{cluster - 2} * cluster_size;
    }
    std::uint32_t last_cluster() const { return cluster_count + 1; }
};

/// boot_sector   the first 512 bytes
/// size_bytes    of the partition or file; the file system may be smaller
///
/// Errors: truncated (fewer bytes, or larger than `size_bytes`); invalid (not FAT, or values that
/// contradict each other; `where` is the offset); too_large (over a limit above).
/// Source: Microsoft, "FAT: General Overview of On-Disk Format" 1.03.
Result<Geometry> parse_boot_sector(Bytes boot_sector, std::uint64_t size_bytes);

} // namespace kindling::fat
