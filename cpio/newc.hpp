// SPDX-License-Identifier: MIT
//
// One record of a newc archive: a header of 110 characters, the name with its NUL, padding, the
// contents, padding. Every record starts at a multiple of 4 from the start of its archive.
// Source: Linux, "initramfs buffer format".
#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <string_view>

namespace kindling::cpio {

constexpr std::size_t header_size_bytes = 110;
constexpr std::size_t magic_size_bytes = 6;
constexpr std::size_t field_digits = 8;
constexpr std::size_t alignment = 4;
constexpr std::size_t trailer_size_bytes = 124;           ///< of the trailer's whole record
constexpr std::size_t name_max = 4095;                    ///< bytes, without the NUL
constexpr std::uint64_t contents_size_max = 0xffff'ffffU; ///< 4 GiB - 1: eight hex digits

constexpr std::string_view newc_magic = "070701";
constexpr std::string_view newc_crc_magic = "070702"; ///< the same with a checksum of the contents
constexpr std::string_view trailer_name = "TRAILER!!!";

/// File types, the bits of a mode above the permissions.
constexpr std::uint32_t type_mask = 0170000;
constexpr std::uint32_t type_fifo = 0010000;
constexpr std::uint32_t type_character_device = 0020000;
constexpr std::uint32_t type_directory = 0040000;
constexpr std::uint32_t type_block_device = 0060000;
constexpr std::uint32_t type_file = 0100000;
constexpr std::uint32_t type_symlink = 0120000;
constexpr std::uint32_t type_socket = 0140000;

/// The fields of a header that do not follow from the name, in the order they are stored.
struct Header {
    std::uint32_t inode = 0;
    std::uint32_t mode = 0; ///< type and permissions
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::uint32_t links = 1;
    std::uint32_t mtime_s = 0; ///< since 1970
    std::uint32_t size_bytes = 0;
    std::uint32_t device_major = 0;
    std::uint32_t device_minor = 0;
    std::uint32_t rdevice_major = 0; ///< what a device node stands for
    std::uint32_t rdevice_minor = 0;
    std::uint32_t checksum = 0; ///< sum of the contents' bytes; only with `newc_crc_magic`
};

/// A header as it was stored.
struct StoredHeader {
    Header header;
    std::uint32_t name_size_bytes = 0; ///< with the NUL; not checked yet
    bool has_checksum = false;
};

/// Reads the first `header_size_bytes` of a record; digits of either case.
///
/// Errors: truncated; unsupported (another cpio format); invalid (no magic, or a field that is not
/// hexadecimal). `where` is the offset in `record`.
Result<StoredHeader> parse_header(Bytes record);

/// True for a name that is one plain component: not empty, ".", or "..", ASCII, no '/' and no NUL.
bool is_member_base_name(std::string_view name);

/// Where the contents start, counted from the start of the record: header, name, NUL and padding.
constexpr std::uint64_t contents_offset(std::uint64_t name_size_bytes) {
    return align_up(header_size_bytes + name_size_bytes + 1, alignment);
}

/// The whole record, padded.
///
/// Errors: too_large (name over `name_max`, contents over `contents_size_max`).
Result<std::uint64_t> record_size(std::uint64_t name_size_bytes, std::uint64_t contents_size_bytes);

/// Writes everything before the contents to the front of `to`, which has room for it. Returns the
/// number of bytes, which is `contents_offset(name.size())`.
std::size_t write_header(MutableBytes to, const Header& header, std::string_view name);

/// Writes the NULs after contents of `size_bytes` to the front of `to`; returns their number.
std::size_t write_padding(MutableBytes to, std::uint64_t size_bytes);

/// Writes the trailer to the front of `to`. Its name size is spelt with an upper-case B, the only
/// upper-case digit in our archives: measured bytes are those of systemd-boot.
std::size_t write_trailer(MutableBytes to);

} // namespace kindling::cpio
