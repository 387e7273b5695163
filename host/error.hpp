// SPDX-License-Identifier: MIT
//
// errno as an Error, on the line after the call that set it.
#pragma once

#include "base/result.hpp"

namespace kindling::host {

/// The Error for an errno value; `what` is static text that names what we tried to do.
Error error_from(int number, const char* what);

/// The Error for the current errno. Call it before anything else can change errno.
Error last_error(const char* what);

/// What the system says about `error.cause`, such as "Read-only file system"; empty without one.
const char* cause_text(const Error& error);

} // namespace kindling::host
