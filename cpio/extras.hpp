// SPDX-License-Identifier: MIT
//
// How the extras of one entry become archives: sizes first, then headers and trailers around
// payload that the caller reads straight into place. No payload byte is copied.
//
//     blob:  | credentials archive | system extensions | configuration extensions |
//
// Each archive is newc: per file a record for `.extra`, one for the kind's directory and one for
// the file, then a trailer. The inode counter starts at 1 and is shared by all three archives in
// list order, so each archive's bytes depend on the whole list.
// Source: Linux, "initramfs buffer format"; UAPI.1, `extra`; byte layout as systemd-boot 261.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kindling::cpio {

/// What an extra is, decided by its suffix. The order is that of the archives.
enum class ExtraKind : std::uint8_t { credential, sysext, confext };
constexpr std::size_t extra_kinds = 3;

/// "credential", "sysext" or "confext".
std::string_view to_text(ExtraKind kind);

constexpr std::uint64_t extra_size_max = 1'610'612'736; ///< 1.5 GiB
constexpr std::size_t extra_name_max = 255;             ///< bytes; ASCII only
constexpr std::size_t extras_max = 4096;                ///< files in one entry

/// Where a kind goes and how it is measured.
struct ExtraTarget {
    std::string_view directory;   ///< ".extra/credentials"
    std::uint32_t directory_mode; ///< permission bits
    std::uint32_t file_mode;      ///< permission bits
    std::uint8_t pcr;
    std::string_view description; ///< event text
};
const ExtraTarget& target_of(ExtraKind kind);

/// The kind of a file name by its suffix, without regard to case; nothing if it has none we know.
std::optional<ExtraKind> kind_of(std::string_view name);

/// One file to be packed.
struct Extra {
    ExtraKind kind = ExtraKind::credential;
    std::string name; ///< base name as stored on disk: ASCII, 1 to `extra_name_max`, no '/'
    std::uint64_t size_bytes = 0;
};

/// A range of the blob.
struct Range {
    std::uint64_t offset = 0;
    std::uint64_t size_bytes = 0;
};

/// Where everything goes.
struct ExtrasLayout {
    std::uint64_t size_bytes = 0;              ///< of the blob; a multiple of 4; 0 if no extras
    std::array<Range, extra_kinds> archives{}; ///< by kind; an empty one has size 0
    std::vector<Range> payloads;               ///< one per extra, in list order
};

/// Pass one: sizes and places.
///
/// Errors: invalid (name empty, ".", "..", not ASCII, with '/' or NUL); too_large (name, size or
/// count over its limit). `where` is the index of the extra.
Result<ExtrasLayout> lay_out(std::span<const Extra> extras);

/// Pass two: every byte of `blob` that is not payload: headers, names, padding, trailers. May run
/// before or after the payload is read into place.
///
/// `extras` and `layout` must belong together and `blob` must be `layout.size_bytes` long; anything
/// else is a bug of the caller.
void write_frame(std::span<const Extra> extras, const ExtrasLayout& layout, MutableBytes blob);

} // namespace kindling::cpio
