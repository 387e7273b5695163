// SPDX-License-Identifier: MIT
//
// Unified kernel images: their profiles, their sections, and the menu entries they make.
// Source: UAPI.5, "Unified Kernel Image (UKI)"; UAPI.1, "Type #2 EFI Unified Kernel Images".
#pragma once

#include "core/entry.hpp"
#include "core/machine.hpp"
#include "core/pe.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace kindling::uki {

constexpr std::uint32_t profiles_max = 256;
constexpr std::uint64_t text_section_size_max = 64 * 1024; ///< of a section that we read as text

/// Sections that a stub measures, in the order in which it does so. `.pcrsig` is never measured.
constexpr std::array<std::string_view, 14> measured_sections{
    ".linux", ".osrel", ".cmdline", ".initrd",  ".ucode",   ".splash", ".dtb",
    ".uname", ".sbat",  ".pcrpkey", ".profile", ".dtbauto", ".hwids",  ".efifw"};

/// The sections that count for a profile: those before the first `.profile`, replaced by those of
/// the same name behind the one numbered `profile`. Of several with one name the first counts.
/// Profile 0 of an image without `.profile` is everything.
///
/// Errors: not_found (no such profile).
Result<std::vector<pe::Section>> sections_of(const pe::Image& image, std::uint32_t profile);

/// How many profiles there are; 1 for an image without `.profile`. At most `profiles_max`.
std::uint32_t count_profiles(const pe::Image& image);

/// The value of `key` in os-release style text, unquoted; empty if it is not there. The last of
/// several lines counts, a NUL ends the text.
/// Source: os-release(5).
std::string os_release_value(std::string_view text, std::string_view key);

/// An embedded command line as a stub takes it: no white space or control characters at the ends,
/// each one inside a blank; a NUL ends it.
std::string clean_command_line(std::string_view text);

/// The Type #2 entries of the UKI at `path`, one per profile. Reads the headers and the text
/// sections only. `source` and `tries` are the caller's; the id is complete with "@ID" or "@NUMBER"
/// of a profile above 0. An ID with other characters than letters, digits and "+-_." is not used in
/// the id.
///
/// architecture  EFI name of the machine; an empty one fits every image
///
/// Errors: invalid, truncated, too_large (no proper PE file or section, no `.osrel`, or no name in
/// it); unsupported (another architecture); as the volume's.
Result<std::vector<bls::Entry>> read_entries(Volume& volume, std::string_view path,
                                             std::string_view architecture);

} // namespace kindling::uki
