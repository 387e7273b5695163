// SPDX-License-Identifier: MIT
#include "core/gpt.hpp"

#include "base/crc32.hpp"
#include "base/text.hpp"

#include <array>

namespace kindling::gpt {

namespace {

constexpr std::string_view signature = "EFI PART";
constexpr std::uint32_t revision = 0x00010000;
constexpr std::uint32_t entry_size_min = 128;
constexpr std::uint64_t primary_lba = 1;
constexpr std::uint64_t block_count_min = 3; ///< protective MBR and two headers
constexpr std::size_t name_offset = 56, name_size = 72;

/// Fields of a header that passed its checks.
struct Header {
    std::uint64_t first_usable_lba = 0;
    std::uint64_t last_usable_lba = 0;
    std::uint64_t entries_lba = 0;
    std::uint32_t entry_count = 0;
    std::uint32_t entry_size = 0;
    std::uint32_t entries_crc = 0;

    std::uint64_t entries_size() const { return std::uint64_t{entry_count} * entry_size; }
};

/// By hand: the library's way calls into a runtime library that firmware programs do not have.
bool is_power_of_two(std::uint32_t value) {
    return value != 0 && (value & (value - 1)) == 0;
}

// Fields of a structure that is known to be there.
std::uint32_t u32(Bytes bytes, std::size_t offset) {
    return read_u32(bytes, offset).value();
}
std::uint64_t u64(Bytes bytes, std::size_t offset) {
    return read_u64(bytes, offset).value();
}
Guid guid(Bytes bytes, std::size_t offset) {
    return read_guid(bytes.subspan(offset)).value();
}

/// The CRC of a header, with its own field taken as zero.
std::uint32_t crc_of(Bytes header) {
    constexpr std::array<std::byte, 4> zeros{};
    return crc32(header.subspan(20), crc32(zeros, crc32(header.first(16))));
}

Result<void> check_entry_sizes(const Header& header) {
    if (header.entry_count == 0) return Error{Errc::invalid, "table has no entries", 80};
    if (header.entry_count > entry_count_max)
        return Error{Errc::too_large, "table has too many entries", 80};
    if (header.entry_size > entry_size_max)
        return Error{Errc::too_large, "table entries are too large", 84};
    if (header.entry_size < entry_size_min || !is_power_of_two(header.entry_size))
        return Error{Errc::invalid, "table entries have an impossible size", 84};
    return {};
}

/// Checks the header in `block`, which was read from `lba`.
///
/// bytes  out: the header without what follows it in its block
Result<Header> check_header(Bytes block, std::uint64_t lba, std::uint64_t block_count,
                            std::vector<std::byte>& bytes) {
    if (u32(block, 8) != revision) return Error{Errc::invalid, "table has an unknown revision", 8};
    std::uint32_t size = u32(block, 12);
    if (size < header_size_min) return Error{Errc::invalid, "table header is too small", 12};
    if (size > header_size_max) return Error{Errc::too_large, "table header is too large", 12};
    Bytes header = TRY(slice(block, 0, size));
    if (u32(header, 16) != crc_of(header))
        return Error{Errc::invalid, "table header has a wrong checksum", 16};
    if (u64(header, 24) != lba)
        return Error{Errc::invalid, "table header belongs to another place", 24};
    Header fields;
    fields.first_usable_lba = u64(header, 40);
    fields.last_usable_lba = u64(header, 48);
    if (fields.first_usable_lba > fields.last_usable_lba)
        return Error{Errc::invalid, "table has no usable blocks", 40};
    if (fields.last_usable_lba >= block_count)
        return Error{Errc::truncated, "disk ends before its table says", fields.last_usable_lba};
    fields.entries_lba = u64(header, 72);
    fields.entry_count = u32(header, 80);
    fields.entry_size = u32(header, 84);
    fields.entries_crc = u32(header, 88);
    TRY(check_entry_sizes(fields));
    bytes.assign(header.begin(), header.end());
    return fields;
}

/// All entries, used and unused.
Result<std::vector<std::byte>> read_entries(Disk& disk, const Header& header) {
    std::uint64_t size = align_up(header.entries_size(), disk.block_size());
    std::uint64_t blocks = size / disk.block_size();
    if (header.entries_lba > disk.block_count() || blocks > disk.block_count() - header.entries_lba)
        return Error{Errc::truncated, "table entries leave the disk", header.entries_lba};
    std::vector<std::byte> entries(size);
    TRY(disk.read_blocks(header.entries_lba, entries));
    entries.resize(header.entries_size());
    if (crc32(entries) != header.entries_crc)
        return Error{Errc::invalid, "table entries have a wrong checksum", 88};
    return entries;
}

Result<Partition> read_partition(Bytes entry, const Header& header) {
    Partition partition;
    partition.type = guid(entry, 0);
    partition.id = guid(entry, 16);
    partition.first_lba = u64(entry, 32);
    partition.last_lba = u64(entry, 40);
    partition.name = from_ucs2_bytes(entry.subspan(name_offset, name_size));
    if (partition.first_lba > partition.last_lba)
        return Error{Errc::invalid, "partition ends before it starts", partition.first_lba};
    if (partition.first_lba < header.first_usable_lba)
        return Error{Errc::invalid, "partition is not in the usable blocks", partition.first_lba};
    if (partition.last_lba > header.last_usable_lba)
        return Error{Errc::invalid, "partition is not in the usable blocks", partition.last_lba};
    return partition;
}

/// The table with its header at `lba`.
///
/// backup_lba  out: where that header says that the other one is
///
/// Errors: as `read_table`; not_found if there is no header.
Result<Table> read_table_at(Disk& disk, std::uint64_t lba, std::uint64_t& backup_lba) {
    std::vector<std::byte> block(disk.block_size());
    TRY(disk.read_blocks(lba, block));
    if (!to_text(Bytes(block)).starts_with(signature))
        return Error{Errc::not_found, "no partition table", lba};
    backup_lba = u64(block, 32);
    Table table;
    table.header_lba = lba;
    Header header = TRY(check_header(block, lba, disk.block_count(), table.header));
    std::vector<std::byte> entries = TRY(read_entries(disk, header));
    for (std::uint32_t i = 0; i < header.entry_count; i++) {
        Bytes entry = Bytes(entries).subspan(std::size_t{i} * header.entry_size, header.entry_size);
        if (guid(entry, 0) == Guid{}) continue;
        table.partitions.push_back(TRY(read_partition(entry, header)));
        table.partitions.back().number = i + 1;
        append(table.used_entries, entry);
        table.used_count++;
    }
    return table;
}

} // namespace

Result<Table> read_table(Disk& disk) {
    std::uint32_t block_size = disk.block_size();
    if (block_size < block_size_min || block_size > block_size_max || !is_power_of_two(block_size))
        return Error{Errc::unsupported, "disk has blocks of an unknown size"};
    if (disk.block_count() < block_count_min)
        return Error{Errc::not_found, "disk is too small for a partition table"};
    std::uint64_t last_lba = disk.block_count() - 1, backup_lba = 0, ignored = 0;
    auto table = read_table_at(disk, primary_lba, backup_lba);
    if (table) return table;
    Error error = table.error();
    if (backup_lba == last_lba) backup_lba = 0;
    for (std::uint64_t lba : {backup_lba, last_lba}) {
        if (lba <= primary_lba || lba > last_lba) continue;
        table = read_table_at(disk, lba, ignored);
        if (table) return table;
        if (error.code == Errc::not_found) error = table.error();
    }
    return error;
}

const Partition* find_first(const Table& table, const Guid& type) {
    for (const Partition& partition : table.partitions)
        if (partition.type == type) return &partition;
    return nullptr;
}

std::vector<std::byte> event_bytes(const Table& table) {
    ASSERT(table.header.size() >= header_size_min);
    std::vector<std::byte> bytes;
    append(bytes, Bytes(table.header).first(header_size_min));
    append_u64(bytes, table.used_count);
    append(bytes, table.used_entries);
    return bytes;
}

} // namespace kindling::gpt
