// SPDX-License-Identifier: MIT
//
// FAT's names: what a long one may hold, and the short one that goes with it.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace kindling::fat {

struct DirectoryEntry;

/// Errors: invalid (empty, not UTF-8, over 255 UCS-2 units, a forbidden character, a dot or blank
/// at the end; `where` is the byte offset).
Result<void> check_name(std::string_view name);

/// Ties long-name slots to the short name they belong to.
std::uint8_t short_name_checksum(Bytes name);

/// Eight and three characters, padded with blanks.
struct ShortName {
    std::array<std::byte, 11> bytes{};
    bool is_whole_name = false; ///< says as much as the long name, which is then not needed
};

/// A short name for `name` that none of `siblings` has: the name itself if it fits, else
/// "BEGINN~1.EXT".
///
/// Errors: exists (none is free).
Result<ShortName> make_short_name(std::string_view name,
                                  const std::vector<DirectoryEntry>& siblings);

} // namespace kindling::fat
