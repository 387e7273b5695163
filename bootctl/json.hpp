// SPDX-License-Identifier: MIT
//
// Writing JSON, value by value. We read none, so this is all there is of it; no packaged library
// has the layout that users of bootctl know ("key" : value, tabs).
#pragma once

#include "base/bytes.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kindling::json {

enum class Layout : std::uint8_t {
    brief,  ///< one line
    pretty, ///< a line per value, tabs, " : " behind keys
};

/// Commas, breaks and indentation come by themselves. Text that is no UTF-8 keeps its good parts;
/// bad bytes become U+FFFD.
class Writer {
public:
    explicit Writer(Layout layout) : layout_(layout) {}

    void begin_object();
    void end_object();
    void begin_array();
    void end_array();

    /// In an object, before its value.
    void key(std::string_view name);

    void text(std::string_view value);
    void number(std::uint64_t value);
    void boolean(bool value);
    void null();

    /// A key and its value. `text_if` writes nothing for an empty text.
    void text(std::string_view name, std::string_view value);
    void text_if(std::string_view name, std::string_view value);
    void number(std::string_view name, std::uint64_t value);
    void boolean(std::string_view name, bool value);
    void null(std::string_view name);
    void texts(std::string_view name, const std::vector<std::string>& values);

    /// The document with a line break at its end. Everything begun has ended.
    std::string take();

private:
    void before_value();
    void begin(char bracket);
    void end(char bracket);
    void new_line();

    Layout layout_;
    std::string out_;
    std::vector<bool> has_values_; ///< of each level we are in
    bool is_after_key_ = false;
};

} // namespace kindling::json
