// SPDX-License-Identifier: MIT
//
// What the loader writes down before it starts an entry: one try less, and which entry it was.
#pragma once

#include "boot/settings.hpp"
#include "core/entry.hpp"
#include "core/machine.hpp"

#include <vector>

namespace kindling::boot {

/// Counts a try of entry `index`: renames its file, tells the operating system the new path, and
/// keeps `entries` up to date, of which several may be profiles of one file. Entries without
/// counter and files that cannot be changed stay as they are; other failures are shown.
/// Source: UAPI.1, "Boot counting"; systemd, "The Boot Loader Interface", LoaderBootCountPath.
void count_try(Machine& machine, std::vector<bls::Entry>& entries, std::size_t index);

/// Tells the operating system which entry is started, and remembers it for "@saved" if that is in
/// use. An entry that was asked for once is not remembered.
void save_selection(Machine& machine, const Settings& settings, const bls::Entry& entry,
                    bool is_one_shot);

} // namespace kindling::boot
