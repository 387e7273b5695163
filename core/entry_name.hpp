// SPDX-License-Identifier: MIT
//
// What the file name of an entry says: its id and its boot counter.
#pragma once

#include "core/entry.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kindling::bls {

constexpr std::string_view snippet_suffix = ".conf";
constexpr std::string_view uki_suffix = ".efi";
constexpr std::uint32_t tries_max = 2147483647;

/// A file name taken apart.
struct EntryName {
    std::string id; ///< without the counter, with the suffix, lower case
    std::optional<Tries> tries;
};

/// True if a file of this name can be an entry: the suffix fits in either case, and it starts
/// neither with a dot nor with "auto-".
bool is_entry_name(std::string_view file_name, std::string_view suffix);

/// NAME+LEFT.SUFFIX and NAME+LEFT-DONE.SUFFIX have a counter; other names are their own id.
/// Source: UAPI.1, "Boot counting".
EntryName parse_entry_name(std::string_view file_name, std::string_view suffix);

/// The file name after one more try: one less left (not below 0), one more done. Numbers keep their
/// count of digits and grow only if they must; a missing DONE appears. Nothing for a name without
/// counter.
std::optional<std::string> count_down(std::string_view file_name, std::string_view suffix);

/// `file_name` without its counter, case kept: "Foo+3.efi" is "Foo.efi".
std::string strip_counter(std::string_view file_name, std::string_view suffix);

} // namespace kindling::bls
