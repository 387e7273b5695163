// SPDX-License-Identifier: MIT
//
// Directory entries with long names: reading them from bytes and making new ones.
#pragma once

#include "base/bytes.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kindling::fat {

constexpr std::size_t slot_size = 32;
constexpr std::size_t directory_slots_max = 65536; ///< the format's own limit
constexpr std::size_t name_length_max = 255;       ///< in UCS-2 units

namespace attribute {
constexpr std::uint8_t read_only = 0x01;
constexpr std::uint8_t volume_label = 0x08;
constexpr std::uint8_t directory = 0x10;
constexpr std::uint8_t archive = 0x20;
constexpr std::uint8_t long_name = 0x0f;
} // namespace attribute

namespace slot {
constexpr std::byte end{0x00};     ///< as first byte: nothing follows
constexpr std::byte deleted{0xe5}; ///< as first byte
} // namespace slot

/// One file or directory. Its slots are `first_slot` to `last_slot`; only the last one is not part
/// of a long name.
struct DirectoryEntry {
    std::string name;       ///< the long one if it has one
    std::string short_name; ///< "ENTRIE~1.SRE"
    std::uint8_t attributes = 0;
    std::uint32_t first_cluster = 0; ///< 0 if empty
    std::uint32_t size_bytes = 0;
    std::size_t first_slot = 0;
    std::size_t last_slot = 0;

    bool is_directory() const { return attributes & attribute::directory; }
    bool is_read_only() const { return attributes & attribute::read_only; }
    /// Both names count, without regard to ASCII case.
    bool is_named(std::string_view wanted) const;
};

/// The entries of a directory, in its order, without labels, "." and "..". A long name whose parts
/// are out of order or whose checksum is wrong is ignored, as drivers do.
std::vector<DirectoryEntry> decode_directory(Bytes directory, bool has_wide_clusters);

/// Times of entries, in local time by tradition; we write UTC.
struct Stamp {
    std::uint16_t date = 0x0021; ///< 1980-01-01
    std::uint16_t time = 0;
};

/// The stamp of a moment in seconds since 1970; times FAT cannot store become the nearest it can.
Stamp to_stamp(std::uint64_t seconds);

/// The slots of a new entry, long name first.
///
/// name       UTF-8, 1 to 255 UCS-2 units, none of FAT's forbidden characters
/// siblings   the entries of the directory it will be in; its short name differs from all theirs
///
/// Errors: invalid (a name FAT cannot store; `where` is the byte offset); exists (no short name is
/// free).
Result<std::vector<std::byte>> encode_entry(std::string_view name,
                                            const std::vector<DirectoryEntry>& siblings);

/// Fills in what a slot says about its file. `slot` is the last slot of an entry.
struct EntryFields {
    std::uint8_t attributes = 0;
    std::uint32_t first_cluster = 0;
    std::uint32_t size_bytes = 0;
    Stamp stamp;
};
void set_fields(MutableBytes slot, const EntryFields& fields, bool is_new);

} // namespace kindling::fat
