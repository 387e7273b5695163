// SPDX-License-Identifier: MIT
//
// The archives that the systemd stub makes of a UKI's companions and metadata: like the extras of
// an entry, but with the directory records once per archive, inodes from 1 in each archive, and
// members sorted by name. The host needs them to predict what the kernel is given.
// Source: systemd-stub 261, "Companion files".
#pragma once

#include "cpio/extras.hpp"

namespace kindling::cpio {

/// The directory that all members of one archive are in.
struct CompanionTarget {
    std::string_view directory;          ///< ".extra", or one directory below it
    std::uint32_t directory_mode = 0555; ///< permission bits; `.extra` itself always has 0555
    std::uint32_t file_mode = 0444;      ///< permission bits
};

struct Companion {
    std::string name; ///< base name, ASCII, 1 to `extra_name_max`, no '/'
    std::uint64_t size_bytes = 0;
};

struct CompanionsLayout {
    std::uint64_t size_bytes = 0;    ///< of the archive; a multiple of 4; 0 if no companions
    std::vector<Range> payloads;     ///< one per companion, in the order they were given
    std::vector<std::size_t> sorted; ///< their indices in the order of the archive
};

/// Pass one: sizes and places. Companions may be given in any order.
///
/// Errors: invalid (name empty, ".", "..", not ASCII, with '/' or NUL); too_large (name, size or
/// count over its limit). `where` is the index of the companion.
Result<CompanionsLayout> lay_out(const CompanionTarget& target,
                                 std::span<const Companion> companions);

/// Pass two: every byte of `archive` that is not payload. The arguments must belong together.
void write_frame(const CompanionTarget& target, std::span<const Companion> companions,
                 const CompanionsLayout& layout, MutableBytes archive);

} // namespace kindling::cpio
