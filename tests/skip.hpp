// SPDX-License-Identifier: MIT
//
// For what a machine does not let a test do.
#pragma once

#include <string>

namespace kindling {

/// Says that a part of the running test case is left out, and why. Such a case counts as skipped,
/// unless another part of it fails: then the last line of the program is
/// `N passed, N failed, N skipped`. Catch2 has such a thing since 3.3 only, and throws from it,
/// which would leave the function of a fiber.
void skip(const std::string& why);

} // namespace kindling
