// SPDX-License-Identifier: MIT
//
// PE images: headers, sections, Authenticode. Input is hostile; nothing is trusted before checked.
#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kindling::pe {

constexpr std::size_t sections_max = 96;                     ///< Windows' own limit
constexpr std::uint64_t headers_size_max = 16 * 1024 * 1024; ///< section table included

struct Section {
    std::string name; ///< up to 8 bytes, without trailing NULs
    std::uint32_t virtual_address = 0;
    std::uint32_t virtual_size = 0;
    std::uint32_t raw_offset = 0;
    std::uint32_t raw_size = 0;
    std::uint32_t characteristics = 0;
};

/// What the headers say.
struct Image {
    std::uint16_t machine = 0;
    std::uint16_t image_version_major = 0;
    std::uint16_t subsystem = 0;
    std::uint16_t dll_characteristics = 0;
    std::uint32_t section_alignment = 0;
    std::uint32_t size_of_image = 0;
    std::uint32_t size_of_headers = 0;
    std::uint64_t checksum_offset = 0;               ///< in the file
    std::uint64_t certificate_directory_offset = 0;  ///< in the file; 0 if there is no such entry
    std::uint32_t certificates_offset = 0, certificates_size = 0;
    std::vector<Section> sections; ///< in table order

    /// True if it can take its initrd from the LoadFile2 protocol: image version at least 1.
    /// Source: Linux, drivers/firmware/efi/libstub, LINUX_EFISTUB_MAJOR_VERSION.
    bool supports_initrd_protocol() const { return image_version_major >= 1; }
};

/// Reads the headers of a PE32 or PE32+ image. `file` needs to hold no more than the headers and
/// the section table; section contents are checked when asked for.
///
/// Errors: invalid (signatures, magic, sizes that contradict each other); truncated; too_large
/// (over `sections_max` or `headers_size_max`); `where` is the byte offset.
/// Source: Microsoft, "PE Format".
Result<Image> parse(Bytes file);

/// How many bytes of a file `parse` needs, as far as `start`, its first bytes, can tell: at most
/// `headers_size_max`. If `start` is shorter than that, ask again with so many.
///
/// Errors: as `parse`.
Result<std::uint64_t> headers_end(Bytes start);

/// EFI architecture name of a machine number ("x64", "aa64", …); empty if unknown.
std::string_view architecture_of(std::uint16_t machine);

/// The contents of a section in the file: `raw_size` or `virtual_size` bytes, whichever is less.
///
/// Errors: truncated (leaves the file; `where` is the offset).
Result<Bytes> contents(Bytes file, const Section& section);

/// The ranges of `file` that make up its Authenticode digest, in hashing order.
///
/// Errors: invalid (overlapping or unordered ranges); truncated.
/// Source: Microsoft, "Windows Authenticode Portable Executable Signature Format", 2008.
Result<std::vector<Bytes>> authenticode_pieces(Bytes file, const Image& image);

/// Product and version of a boot loader by its `.sdmagic` section,
/// "#### LoaderInfo: PRODUCT VERSION ####".
struct LoaderInfo {
    std::string product;
    std::string version;
};
std::optional<LoaderInfo> loader_info(Bytes file, const Image& image);

} // namespace kindling::pe
