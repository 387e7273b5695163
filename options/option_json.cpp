// SPDX-License-Identifier: MIT
#include "options/option_json.hpp"

#include "options/option_table.hpp"

namespace kindling::options {
namespace {

void write_unicode_escape(Sink sink, uint32_t code) {
    constexpr const char* digits = "0123456789abcdef";
    char escape[] = {'\\', 'u', '0', '0', digits[code >> 4 & 15], digits[code & 15]};
    sink({escape, sizeof(escape)});
}

/// Quotes, and what terminals take for commands.
bool needs_escape(uint32_t code) {
    return code < 0x20 || code == '"' || code == '\\' || (code >= 0x7f && code < 0xa0);
}

void write_escape(Sink sink, uint32_t code) {
    switch (code) {
    case '"':
        return sink("\\\"");
    case '\\':
        return sink("\\\\");
    case '\n':
        return sink("\\n");
    case '\t':
        return sink("\\t");
    default:
        return write_unicode_escape(sink, code);
    }
}

} // namespace

void JsonWriter::new_line() {
    if (layout_ == JsonLayout::brief) return;
    sink_("\n");
    write_blanks(sink_, 2 * depth_);
}

void JsonWriter::begin_value() {
    if (!has_key_ && depth_ > 0) {
        if (!is_first_) sink_(",");
        new_line();
    }
    has_key_ = false;
    is_first_ = false;
}

void JsonWriter::open(char bracket) {
    begin_value();
    sink_({&bracket, 1});
    depth_++;
    is_first_ = true;
}

void JsonWriter::close(char bracket) {
    depth_--;
    if (!is_first_) new_line();
    sink_({&bracket, 1});
    is_first_ = false;
}

void JsonWriter::key(Text name) {
    string(name);
    sink_(layout_ == JsonLayout::brief ? ":" : ": ");
    has_key_ = true;
}

void JsonWriter::string(Text text) {
    begin_string();
    piece(text);
    end_string();
}

void JsonWriter::begin_string() {
    begin_value();
    sink_("\"");
}

void JsonWriter::piece(Text text) {
    size_t plain = 0; // where what needs no escape began
    for (size_t at = 0; at < text.size();) {
        Character next = first_character({text.data() + at, text.size() - at});
        bool is_malformed = next.code == 0xfffd && next.size == 1;
        if (is_malformed || needs_escape(next.code)) {
            sink_({text.data() + plain, at - plain});
            if (is_malformed)
                sink_("\xef\xbf\xbd");
            else
                write_escape(sink_, next.code);
            plain = at + next.size;
        }
        at += next.size;
    }
    sink_({text.data() + plain, text.size() - plain});
}

void JsonWriter::end_string() {
    sink_("\"");
}

void JsonWriter::number(uint64_t value) {
    char digits[20];
    size_t at = sizeof(digits);
    do digits[--at] = static_cast<char>('0' + value % 10);
    while (value /= 10);
    begin_value();
    sink_({digits + at, sizeof(digits) - at});
}

void JsonWriter::boolean(bool value) {
    begin_value();
    sink_(value ? "true" : "false");
}

void JsonWriter::member(Text name, Text text) {
    key(name);
    string(text);
}

void JsonWriter::member(Text name, uint64_t value) {
    key(name);
    number(value);
}

void JsonWriter::flag(Text name) {
    key(name);
    boolean(true);
}

void JsonWriter::open(Text name, char bracket) {
    key(name);
    open(bracket);
}

void JsonWriter::members(Text name, Text list, char separator, Text prefix) {
    Items items(list, separator);
    Text item;
    if (!items.next(item)) return;
    open(name, '[');
    do {
        begin_string();
        piece(prefix);
        piece(item);
        end_string();
    } while (items.next(item));
    close(']');
}

void JsonWriter::finish() {
    sink_("\n");
}

} // namespace kindling::options
