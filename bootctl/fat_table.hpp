// SPDX-License-Identifier: MIT
//
// The allocation table: which cluster follows which.
#pragma once

#include "bootctl/fat_geometry.hpp"
#include "bootctl/storage.hpp"

#include <optional>
#include <vector>

namespace kindling::fat {

/// Where the entry of `cluster` starts in the table, in bytes.
std::uint64_t entry_offset(Type type, std::uint32_t cluster);
/// The value of an entry in a table, or in a window of one that starts at `window_offset`.
/// Errors: truncated.
Result<std::uint32_t> get_entry(Bytes window, std::uint64_t window_offset, Type type,
                                std::uint32_t cluster);
/// Sets an entry in a whole table. FAT32 keeps its four reserved bits.
void set_entry(MutableBytes table, Type type, std::uint32_t cluster, std::uint32_t value);

/// The value that ends a chain.
std::uint32_t end_of_chain(Type type);
/// True for every value that ends a chain.
bool is_end_of_chain(Type type, std::uint32_t value);

/// Reads entries of the active table; keeps the part last used.
class Table {
public:
    Table(Storage& storage, const Geometry& geometry) : storage_(&storage), geometry_(geometry) {}

    /// The cluster after `cluster`; nothing at the end of its chain.
    ///
    /// Errors: invalid (free, bad or impossible value; `where` is the cluster); io.
    Result<std::optional<std::uint32_t>> next(std::uint32_t cluster);

    /// Must be called when the table was written.
    void forget() { window_.clear(); }

private:
    Storage* storage_;
    Geometry geometry_;
    std::vector<std::byte> window_;
    std::uint64_t window_offset_ = 0;
};

} // namespace kindling::fat
