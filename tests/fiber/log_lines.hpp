// SPDX-License-Identifier: MIT
//
// What is logged while a test runs.
#pragma once

#include "fiber/log.hpp"

#include <string>
#include <vector>

namespace kindling::fiber {

/// True if `part` is somewhere in `text`.
inline bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

class LogLines {
public:
    LogLines() : before_(set_log_sink(add)) { lines.clear(); }
    LogLines(const LogLines&) = delete;
    LogLines& operator=(const LogLines&) = delete;
    ~LogLines() { set_log_sink(before_); }

    static const std::vector<std::string>& all() { return lines; }

    /// How many have `text` in them.
    static std::size_t count(std::string_view text) {
        std::size_t found = 0;
        for (const std::string& line : lines) found += has(line, text);
        return found;
    }

private:
    static void add(std::string_view line) { lines.emplace_back(line); }

    static inline std::vector<std::string> lines;
    LogSink before_;
};

} // namespace kindling::fiber
