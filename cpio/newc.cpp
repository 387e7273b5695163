// SPDX-License-Identifier: MIT
#include "cpio/newc.hpp"

#include "base/hex.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace kindling::cpio {
namespace {

/// A trailer as it is stored. It differs from any other record in the spelling of its name size.
constexpr std::string_view trailer_text = "070701"
                                          "00000000"
                                          "00000000"
                                          "00000000"
                                          "00000000"
                                          "00000001"
                                          "00000000"
                                          "00000000"
                                          "00000000"
                                          "00000000"
                                          "00000000"
                                          "00000000"
                                          "0000000B"
                                          "00000000"
                                          "TRAILER!!!";

std::byte* put_text(std::byte* to, std::string_view text) {
    for (char c : text) *to++ = static_cast<std::byte>(c);
    return to;
}

std::byte* put_field(std::byte* to, std::uint32_t value) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (int shift = 28; shift >= 0; shift -= 4)
        *to++ = static_cast<std::byte>(digits[value >> shift & 0xf]);
    return to;
}

Result<std::uint32_t> parse_field(std::string_view text, std::uint64_t offset) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < field_digits; i++) {
        auto digit = hex_digit_value(text[offset + i]);
        if (!digit) return Error{Errc::invalid, "header field is not hexadecimal", offset + i};
        value = value << 4 | *digit;
    }
    return value;
}

} // namespace

Result<StoredHeader> parse_header(Bytes record) {
    std::string_view text = to_text(record);
    std::string_view magic = text.substr(0, magic_size_bytes);
    if (magic == "070707") return Error{Errc::unsupported, "cpio format is not newc"};
    if (magic != newc_magic.substr(0, magic.size()) &&
        magic != newc_crc_magic.substr(0, magic.size()))
        return Error{Errc::invalid, "no newc header"};
    if (text.size() < header_size_bytes)
        return Error{Errc::truncated, "archive ends in a header", text.size()};
    std::array<std::uint32_t, 13> fields{};
    for (std::size_t i = 0; i < fields.size(); i++)
        fields[i] = TRY(parse_field(text, magic_size_bytes + i * field_digits));
    return StoredHeader{
        .header = {fields[0], fields[1], fields[2], fields[3], fields[4], fields[5], fields[6],
                   fields[7], fields[8], fields[9], fields[10], fields[12]},
        .name_size_bytes = fields[11],
        .has_checksum = magic == newc_crc_magic,
    };
}

bool is_member_base_name(std::string_view name) {
    if (name.empty() || name == "." || name == "..") return false;
    return consists_of(
        name, [](char c) { return c != '/' && c != '\0' && static_cast<unsigned char>(c) < 0x80; });
}

Result<std::uint64_t> record_size(std::uint64_t name_size_bytes,
                                  std::uint64_t contents_size_bytes) {
    if (name_size_bytes > name_max) return Error{Errc::too_large, "member name is too long"};
    if (contents_size_bytes > contents_size_max)
        return Error{Errc::too_large, "member is larger than 4 GiB"};
    return contents_offset(name_size_bytes) + align_up(contents_size_bytes, alignment);
}

std::size_t write_header(MutableBytes to, const Header& header, std::string_view name) {
    std::size_t size_bytes = contents_offset(name.size());
    ASSERT(name.size() <= name_max && size_bytes <= to.size());
    const std::array<std::uint32_t, 13> fields{
        header.inode,         header.mode,          header.uid,
        header.gid,           header.links,         header.mtime_s,
        header.size_bytes,    header.device_major,  header.device_minor,
        header.rdevice_major, header.rdevice_minor, static_cast<std::uint32_t>(name.size() + 1),
        header.checksum};
    std::byte* at = put_text(to.data(), newc_magic);
    for (std::uint32_t field : fields) at = put_field(at, field);
    at = put_text(at, name);
    std::fill(at, to.data() + size_bytes, std::byte{0});
    return size_bytes;
}

std::size_t write_padding(MutableBytes to, std::uint64_t size_bytes) {
    std::size_t padding = align_up(size_bytes, alignment) - size_bytes;
    ASSERT(padding <= to.size());
    std::fill_n(to.data(), padding, std::byte{0});
    return padding;
}

std::size_t write_trailer(MutableBytes to) {
    ASSERT(trailer_size_bytes <= to.size());
    std::byte* at = put_text(to.data(), trailer_text);
    std::fill(at, to.data() + trailer_size_bytes, std::byte{0});
    return trailer_size_bytes;
}

} // namespace kindling::cpio
