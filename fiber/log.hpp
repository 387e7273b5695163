// SPDX-License-Identifier: MIT
//
// Lines for people about what fibers do, each with the fields of the fiber that says it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kindling::fiber {

class Fiber;

constexpr std::size_t log_line_max = 1024;        ///< bytes; longer lines are cut
constexpr std::size_t inherited_fields_max = 512; ///< bytes of text that a child begins with

/// Takes one line without its end. Must not suspend.
using LogSink = void (*)(std::string_view line);

/// Where lines go from now on, for all threads; null is standard error again, which gets each line
/// with one write. Gives what was there before.
LogSink set_log_sink(LogSink sink);

/// Says something with the fields of the running fiber before it: "FIBER=worker peer=a: message".
/// It stays one line. Off a fiber the fields are those of the thread.
void log(std::string_view message);

/// The same about another fiber than the one that runs.
void log(const Fiber& about, std::string_view message);

/// The line goes out as it is; of a text with several each for itself.
void log_plain(std::string_view text);

/// What came from outside, such as a name, cannot look like a line of its own: control characters
/// become '?'.
std::string on_one_line(std::string text);

/// Says why, and ends the program with a core dump: a bug of its own left nothing else to do.
[[noreturn]] void stop(std::string_view why);

/// Adds a field to what the running fiber logs until the scope ends; fibers spawned meanwhile begin
/// with a copy of it, whatever becomes of the scope. They nest, and end in the reverse order.
class LogField {
public:
    /// Both are borrowed for the scope. A key is one word.
    LogField(std::string_view key, std::string_view value);
    LogField(const LogField&) = delete;
    LogField& operator=(const LogField&) = delete;
    ~LogField();

private:
    friend class InheritedFields;
    friend void append_fields(std::string& line, const LogField* innermost);

    struct Unlinked {};
    LogField(Unlinked, std::string_view text) : value_(text) {}

    std::string_view key_; ///< empty: the value is the text of several
    std::string_view value_;
    const LogField* outer_ = nullptr;
    const LogField** place_ = nullptr; ///< which list it is in; those of a fiber end with it
};

/// What a child begins with; lies beside its record.
class InheritedFields {
public:
    /// Bytes that `place` needs now: 0 if the running fiber has no fields.
    static std::size_t size_bytes();

    /// Puts a copy of the fields into memory of that size, aligned to 16.
    static const LogField* place(void* memory);
};

} // namespace kindling::fiber
