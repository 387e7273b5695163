// SPDX-License-Identifier: MIT
//
// What a verb is doing, and the line that tells so on a terminal.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>

namespace kindling {

/// Kept by the verb, read by whoever shows it.
struct Progress {
    const char* doing = ""; ///< static text, ASCII: "Reading entries"
    std::uint64_t done = 0;
    std::uint64_t total = 0; ///< in the same unit; 0 is not known

    void begin(const char* what, std::uint64_t of = 0) { *this = {what, 0, of}; }
};

/// "Reading entries: 40 %", cut to `columns`; empty if nothing is being done.
std::string progress_text(const Progress& progress, std::size_t columns);

/// Shows `progress` in the last line of the terminal `fd` until it is cancelled; the line is then
/// gone. What takes less than half a second is not shown at all. For a fiber.
///
/// Errors: cancelled, timed_out.
Result<void> show_progress(const Progress& progress, int fd);

} // namespace kindling
