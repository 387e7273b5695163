// SPDX-License-Identifier: MIT
//
// The list of entries, line by line, and the number keys.
#pragma once

#include "core/entry.hpp"
#include "core/machine.hpp"

#include <optional>
#include <span>

namespace kindling::boot {

/// How long a hidden menu waits for a key that opens it. Source: systemd-boot, "menu-hidden".
constexpr std::uint32_t hidden_menu_wait_ms = 100;

/// What the person at the screen wants.
struct Choice {
    enum class What : std::uint8_t { boot, show_menu, leave } what = What::boot;
    std::size_t index = 0; ///< of the entry to boot
    bool by_key = false;   ///< somebody pressed a key; otherwise time or a missing keyboard decided
};

/// Waits `hidden_menu_wait_ms` without showing anything: a digit boots that entry, any other key
/// asks for the menu, no key boots the default.
Choice ask_hidden(Screen& screen, std::size_t entries, std::size_t default_index);

/// Shows the list and waits. Up to nine entries start at their digit; with more, digits are
/// collected until Enter. Enter alone boots the default, Escape and `q` leave.
/// Without a working keyboard the default is booted.
///
/// timeout_s  boots the default after this many seconds without any key; never if unset
Choice ask(Screen& screen, std::span<const bls::Entry> entries, std::size_t default_index,
           std::optional<std::uint32_t> timeout_s);

} // namespace kindling::boot
