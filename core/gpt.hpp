// SPDX-License-Identifier: MIT
//
// GUID partition tables. Input is hostile; a table counts only if its checksums are right.
// Source: UEFI 2.10, section 5.3.
#pragma once

#include "base/bytes.hpp"
#include "base/guid.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kindling::gpt {

constexpr Guid esp_type = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"_guid;
constexpr Guid xbootldr_type = "bc13c2ff-59e6-4262-a352-b275fd6f7172"_guid;

constexpr std::uint32_t block_size_min = 512;
constexpr std::uint32_t block_size_max = 4096;
constexpr std::uint32_t header_size_min = 92;
constexpr std::uint32_t header_size_max = 512;
constexpr std::uint32_t entry_count_max = 1024;
constexpr std::uint32_t entry_size_max = 4096;

/// A disk as its blocks: a file on the host, Block IO on firmware.
class Disk {
public:
    virtual ~Disk() = default;

    virtual std::uint32_t block_size() const = 0;
    virtual std::uint64_t block_count() const = 0;

    /// Reads whole blocks; `into` is a multiple of the block size. Errors: truncated; io.
    virtual Result<void> read_blocks(std::uint64_t lba, MutableBytes into) = 0;
};

/// A partition that is in use. Its LBAs are on the disk and in order.
struct Partition {
    std::uint32_t number = 0; ///< from 1, as firmware and Linux count
    Guid type;
    Guid id;
    std::uint64_t first_lba = 0;
    std::uint64_t last_lba = 0;
    std::string name; ///< UTF-8
};

struct Table {
    std::uint64_t header_lba = 0;        ///< 1, or that of a backup
    std::vector<std::byte> header;       ///< `header_size_min` to `header_size_max` bytes
    std::vector<Partition> partitions;   ///< in table order, used ones only
    std::vector<std::byte> used_entries; ///< their raw bytes
    std::uint64_t used_count = 0;
};

/// Reads the table: the header at LBA 1, or else the backup that it names, or else the one in the
/// last block.
///
/// Errors: not_found (no header anywhere); of the primary header, or of the other if there is none:
/// invalid (revision, sizes, checksums, partitions that are not among the usable blocks), too_large
/// (over a limit above), truncated (the disk ends before its table says), io; unsupported (the
/// disk's block size). `where` is the byte offset in the header or the LBA.
Result<Table> read_table(Disk& disk);

/// The first partition of that type; null if there is none. Points into `table`.
const Partition* find_first(const Table& table, const Guid& type);

/// What firmware measures into PCR 5: 92 bytes of the header, the number of partitions, their
/// entries. Firmware reads the primary header only, so this says nothing about a table that comes
/// from a backup. Source: TCG PC Client Platform Firmware Profile 1.06, UEFI_GPT_DATA.
std::vector<std::byte> event_bytes(const Table& table);

} // namespace kindling::gpt
