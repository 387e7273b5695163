// SPDX-License-Identifier: MIT
//
// What a person is told.
#pragma once

#include "base/result.hpp"

#include <string>

namespace kindling {

/// Something to tell a person, with what can be done about it.
struct Notice {
    std::string text;
    std::string hint; ///< empty if there is nothing to do
};

/// What failed and what the system says about it: "cannot write: No space left on device".
std::string reason_of(const Error& error);

} // namespace kindling
