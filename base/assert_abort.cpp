// SPDX-License-Identifier: MIT
//
// The host's end of ASSERT: say what broke, then stop with a core dump. The loader has its own.
#include "base/result.hpp"

#include <cstdio>
#include <cstdlib>

namespace kindling {

void assertion_failed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: bug: assertion failed: %s\n", file, line, expression);
    std::abort();
}

} // namespace kindling
