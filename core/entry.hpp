// SPDX-License-Identifier: MIT
//
// A boot menu entry, whatever it came from.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kindling::bls {

/// What an entry starts.
enum class EntryKind : std::uint8_t {
    linux_,  ///< Type #1 `linux`: a kernel that is an EFI program
    efi,     ///< Type #1 `efi`: any EFI program
    uki,     ///< Type #1 `uki`
    uki_url, ///< Type #1 `uki-url`
    type2,   ///< a UKI found in /EFI/Linux
};

/// Where its files are.
enum class EntrySource : std::uint8_t { esp, xbootldr };

/// Boot counter of a file name. Source: UAPI.1, "Boot counting".
struct Tries {
    std::uint32_t left = 0;
    std::uint32_t done = 0;
};

/// One entry. All paths are normalised: '/'-separated, one leading '/', no "." or "..".
/// Source: UAPI.1, "Type #1 Boot Loader Specification Entries".
struct Entry {
    Entry(); // not inline: it is long

    EntryKind kind = EntryKind::linux_;
    EntrySource source = EntrySource::esp;
    std::string id; ///< file name without counter, with suffix, lower case; "@PROFILE" behind
    std::string file_path; ///< of the snippet, or of the UKI of a type2 entry, as it is on disk
    std::optional<Tries> tries;

    std::string title, version, machine_id, sort_key, architecture;
    std::string show_title; ///< title, made unique; set by `make_titles_unique`
    std::string image_path; ///< `linux`, `efi`, `uki`, or the UKI itself
    std::string url;        ///< of uki_url
    std::vector<std::string> initrds;
    std::string options;             ///< joined with one blank
    bool options_implied = false;    ///< type2: embedded in the image, for display only
    std::vector<std::string> extras; ///< in the order of the snippet
    std::string devicetree;
    std::vector<std::string> devicetree_overlays;
    std::optional<std::uint32_t> profile; ///< number; unset if the entry names none
    std::string profile_id;               ///< type2: ID= of the profile, empty if none
    std::string uname;                    ///< type2: `.uname`

    bool is_uki() const { return kind == EntryKind::uki || kind == EntryKind::type2; }
    bool is_bad() const { return tries && tries->left == 0; } ///< every try has failed
};

} // namespace kindling::bls
