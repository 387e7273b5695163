// SPDX-License-Identifier: MIT
//
// kindling-cpio: what its verbs share.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace kindling::cpio::tool {

enum class Json : std::uint8_t { off, pretty, brief };

constexpr std::uint64_t unpacked_size_max = std::uint64_t{16} << 30; ///< unless --max-size says so

/// The command line.
struct Arguments {
    std::vector<std::string> words; ///< behind the verb
    std::uint64_t size_max = unpacked_size_max;
    Json json = Json::off;
    bool extras = false;
    bool gzip = false;
    bool reproducible = false;
    bool dry_run = false;
    bool quiet = false;
    bool verbose = false;
    bool names_only = false;
    bool overwrite = false;
};

/// Talks to people, on standard error. It also keeps what a verb is working on, so that an error,
/// which has no room for a name, can be told with one.
class Report {
public:
    explicit Report(const Arguments& arguments);

    void info(const std::string& text);    ///< unless --quiet
    void detail(const std::string& text);  ///< with --verbose
    void warning(const std::string& text); ///< always

    void at(std::string subject) { subject_ = std::move(subject); }
    const std::string& subject() const { return subject_; }

    /// Shows on a terminal how far long work has come; call it often. Nothing appears in the first
    /// half second, and what appeared is erased before anything else is said.
    void progress(std::uint64_t members, std::uint64_t size_bytes);
    void end_progress();

    /// Remembers advice for the error that is about to be returned; static text.
    void advise(const char* hint) { hint_ = hint; }
    const char* hint() const { return hint_; }

    /// True if something was left out, and a warning said so.
    bool is_incomplete() const { return incomplete_; }
    void set_incomplete() { incomplete_ = true; }

private:
    const Arguments& arguments_;
    std::string subject_;
    const char* hint_ = nullptr;
    bool incomplete_ = false;
    bool shows_progress_;
    bool is_progress_shown_ = false;
    std::uint64_t next_progress_ms_; ///< on the monotonic clock
};

Result<void> pack(const Arguments& arguments, Report& report);
Result<void> list(const Arguments& arguments, Report& report);
Result<void> extract(const Arguments& arguments, Report& report);

/// A name for people: in double quotes, control characters and other bytes as \xNN.
std::string quoted(std::string_view name);

/// The same without the quotes.
std::string escaped(std::string_view name);

} // namespace kindling::cpio::tool
