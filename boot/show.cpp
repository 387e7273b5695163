// SPDX-License-Identifier: MIT
#include "boot/show.hpp"

#include "base/hex.hpp"

namespace kindling::boot {

namespace {

std::string status_text(std::uint64_t status) {
    std::string text = "0x";
    bool has_digits = false;
    for (int shift = 60; shift >= 0; shift -= 4) {
        std::size_t digit = status >> shift & 15;
        if (digit == 0 && !has_digits && shift > 0) continue;
        has_digits = true;
        text += "0123456789abcdef"[digit];
    }
    return text;
}

} // namespace

std::string printable(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return out;
}

void show(Screen& screen, Severity severity, std::string_view subject, std::string_view reason) {
    std::string line = severity == Severity::error ? "error: " : "warning: ";
    line += printable(subject);
    line += ": ";
    line += reason;
    line += '\n';
    screen.print(line);
}

void show(Screen& screen, Severity severity, std::string_view subject, const Error& error) {
    std::string place(subject);
    if (error.where > 0) place += ":" + std::to_string(error.where);
    std::string reason = error.what;
    if (error.cause != 0) reason += " (status " + status_text(error.cause) + ")";
    show(screen, severity, place, reason);
}

void check(Screen& screen, std::string_view subject, const Result<void>& result) {
    if (!result) show(screen, Severity::warning, subject, result.error());
}

} // namespace kindling::boot
