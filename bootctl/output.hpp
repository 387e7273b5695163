// SPDX-License-Identifier: MIT
//
// The program's streams: data on standard output, everything else on standard error, and the exit
// status that tells how it went.
#pragma once

#include "bootctl/notice.hpp"
#include "bootctl/table.hpp"

#include <string_view>

namespace kindling {

constexpr int exit_failure = 1;
constexpr int exit_differs = 3;     ///< a condition that was asked about is false
constexpr int exit_denied = 4;      ///< not permitted
constexpr int exit_pipe = 128 + 13; ///< as if SIGPIPE had not been ignored
int exit_status_of(Errc code);

/// How much is told on standard error, beside what went wrong.
enum class Detail : std::uint8_t {
    results,  ///< nothing
    normal,   ///< what a person should know
    choices,  ///< also which places were chosen, and how the work is done
    accesses, ///< also each access to a file
};

/// What KINDLING_LOG_LEVEL, or else SYSTEMD_LOG_LEVEL, asks for, by name or number: "debug" (7) is
/// `accesses`, "err" (3) and less are `results`, all others `normal`.
Detail detail_by_environment();

/// When colours are used.
enum class ColorWhen : std::uint8_t { automatic, always, never };

/// True if text on `fd` may be coloured. `automatic` is a terminal that is not "dumb"; NO_COLOR
/// forbids and CLICOLOR_FORCE asks for colours, and both count less than always and never.
bool uses_color(int fd, ColorWhen when);

/// True if the locale is a UTF-8 one.
bool uses_unicode();

/// How tables on standard output may look. Nothing is cut unless it is a terminal.
OutputStyle output_style(ColorWhen when, bool has_legend);

/// Tells people, on standard error. Texts are escaped here.
class Messages {
public:
    /// Colours are as `when` says, info and notes are for those who did not ask to be left alone.
    void set_color(ColorWhen when) { when_ = when; }
    void set_detail(Detail detail) { detail_ = detail; }
    Detail detail() const { return detail_; }
    void set_pager(bool is_wanted) { has_pager_ = is_wanted; }
    bool has_pager() const { return has_pager_; }
    /// True if a line about progress belongs on standard error.
    bool has_progress() const;

    void error(const Notice& notice) const { tell("error", notice); }
    void warning(const Notice& notice) const { tell("warning", notice); }
    void note(const Notice& notice) const {
        if (detail_ != Detail::results) tell("note", notice);
    }
    /// What is done, for those who asked for it.
    void debug(std::string_view text) const { tell("debug", {std::string(text), {}}); }
    void info(std::string_view text) const;

    /// What the options library says: "error: ...\nhint: ...\n".
    void usage_error(std::string_view text) const;

private:
    void tell(std::string_view label, const Notice& notice) const;
    std::string labelled(std::string_view label, std::string_view text) const;

    ColorWhen when_ = ColorWhen::automatic;
    Detail detail_ = Detail::normal;
    bool has_pager_ = true;
};

/// Writes to standard output. The exit status: 0, or that of a pipe nobody reads, silently; any
/// other failure is told.
int print(std::string_view text, const Messages& messages);

/// The same, in a pager if the text does not fit on the terminal and `messages` has one.
int print_long(std::string_view text, const Messages& messages);

/// Sees to it that 0, 1 and 2 are taken, so that no file of ours gets the number of a stream that
/// we were started without. Writing to such a stream still fails.
void occupy_standard_streams();

} // namespace kindling
