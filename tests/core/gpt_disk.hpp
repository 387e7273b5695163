// SPDX-License-Identifier: MIT
//
// A disk in memory, and GUID partition tables to put on it.
#pragma once

#include "base/crc32.hpp"
#include "base/text.hpp"
#include "core/gpt.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace kindling::tests {

class MemoryDisk : public gpt::Disk {
public:
    std::uint32_t size_of_block = 512;
    std::vector<std::byte> bytes;
    std::vector<std::uint64_t> broken_lbas; ///< reading these fails with Errc::io
    std::vector<std::uint64_t> reads;       ///< first LBA of each call

    std::uint32_t block_size() const override { return size_of_block; }
    std::uint64_t block_count() const override { return bytes.size() / size_of_block; }
    Result<void> read_blocks(std::uint64_t lba, MutableBytes into) override {
        reads.push_back(lba);
        ASSERT(into.size() % size_of_block == 0);
        for (std::uint64_t broken : broken_lbas)
            if (broken >= lba && broken < lba + into.size() / size_of_block)
                return Error{Errc::io, "disk is broken", broken, 5};
        if (lba > block_count()) return Error{Errc::truncated, "range leaves the disk", lba};
        Bytes from = TRY(slice(bytes, lba * size_of_block, into.size()));
        std::copy(from.begin(), from.end(), into.begin());
        return {};
    }
};

/// A table as its fields; `put_on` writes it and makes the checksums right.
struct GptTable {
    struct Entry {
        Guid type, id;
        std::uint64_t first_lba = 0, last_lba = 0;
        std::string name;
    };

    std::uint32_t revision = 0x00010000;
    std::uint32_t header_size = 92;
    std::uint64_t my_lba = 1, backup_lba = 0, first_usable_lba = 0, last_usable_lba = 0;
    std::uint64_t entries_lba = 2;
    std::uint32_t entry_count = 8, entry_size = 128;
    std::vector<Entry> entries;

    std::vector<std::byte> entry_bytes() const {
        std::vector<std::byte> all;
        for (const Entry& entry : entries) {
            std::vector<std::byte> one(entry.type.bytes.begin(), entry.type.bytes.end());
            append(one, entry.id.bytes);
            append_u64(one, entry.first_lba);
            append_u64(one, entry.last_lba);
            append_u64(one, 0);
            if (!entry.name.empty()) append(one, to_ucs2_bytes(entry.name));
            one.resize(entry_size);
            append(all, one);
        }
        all.resize(std::size_t{entry_count} * entry_size);
        return all;
    }

    std::vector<std::byte> header_bytes(std::uint32_t crc) const {
        std::vector<std::byte> header;
        append(header, to_bytes("EFI PART"));
        for (std::uint32_t value : {revision, header_size, crc, 0u}) append_u32(header, value);
        for (std::uint64_t value : {my_lba, backup_lba, first_usable_lba, last_usable_lba})
            append_u64(header, value);
        header.resize(header.size() + 16, std::byte{0xdd}); // the disk's GUID
        append_u64(header, entries_lba);
        append_u32(header, entry_count);
        append_u32(header, entry_size);
        append_u32(header, crc32(entry_bytes()));
        header.resize(std::max<std::size_t>(header_size, 92));
        return header;
    }

    void put_on(MemoryDisk& disk) const {
        auto put = [&](std::uint64_t lba, Bytes bytes) {
            std::size_t offset = lba * disk.size_of_block;
            disk.bytes.resize(std::max(disk.bytes.size(), offset + bytes.size()));
            std::copy(bytes.begin(), bytes.end(),
                      disk.bytes.begin() + static_cast<std::ptrdiff_t>(offset));
        };
        put(entries_lba, entry_bytes());
        put(my_lba, header_bytes(crc32(header_bytes(0))));
    }
};

} // namespace kindling::tests
