// SPDX-License-Identifier: MIT
#include "boot/show.hpp"

#include "base/text.hpp"
#include "core/loader_interface.hpp"

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
    screen.print(concat({severity == Severity::error ? "error: " : "warning: ", printable(subject),
                         ": ", reason, "\n"}));
}

void show(Screen& screen, Severity severity, std::string_view subject, const Error& error) {
    std::string place(subject), reason = error.what;
    if (error.where > 0) append(place, {":", to_decimal(error.where)});
    if (error.cause != 0) append(reason, {" (status ", status_text(error.cause), ")"});
    show(screen, severity, place, reason);
}

void check(Screen& screen, std::string_view subject, const Result<void>& result) {
    if (!result) show(screen, Severity::warning, subject, result.error());
}

void tell(Machine& machine, std::string_view name, std::string_view text,
          Variables::Storage storage) {
    check(machine.screen, name, loader_interface::set_text(machine.variables, name, text, storage));
}

} // namespace kindling::boot
