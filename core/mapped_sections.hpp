// SPDX-License-Identifier: MIT
//
// Sections of a PE program as they are in memory, which is how a stub sees its own.
#pragma once

#include "core/pe.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace kindling::pe {

constexpr std::uint64_t zero_fill_max = 64 * 1024 * 1024;          ///< bytes that only memory has
constexpr std::uint64_t small_section_size_max = 16 * 1024 * 1024; ///< of one that is copied

/// Bytes that no file holds. Addresses of earlier ones stay valid.
using Arena = std::deque<std::vector<std::byte>>;

/// A program and those of its sections that count. Borrows its file.
struct Program {
    std::string_view name;
    Bytes file;
    std::uint16_t machine = 0;
    std::vector<Section> sections;

    /// Null if there is no such section, or nothing in it.
    const Section* find(std::string_view section_name) const;

    /// All `virtual_size` bytes of a section in pieces, with zeros behind what the file has; no
    /// pieces without the section. Borrows the file and what it adds to `arena`.
    ///
    /// Errors: truncated (leaves the file); too_large (over `zero_fill_max`).
    Result<std::vector<Bytes>> contents_of(std::string_view section_name, Arena& arena) const;

    /// A copy of the same; empty without the section.
    ///
    /// Errors: truncated (leaves the file); too_large (over `small_section_size_max`).
    Result<std::vector<std::byte>> copy_of(std::string_view section_name) const;

    /// A section as text, which a NUL ends. Errors: as `copy_of`.
    Result<std::string> text_of(std::string_view section_name) const;
};

} // namespace kindling::pe
