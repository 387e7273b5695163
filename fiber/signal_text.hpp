// SPDX-License-Identifier: MIT
//
// A line of text that a signal handler can put together: nothing allocates, nothing locks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unistd.h>

namespace kindling::fiber {

/// What does not fit is left out.
class SignalText {
public:
    SignalText& add(std::string_view text) {
        for (char each : text)
            if (size_ < sizeof(text_)) text_[size_++] = each;
        return *this;
    }

    /// What somebody chose, which must not look like more than one line.
    SignalText& add_name(std::string_view name) {
        for (char each : name) {
            bool is_control = static_cast<unsigned char>(each) < 0x20 || each == 0x7f;
            add(is_control ? std::string_view("?") : std::string_view(&each, 1));
        }
        return *this;
    }

    SignalText& add(std::size_t number) {
        char digits[20];
        std::size_t count = 0;
        do digits[count++] = static_cast<char>('0' + number % 10);
        while (number /= 10);
        while (count > 0) add(std::string_view(&digits[--count], 1));
        return *this;
    }

    std::string_view text() const { return {text_, size_}; }

    /// With one write; if that fails there is no place to say so.
    void write_to_standard_error() const {
        [[maybe_unused]] ssize_t written = ::write(STDERR_FILENO, text_, size_);
    }

private:
    char text_[160];
    std::size_t size_ = 0;
};

} // namespace kindling::fiber
