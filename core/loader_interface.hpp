// SPDX-License-Identifier: MIT
//
// The EFI variables between the loader and the operating system.
// Source: systemd, "The Boot Loader Interface".
#pragma once

#include "base/guid.hpp"
#include "core/machine.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kindling::loader_interface {

constexpr Guid vendor = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"_guid;

/// Our own vendor GUID, for what the interface has no variable for. See docs/report.md.
constexpr Guid kindling_vendor = "6b696e64-6c69-4e67-a5d1-0c9f3e72b84d"_guid;

/// Bits of `LoaderFeatures`; only what we do.
enum Feature : std::uint64_t {
    config_timeout = 1 << 0,
    config_timeout_one_shot = 1 << 1,
    entry_default = 1 << 2,
    entry_oneshot = 1 << 3,
    boot_counting = 1 << 4,
    xbootldr = 1 << 5,
    sort_key = 1 << 8,
    saved_entry = 1 << 9,
    menu_disable = 1 << 13,
    multi_profile_uki = 1 << 14,
    type1_uki = 1 << 16,
    tpm2_active_pcr_banks = 1 << 18,
    entry_preferred = 1 << 19,
};

constexpr std::size_t text_size_max = 4096; ///< bytes of a variable we read as text

/// The text of a variable; nothing if it does not exist, cannot be read or is over
/// `text_size_max`.
std::optional<std::string> get_text(Variables& variables, std::string_view name);

/// Writes a text with its NUL in UTF-16. Errors: those of `Variables::set`.
Result<void> set_text(Variables& variables, std::string_view name, std::string_view text,
                      Variables::Storage storage = Variables::Storage::volatile_);

/// The same, unless the variable exists already or `text` is empty: a first-stage loader wins.
Result<void> set_text_if_unset(Variables& variables, std::string_view name, std::string_view text);

Result<void> remove(Variables& variables, std::string_view name);

} // namespace kindling::loader_interface
