// SPDX-License-Identifier: MIT
#include "options/option_json.hpp"

#include "options/option_table.hpp"

namespace kindling::options {
namespace {

/// Quotes, and what terminals take for commands.
bool needs_escape(uint32_t code) {
    return code < 0x20 || code == '"' || code == '\\' || (code >= 0x7f && code < 0xa0);
}

void write_escape(Sink sink, uint32_t code) {
    constexpr const char* digits = "0123456789abcdef";
    char escape[] = {'\\', 'u', '0', '0', digits[code >> 4 & 15], digits[code & 15]};
    size_t size = 2;
    switch (code) {
    case '"':
    case '\\':
        escape[1] = static_cast<char>(code);
        break;
    case '\n':
        escape[1] = 'n';
        break;
    case '\t':
        escape[1] = 't';
        break;
    default:
        size = sizeof(escape);
    }
    sink({escape, size});
}

bool is_in_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
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

void JsonWriter::write(const char* pattern, Text first, Text second) {
    bool is_quoted = false;
    while (char c = *pattern++) {
        if (c == '\'') {
            if (!is_quoted) begin_value();
            sink_("\"");
            is_quoted = !is_quoted;
        } else if (c == '%') {
            is_quoted ? piece(first) : string(first);
            first = second;
        } else if (is_quoted) {
            sink_({&c, 1});
        } else if (c == '{' || c == '[') {
            open(c);
        } else if (c == '}' || c == ']') {
            close(c);
        } else if (c == '!') {
            begin_value();
            sink_("true");
        } else if (c != ',') {
            const char* word = pattern - 1;
            while (is_in_word(*pattern)) pattern++;
            Text text(word, static_cast<size_t>(pattern - word));
            *pattern == ':' ? key(text) : string(text);
            pattern += *pattern == ':';
        }
    }
}

void JsonWriter::write(const char* pattern, Text text) {
    write(pattern, text, {});
}

void JsonWriter::write(const char* pattern) {
    write(pattern, {});
}

void JsonWriter::string(Text text) {
    begin_value();
    sink_("\"");
    piece(text);
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

void JsonWriter::text(const char* name, Text text) {
    if (text.is_empty()) return;
    key(name);
    string(text);
}

void JsonWriter::flag(const char* name, bool value) {
    if (!value) return;
    key(name);
    write("!");
}

void JsonWriter::number(const char* name, uint64_t value) {
    char digits[20];
    size_t at = sizeof(digits);
    do digits[--at] = static_cast<char>('0' + value % 10);
    while (value /= 10);
    key(name);
    begin_value();
    sink_({digits + at, sizeof(digits) - at});
}

void JsonWriter::list(const char* name, Text list, char separator) {
    Items items(list, separator);
    Text item;
    if (!items.next(item)) return;
    key(name);
    open('[');
    do string(item);
    while (items.next(item));
    close(']');
}

} // namespace kindling::options
