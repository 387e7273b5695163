// SPDX-License-Identifier: MIT
//
// Writes JSON piece by piece, without memory of its own.
#pragma once

#include "options/option_text.hpp"

namespace kindling::options {

enum class JsonLayout : uint8_t {
    pretty, ///< indented, for people
    brief,  ///< on one line
};

/// The caller sees to it that brackets match and that members of objects have keys.
class JsonWriter {
public:
    JsonWriter(Sink sink, JsonLayout layout) : sink_(sink), layout_(layout) {}

    /// Writes what a pattern says, in which a short text stands for many calls:
    ///
    ///     { } [ ]    brackets
    ///     name:      the key of the member that follows
    ///     name       a string of letters and underscores
    ///     %          a string, the next of the texts
    ///     'a b %'    a string of what stands there; "%" is the next of the texts
    ///     !          true
    ///     ,          nothing: commas are written where they belong
    void write(const char* pattern, Text first, Text second);
    void write(const char* pattern, Text text);
    void write(const char* pattern);

    /// Text that is no UTF-8 gets U+FFFD in its place; what could harm a terminal is escaped.
    void string(Text text);

    // Members of an object.
    void text(const char* name, Text text);  ///< left out if empty
    void flag(const char* name, bool value); ///< left out if false
    void number(const char* name, uint64_t value);
    void list(const char* name, Text list,
              char separator); ///< its items; left out if there are none

    /// The line break at the end of a document.
    void finish() { sink_("\n"); }

private:
    void begin_value();
    void new_line();
    void open(char bracket);
    void close(char bracket);
    void key(Text name);
    void piece(Text text);

    Sink sink_;
    JsonLayout layout_;
    unsigned depth_ = 0;
    bool is_first_ = true;
    bool has_key_ = false;
};

} // namespace kindling::options
