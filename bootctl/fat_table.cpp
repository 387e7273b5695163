// SPDX-License-Identifier: MIT
#include "bootctl/fat_table.hpp"

#include <algorithm>

namespace kindling::fat {

namespace {

/// A whole FAT12 table is smaller, so none of its entries is cut by a window.
constexpr std::uint64_t window_size_max = 64 * 1024;

} // namespace

std::uint64_t entry_offset(Type type, std::uint32_t cluster) {
    return std::uint64_t{cluster} * static_cast<std::uint64_t>(type) / 8;
}

Result<std::uint32_t> get_entry(Bytes window, std::uint64_t window_offset, Type type,
                                std::uint32_t cluster) {
    std::uint64_t offset = entry_offset(type, cluster) - window_offset;
    if (type == Type::fat32) return TRY(read_u32(window, offset)) & 0x0fffffff;
    std::uint32_t value = TRY(read_u16(window, offset));
    if (type == Type::fat16) return value;
    return cluster % 2 ? value >> 4 : value & 0xfff;
}

void set_entry(MutableBytes table, Type type, std::uint32_t cluster, std::uint32_t value) {
    std::uint64_t offset = entry_offset(type, cluster);
    std::size_t size = type == Type::fat32 ? 4 : 2;
    ASSERT(offset + size <= table.size());
    std::uint32_t mask = type == Type::fat32 ? 0x0fffffff : type == Type::fat16 ? 0xffff : 0xfff;
    std::uint32_t shift = type == Type::fat12 && cluster % 2 ? 4 : 0;
    std::uint32_t stored = 0;
    for (std::size_t i = 0; i < size; i++)
        stored |= std::to_integer<std::uint32_t>(table[offset + i]) << (8 * i);
    stored = (stored & ~(mask << shift)) | (value & mask) << shift;
    for (std::size_t i = 0; i < size; i++)
        table[offset + i] = static_cast<std::byte>(stored >> (8 * i) & 0xff);
}

std::uint32_t end_of_chain(Type type) {
    return type == Type::fat32 ? 0x0fffffff : type == Type::fat16 ? 0xffff : 0xfff;
}

bool is_end_of_chain(Type type, std::uint32_t value) {
    return value >= end_of_chain(type) - 7;
}

Result<std::optional<std::uint32_t>> Table::next(std::uint32_t cluster) {
    if (!geometry_.is_cluster(cluster))
        return Error{Errc::invalid, "cluster is outside the file system", cluster};
    std::uint64_t offset = entry_offset(geometry_.type, cluster);
    if (offset < window_offset_ || offset + 4 > window_offset_ + window_.size()) {
        // Kept when it is whole: another fiber may ask while this one waits for the disk.
        std::uint64_t window_offset = offset / window_size_max * window_size_max;
        std::vector<std::byte> window(
            std::min(window_size_max, geometry_.table_size - window_offset));
        TRY(storage_->read(geometry_.tables_offset + geometry_.active_table * geometry_.table_size +
                               window_offset,
                           window));
        window_ = std::move(window);
        window_offset_ = window_offset;
    }
    std::uint32_t value = TRY(get_entry(window_, window_offset_, geometry_.type, cluster));
    if (is_end_of_chain(geometry_.type, value)) return std::optional<std::uint32_t>{};
    if (!geometry_.is_cluster(value))
        return Error{Errc::invalid, "cluster chain is broken", cluster};
    return std::optional(value);
}

} // namespace kindling::fat
