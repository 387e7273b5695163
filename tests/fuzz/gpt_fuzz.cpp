// SPDX-License-Identifier: MIT
//
// Whatever a table says, its partitions lie on the disk and its event has its parts.
#include "base/crc32.hpp"
#include "core/gpt.hpp"

#include <algorithm>

using namespace kindling;

namespace {

constexpr std::uint64_t disk_block_count = 64;

class Memory : public gpt::Disk {
public:
    Memory(std::uint32_t block_size, std::vector<std::byte>& bytes)
        : block_size_(block_size), bytes_(bytes) {}
    std::uint32_t block_size() const override { return block_size_; }
    std::uint64_t block_count() const override { return disk_block_count; }
    Result<void> read_blocks(std::uint64_t lba, MutableBytes into) override {
        ASSERT(into.size() % block_size_ == 0);
        ASSERT(lba <= block_count() && into.size() / block_size_ <= block_count() - lba);
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(lba * block_size_), into.size(),
                    into.begin());
        return {};
    }

private:
    std::uint32_t block_size_;
    std::vector<std::byte>& bytes_;
};

void put_u32(MutableBytes to, std::uint32_t value) {
    for (unsigned i = 0; i < 4; i++) to[i] = static_cast<std::byte>(value >> 8 * i);
}

/// Makes the checksums of the primary table right, so that a search comes past them.
void repair(std::vector<std::byte>& disk, std::uint32_t block_size) {
    MutableBytes header = MutableBytes(disk).subspan(block_size, block_size);
    std::uint32_t header_size = *read_u32(header, 12);
    std::uint64_t lba = *read_u64(header, 72), count = *read_u32(header, 80);
    if (header_size < gpt::header_size_min || header_size > gpt::header_size_max) return;
    if (lba > disk_block_count || count > gpt::entry_count_max) return;
    auto entries = slice(disk, lba * block_size, count * *read_u32(header, 84));
    if (!entries) return;
    put_u32(header.subspan(88), crc32(*entries));
    put_u32(header.subspan(16), 0);
    put_u32(header.subspan(16), crc32(header.first(header_size)));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    // The first byte chooses; the rest is the start of a disk full of zeros.
    std::uint32_t block_size = data[0] & 1 ? 4096 : 512;
    std::vector<std::byte> bytes(disk_block_count * block_size);
    std::size_t used = std::min(size - 1, bytes.size());
    std::transform(data + 1, data + 1 + used, bytes.begin(),
                   [](std::uint8_t byte) { return std::byte{byte}; });
    if (data[0] & 2) repair(bytes, block_size);
    Memory disk(block_size, bytes);
    auto table = gpt::read_table(disk);
    if (!table) return 0;
    ASSERT(table->header.size() >= gpt::header_size_min);
    ASSERT(table->header.size() <= gpt::header_size_max);
    ASSERT(table->used_count == table->partitions.size());
    std::uint32_t number = 0;
    for (const gpt::Partition& partition : table->partitions) {
        ASSERT(partition.number > number && partition.number <= gpt::entry_count_max);
        ASSERT(partition.first_lba <= partition.last_lba);
        ASSERT(partition.last_lba < disk.block_count());
        number = partition.number;
    }
    ASSERT(gpt::event_bytes(*table).size() ==
           gpt::header_size_min + 8 + table->used_entries.size());
    return 0;
}
