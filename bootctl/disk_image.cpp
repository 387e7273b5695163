// SPDX-License-Identifier: MIT
#include "bootctl/disk_image.hpp"

#include "core/gpt.hpp"

#include <array>

namespace kindling {

namespace {

constexpr std::array<std::uint32_t, 2> block_sizes{512, 4096};

/// A file seen as a disk with blocks of one size.
class StorageDisk final : public gpt::Disk {
public:
    StorageDisk(Storage& storage, std::uint32_t block_size)
        : storage_(storage), block_size_(block_size) {}

    std::uint32_t block_size() const override { return block_size_; }
    std::uint64_t block_count() const override { return storage_.size_bytes() / block_size_; }
    Result<void> read_blocks(std::uint64_t lba, MutableBytes into) override {
        return storage_.read(TRY(checked_multiply(lba, block_size_)), into);
    }

private:
    Storage& storage_;
    std::uint32_t block_size_;
};

struct FoundTable {
    std::uint32_t block_size = 0;
    gpt::Table table;
};

/// A file does not say how large its blocks are: the table tells by where it is.
///
/// Errors: not_found (no table with blocks of either size); as `gpt::read_table`.
Result<FoundTable> find_table(Storage& storage) {
    Error error{Errc::not_found, "no partition table"};
    for (std::uint32_t block_size : block_sizes) {
        StorageDisk disk(storage, block_size);
        auto table = gpt::read_table(disk);
        if (table) return FoundTable{block_size, std::move(*table)};
        if (error.code == Errc::not_found) error = table.error();
    }
    return error;
}

ByteRange range_of(const gpt::Partition& partition, std::uint64_t block_size) {
    std::uint64_t blocks = partition.last_lba - partition.first_lba + 1;
    return {partition.first_lba * block_size, blocks * block_size};
}

} // namespace

Result<bool> has_gpt(Storage& disk) {
    auto found = find_table(disk);
    if (found) return true;
    if (found.error().code == Errc::io) return found.error();
    return found.error().code != Errc::not_found;
}

Result<DiskImage> read_disk_image(Storage& disk) {
    auto found = find_table(disk);
    if (!found && found.error().code == Errc::not_found)
        return Error{Errc::invalid, "no partition table"};
    if (!found) return found.error();
    const gpt::Partition* esp = gpt::find_first(found->table, gpt::esp_type);
    if (!esp) return Error{Errc::not_found, "the disk has no EFI system partition"};
    const gpt::Partition* xbootldr = gpt::find_first(found->table, gpt::xbootldr_type);
    DiskImage image;
    image.block_size = found->block_size;
    image.esp = range_of(*esp, image.block_size);
    image.esp_id = esp->id;
    if (xbootldr) image.xbootldr = range_of(*xbootldr, image.block_size);
    if (found->table.header_lba == 1) image.gpt_event = gpt::event_bytes(found->table);
    return image;
}

} // namespace kindling
