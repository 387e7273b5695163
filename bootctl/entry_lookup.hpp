// SPDX-License-Identifier: MIT
//
// Finding the entry that a person names.
#pragma once

#include "bootctl/boot_source.hpp"
#include "bootctl/notice.hpp"
#include "core/discovery.hpp"

#include <string_view>
#include <vector>

namespace kindling {

/// The entry called `name`: its id, with or without ".conf" or ".efi"; of a UKI's profile also
/// with "@NUMBER". Case means nothing. An id in full comes before one without suffix.
///
/// source   for the names of files in messages
/// remarks  out: more than one entry of this id exists; the first in the menu is taken
/// failure  out: why there is none: near names or all ids, or the reason why it is hidden
///
/// Errors: not_found (no such entry, or it is hidden); invalid (a name without suffix fits several
/// ids).
Result<bls::Entry> look_up_entry(BootSource& source, const bls::Discovery& discovery,
                                 std::string_view name, std::vector<Notice>& remarks,
                                 Notice& failure);

} // namespace kindling
