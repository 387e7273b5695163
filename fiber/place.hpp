// SPDX-License-Identifier: MIT
//
// A place in the source, for people who debug.
#pragma once

#include <cstdint>

namespace kindling::fiber {

/// Where a call was written. Clang 14 has no std::source_location.
struct Place {
    const char* file = ""; ///< as the compiler was given it; static text
    std::uint32_t line = 0;

    /// As a default argument: the place of the call that leaves it out.
    static constexpr Place current(const char* file = __builtin_FILE(),
                                   std::uint32_t line = __builtin_LINE()) {
        return {file, line};
    }
};

} // namespace kindling::fiber
