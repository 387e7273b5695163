// SPDX-License-Identifier: MIT
//
// The order of entries in a menu, and titles that tell them apart.
#pragma once

#include "core/entry.hpp"

#include <vector>

namespace kindling::bls {

/// True if `a` stands before `b`: entries without tries left last; with sort-key before without;
/// sort-key, machine-id ascending, version descending, profile ascending; id as a version
/// descending; profile; without counter before with; more tries left first, then fewer done. A text
/// that is not there is an empty one, a profile that is not there is 0.
/// Source: UAPI.1, "Sorting"; systemd-boot for counters and profiles.
bool is_before(const Entry& a, const Entry& b);

/// Stable.
void sort_entries(std::vector<Entry>& entries);

/// Sets `show_title` of all: the title, or the id; where two are equal the version in parentheses
/// is added, then the first 8 characters of the machine id, then the id.
void make_titles_unique(std::vector<Entry>& entries);

} // namespace kindling::bls
