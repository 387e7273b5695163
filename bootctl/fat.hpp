// SPDX-License-Identifier: MIT
//
// Reading FAT12, FAT16 and FAT32 inside a file, without mounting it and without privileges.
#pragma once

#include "bootctl/fat_directory.hpp"
#include "bootctl/fat_geometry.hpp"
#include "bootctl/fat_table.hpp"

#include <memory>
#include <optional>

namespace kindling::fat {

constexpr std::size_t path_depth_max = 32;

/// A directory as stored, and where its bytes are.
struct Directory {
    std::uint32_t first_cluster = 0; ///< 0 is the fixed root of FAT12 and FAT16
    std::vector<std::byte> bytes;
    std::vector<std::uint32_t> clusters; ///< empty for the fixed root
    std::vector<DirectoryEntry> entries;

    /// The entry called `name` in either form; null if there is none. Exact case wins.
    const DirectoryEntry* find(std::string_view name) const;
};

/// A path taken apart: the directory something is in, and its entry there if it exists.
struct Location {
    Directory parent;
    std::string name; ///< last component, as given
    std::optional<DirectoryEntry> entry;
};

/// A FAT file system. Damage ends in an Error for the file it concerns, never in an endless loop.
class FileSystem {
public:
    /// storage  borrowed; outlives the file system
    ///
    /// Errors: as `parse_boot_sector`; io.
    static Result<FileSystem> open(Storage& storage);

    const Geometry& geometry() const { return geometry_; }
    Storage& storage() const { return *storage_; }

    /// The cluster the root directory starts with; 0 for the fixed root.
    std::uint32_t root() const { return geometry_.root_cluster; }

    /// Errors: invalid (broken chain); too_large (over `directory_slots_max`); io.
    Result<Directory> read_directory(std::uint32_t first_cluster);

    /// Finds the directory that holds `path`. Nothing for the root itself.
    ///
    /// Errors: not_found (a parent is missing); invalid (a parent is a file, "..", broken
    /// directory); too_large (over `path_depth_max`); io.
    Result<std::optional<Location>> locate(std::string_view path);

    /// The contents of the directory `path`. Errors: not_found; invalid (not a directory); io.
    Result<Directory> open_directory(std::string_view path);

    /// Reads from `offset` until `into` is full or the file ends; the number of bytes read.
    ///
    /// Errors: invalid (its chain is broken or shorter than its size; `where` is the cluster); io.
    Result<std::size_t> read(const DirectoryEntry& file, std::uint64_t offset, MutableBytes into);

    /// The clusters of a chain, in order.
    ///
    /// Errors: invalid (broken, or a loop); too_large (over `clusters_max`); io.
    Result<std::vector<std::uint32_t>> chain(std::uint32_t first_cluster,
                                             std::uint32_t clusters_max);

    /// Must be called after the table or a chain was written.
    void forget();

private:
    FileSystem(Storage& storage, const Geometry& geometry)
        : storage_(&storage), geometry_(geometry), table_(storage, geometry) {}

    /// A cluster of a chain, by its place there.
    struct ChainPlace {
        std::uint32_t first = 0; ///< of the chain; 0 is no place
        std::uint32_t index = 0;
        std::uint32_t cluster = 0;
    };

    Result<std::uint32_t> cluster_at(ChainPlace& from, std::uint32_t first_cluster,
                                     std::uint32_t index);

    Storage* storage_;
    Geometry geometry_;
    Table table_;
    /// Where the last read ended, so that reading on does not start from the front.
    ChainPlace known_;
};

} // namespace kindling::fat
