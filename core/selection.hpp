// SPDX-License-Identifier: MIT
//
// Which entry is the default.
#pragma once

#include "core/entry.hpp"
#include "core/loader_conf.hpp"

#include <optional>
#include <span>
#include <string>

namespace kindling::bls {

/// What variables and loader.conf say. Patterns are globs, or "@saved" where that is allowed.
struct Wishes {
    std::optional<std::string> system_failure; ///< LoaderEntrySysFail, only if there was a failure
    std::optional<std::string> one_shot;       ///< LoaderEntryOneShot
    std::optional<std::string> preferred;      ///< LoaderEntryPreferred, or "@saved"
    std::optional<std::string> default_;       ///< LoaderEntryDefault, or "@saved"
    std::optional<std::string> last_booted;    ///< LoaderEntryLastBooted
    std::string conf_preferred;                ///< of loader.conf; empty if none
    std::string conf_default;                  ///< of loader.conf; empty if none
};

/// Why an entry is the default.
enum class Reason : std::uint8_t {
    system_failure,
    one_shot,
    preferred,
    default_,
    first,   ///< nothing matched: the first that may start by itself
    nothing, ///< there is none of these either: entry 0, and the menu must be shown
};

struct Selection {
    std::size_t index = 0;
    Reason reason = Reason::nothing;
};

/// The default among `entries`, which are in menu order; nothing if there are none. Wishes count in
/// the order of `Wishes`, with loader.conf's preferred behind the variable's and before both
/// defaults. Entries without tries left are never preferred.
/// Source: systemd, "The Boot Loader Interface"; loader.conf(5).
std::optional<Selection> select_default(std::span<const Entry> entries, const Wishes& wishes);

} // namespace kindling::bls
