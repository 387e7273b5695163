// SPDX-License-Identifier: MIT
//
// File names on their way to the firmware; the only place that knows backslashes.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace kindling::efi {

constexpr std::size_t path_max = 4096; ///< bytes of UTF-8

/// A '/'-separated path from the root of a volume as firmware wants it: "\loader\loader.conf".
///
/// Errors: invalid (a backslash or NUL, which would mean another file); too_large (`path_max`).
Result<std::u16string> to_efi_path(std::string_view path);

} // namespace kindling::efi
