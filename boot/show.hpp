// SPDX-License-Identifier: MIT
//
// Messages of the loader, all in one form: "warning: FILE: reason".
#pragma once

#include "core/machine.hpp"

#include <string>
#include <string_view>

namespace kindling::boot {

enum class Severity : std::uint8_t { warning, error };

/// One line about `subject`, a file or a thing. Control characters in it are shown as '?'.
void show(Screen& screen, Severity severity, std::string_view subject, std::string_view reason);

/// The same with the error's text, its line and its status.
void show(Screen& screen, Severity severity, std::string_view subject, const Error& error);

/// Shows a failure as a warning and goes on.
void check(Screen& screen, std::string_view subject, const Result<void>& result);

/// `text` fit for a screen: control characters become '?'.
std::string printable(std::string_view text);

/// Writes a variable of the boot loader interface; a failure is shown and stops nothing.
void tell(Machine& machine, std::string_view name, std::string_view text,
          Variables::Storage storage = Variables::Storage::volatile_);

} // namespace kindling::boot
