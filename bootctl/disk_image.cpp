// SPDX-License-Identifier: MIT
#include "bootctl/disk_image.hpp"

#include "base/crc32.hpp"

#include <algorithm>
#include <array>

namespace kindling {

namespace {

constexpr Guid esp_type = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"_guid;
constexpr Guid xbootldr_type = "bc13c2ff-59e6-4262-a352-b275fd6f7172"_guid;
constexpr std::uint32_t header_size = 92;
constexpr std::uint32_t entry_size_max = 4096;
constexpr std::uint32_t entries_size_max = 1024 * 1024;
constexpr std::array<std::uint32_t, 2> block_sizes{512, 4096};

/// A table whose checksums are right. Source: UEFI 2.10, section 5.3.
struct Table {
    std::uint32_t block_size = 0;
    std::vector<std::byte> header;
    std::vector<std::byte> entries;
    std::uint32_t entry_size = 0;

    std::size_t entry_count() const { return entries.size() / entry_size; }
    Bytes entry(std::size_t index) const {
        return Bytes(entries).subspan(index * entry_size, entry_size);
    }
};

Result<std::uint32_t> block_size_of(Storage& disk) {
    for (std::uint32_t block_size : block_sizes) {
        std::array<std::byte, 8> signature{};
        if (disk.size_bytes() < 2ULL * block_size) continue;
        TRY(disk.read(block_size, signature));
        if (to_text(signature) == "EFI PART") return block_size;
    }
    return std::uint32_t{0};
}

Result<Table> read_table(Storage& disk, std::uint32_t block_size) {
    Table table;
    table.block_size = block_size;
    table.header.resize(header_size);
    TRY(disk.read(block_size, table.header));
    std::vector<std::byte> unsigned_header = table.header;
    std::fill_n(unsigned_header.begin() + 16, 4, std::byte{0});
    if (TRY(read_u32(table.header, 12)) != header_size)
        return Error{Errc::unsupported, "partition table header has an unknown size", 12};
    if (TRY(read_u32(table.header, 16)) != crc32(unsigned_header))
        return Error{Errc::invalid, "partition table header has a wrong checksum", 16};
    std::uint64_t first_lba = TRY(read_u64(table.header, 72));
    std::uint32_t count = TRY(read_u32(table.header, 80));
    table.entry_size = TRY(read_u32(table.header, 84));
    if (table.entry_size < 128 || table.entry_size > entry_size_max)
        return Error{Errc::invalid, "partition entries have an impossible size", 84};
    std::uint64_t size = TRY(checked_multiply(count, table.entry_size));
    if (size > entries_size_max) return Error{Errc::too_large, "partition table is too large", 80};
    table.entries.resize(size);
    std::uint64_t offset = TRY(checked_multiply(first_lba, block_size));
    TRY(disk.read(offset, table.entries));
    if (TRY(read_u32(table.header, 88)) != crc32(table.entries))
        return Error{Errc::invalid, "partition entries have a wrong checksum", 88};
    return table;
}

Result<ByteRange> range_of(Bytes entry, std::uint32_t block_size, std::uint64_t disk_size) {
    std::uint64_t first = TRY(read_u64(entry, 32)), last = TRY(read_u64(entry, 40));
    std::uint64_t blocks = disk_size / block_size;
    if (first > last) return Error{Errc::invalid, "partition ends before it starts", first};
    if (last >= blocks) return Error{Errc::truncated, "partition leaves the disk", last};
    return ByteRange{first * block_size, (last - first + 1) * block_size};
}

/// The header, the number of partitions in use, and these.
/// Source: TCG PC Client Platform Firmware Profile 1.06, UEFI_GPT_DATA.
std::vector<std::byte> event_of(const Table& table) {
    std::vector<std::byte> used;
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < table.entry_count(); i++) {
        auto type = read_guid(table.entry(i));
        if (!type || *type == Guid{}) continue;
        append(used, table.entry(i));
        count++;
    }
    std::vector<std::byte> event = table.header;
    append_u64(event, count);
    append(event, used);
    return event;
}

} // namespace

Result<bool> has_gpt(Storage& disk) {
    return TRY(block_size_of(disk)) != 0;
}

Result<DiskImage> read_disk_image(Storage& disk) {
    DiskImage image;
    image.block_size = TRY(block_size_of(disk));
    if (image.block_size == 0) return Error{Errc::invalid, "no partition table"};
    Table table = TRY(read_table(disk, image.block_size));
    std::optional<ByteRange> esp;
    for (std::size_t i = 0; i < table.entry_count(); i++) {
        Guid type = TRY(read_guid(table.entry(i)));
        if (type == esp_type && !esp) {
            esp = TRY(range_of(table.entry(i), image.block_size, disk.size_bytes()));
            image.esp_id = TRY(read_guid(table.entry(i).subspan(16)));
        }
        if (type == xbootldr_type && !image.xbootldr)
            image.xbootldr = TRY(range_of(table.entry(i), image.block_size, disk.size_bytes()));
    }
    if (!esp) return Error{Errc::not_found, "the disk has no EFI system partition"};
    image.esp = *esp;
    image.gpt_event = event_of(table);
    return image;
}

} // namespace kindling
