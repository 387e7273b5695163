// SPDX-License-Identifier: MIT
#include "bootctl/progress.hpp"

#include "fiber/fiber.hpp"
#include "options/option_text.hpp"

#include <algorithm>
#include <string_view>
#include <unistd.h>

namespace kindling {

namespace {

constexpr std::uint64_t appears_after_us = 500'000;
constexpr std::uint64_t changes_after_us = 100'000;

/// The line on the terminal; erased in any case.
class Line {
public:
    explicit Line(int fd) : fd_(fd) {}
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    ~Line() { show(""); }

    void show(std::string text) {
        if (text == shown_) return;
        shown_ = std::move(text);
        std::string bytes = "\r\x1b[K" + shown_;
        // A terminal that is gone is no reason to stop working.
        [[maybe_unused]] ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    }

private:
    int fd_;
    std::string shown_;
};

} // namespace

std::string progress_text(const Progress& progress, std::size_t columns) {
    std::string text = progress.doing;
    if (!text.empty() && progress.total > 0) {
        std::uint64_t done = std::min(progress.done, progress.total);
        text += ": " + std::to_string(done * 100 / progress.total) + " %";
    }
    // In the last column a terminal would begin a new line.
    return text.substr(0, columns - 1);
}

Result<void> show_progress(const Progress& progress, int fd) {
    TRY(fiber::this_fiber::sleep_for_us(appears_after_us));
    Line line(fd);
    for (;;) {
        line.show(progress_text(progress, options::terminal_columns(fd)));
        TRY(fiber::this_fiber::sleep_for_us(changes_after_us));
    }
}

} // namespace kindling
