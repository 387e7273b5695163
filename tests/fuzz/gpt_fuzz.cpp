// SPDX-License-Identifier: MIT
//
// Whatever a table says, its partitions lie on the disk and its event has its parts.
#include "core/gpt.hpp"

#include <algorithm>

using namespace kindling;

namespace {

/// The first byte chooses the size of blocks; the rest is the start of a disk full of zeros.
class Memory : public gpt::Disk {
public:
    Memory(std::uint32_t block_size, Bytes start) : block_size_(block_size), start_(start) {}
    std::uint32_t block_size() const override { return block_size_; }
    std::uint64_t block_count() const override { return 64; }
    Result<void> read_blocks(std::uint64_t lba, MutableBytes into) override {
        ASSERT(into.size() % block_size_ == 0);
        ASSERT(lba <= block_count() && into.size() / block_size_ <= block_count() - lba);
        std::fill(into.begin(), into.end(), std::byte{0});
        std::uint64_t offset = lba * block_size_;
        if (offset >= start_.size()) return {};
        Bytes from = start_.subspan(offset);
        std::copy_n(from.begin(), std::min(from.size(), into.size()), into.begin());
        return {};
    }

private:
    std::uint32_t block_size_;
    Bytes start_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    Bytes input(reinterpret_cast<const std::byte*>(data), size);
    Memory disk(data[0] % 2 ? 4096 : 512, input.subspan(1));
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
