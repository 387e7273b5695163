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

    /// '{' or '[', and the end of it.
    void open(char bracket);
    void close(char bracket);

    /// Of the member that follows.
    void key(Text name);

    /// Text that is no UTF-8 gets U+FFFD in its place; what could harm a terminal is escaped.
    void string(Text text);
    void number(uint64_t value);
    void boolean(bool value);

    // Members of an object.
    void member(Text name, Text text);
    void member(Text name, uint64_t value);
    void flag(Text name); ///< true
    void open(Text name, char bracket);

    /// A member that is an array of the items of a list; left out if there are none.
    void members(Text name, Text list, char separator, Text prefix = {});

    // A string in pieces.
    void begin_string();
    void piece(Text text);
    void end_string();

    /// The line break at the end of a document.
    void finish();

private:
    void begin_value();
    void new_line();

    Sink sink_;
    JsonLayout layout_;
    unsigned depth_ = 0;
    bool is_first_ = true;
    bool has_key_ = false;
};

} // namespace kindling::options
