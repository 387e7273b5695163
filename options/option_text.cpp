// SPDX-License-Identifier: MIT
#include "options/option_text.hpp"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace kindling::options {
namespace {

constexpr size_t distance_size_max = 80;

unsigned char byte_at(Text text, size_t i) {
    return static_cast<unsigned char>(text[i]);
}

unsigned least(unsigned a, unsigned b) {
    return a < b ? a : b;
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n';
}

} // namespace

// Byte by byte, which is little code: what is written is for a person.
void FileSink::write(Text text) noexcept {
    for (size_t i = 0; i < text.size(); i++) {
        if (used_ == sizeof(buffer_)) flush();
        buffer_[used_++] = text[i];
    }
}

void FileSink::write_to(void* context, const char* data, size_t size) {
    static_cast<FileSink*>(context)->write({data, size});
}

void FileSink::flush() noexcept {
    for (size_t at = 0; at < used_ && !error_;) {
        ssize_t written = ::write(fd_, buffer_ + at, used_ - at);
        if (written >= 0)
            at += static_cast<size_t>(written);
        else if (errno != EINTR)
            error_ = errno;
    }
    used_ = 0;
}

Character first_character(Text text) {
    constexpr Character malformed{0xfffd, 1};
    if (text.is_empty()) return {};
    unsigned char lead = byte_at(text, 0);
    if (lead < 0x80) return {lead, 1};
    size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return malformed;
    uint32_t code = lead & (0xffu >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if ((byte_at(text, i) & 0xc0) != 0x80) return malformed;
        code = code << 6 | (byte_at(text, i) & 0x3fu);
    }
    bool is_overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
    if (is_overlong || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return malformed;
    return {code, size};
}

size_t width_of(Text text) {
    size_t width = 0;
    for (size_t at = 0; at < text.size();) {
        Character next = first_character(text.from(at));
        width += width_of(next.code);
        at += next.size;
    }
    return width;
}

Text fit(Text text, size_t columns) {
    size_t width = 0;
    for (size_t at = 0; at < text.size();) {
        Character next = first_character(text.from(at));
        width += width_of(next.code);
        if (width > columns) return text.first(at);
        at += next.size;
    }
    return text;
}

void write_escaped(const Sink& sink, Text text) {
    constexpr const char* digits = "0123456789abcdef";
    while (!text.is_empty()) {
        Character next = first_character(text);
        // One byte above all of ASCII is malformed.
        if (next.code < 0x20 || (next.code >= 0x7f && (next.code < 0xa0 || next.size == 1))) {
            for (size_t i = 0; i < next.size; i++) {
                unsigned char each = byte_at(text, i);
                char escape[] = {'\\', 'x', digits[each >> 4], digits[each & 15]};
                sink({escape, sizeof(escape)});
            }
        } else {
            sink(text.first(next.size));
        }
        text = text.from(next.size);
    }
}

void write_message(const Sink& sink, const char* message, PartOf part_of, const void* subject) {
    for (;;) {
        const char* end = strchrnul(message, '%');
        sink({message, static_cast<size_t>(end - message)});
        if (!*end) return;
        bool is_message = end[1] == ':';
        end += is_message;
        Text part = part_of(sink, end[1], subject);
        if (is_message)
            write_message(sink, part.data(), part_of, subject);
        else
            write_escaped(sink, part);
        message = end + 2;
    }
}

void write_message(const Sink& sink, const char* message, const Text* texts) {
    auto part_of = [](const Sink&, char letter, const void* of) {
        return static_cast<const Text*>(of)[letter - 'a'];
    };
    write_message(sink, message, part_of, texts);
}

const char* message_at(const char* messages, unsigned n) {
    for (; n; n--) messages += strlen(messages) + 1;
    return messages;
}

unsigned edit_distance(Text a, Text b, unsigned limit) {
    size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
    if (a.size() > distance_size_max || b.size() > distance_size_max || difference > limit)
        return limit + 1;
    // Each row has the distances of one start of `a` to all starts of `b`.
    constexpr size_t row = distance_size_max + 1;
    uint8_t distances[row * row];
    uint8_t* last = distances;
    for (size_t i = 0; i <= a.size(); i++) {
        uint8_t* at = distances + i * row;
        for (size_t j = 0; j <= b.size(); j++, at++) {
            unsigned best = static_cast<unsigned>(i + j);
            if (i && j) {
                best = least(at[-1], *(at - row)) + 1;
                best = least(best, *(at - row - 1) + (a[i - 1] != b[j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    best = least(best, *(at - 2 * row - 2) + 1u);
            }
            *at = static_cast<uint8_t>(best);
            last = at;
        }
    }
    return *last;
}

size_t terminal_columns(int fd) {
    if (const char* text = getenv("COLUMNS")) {
        char* end = nullptr;
        unsigned long columns = strtoul(text, &end, 10);
        if (end != text && *end == 0 && columns > 0 && columns < 10000) return columns;
    }
    winsize size{};
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 80;
}

void write_blanks(const Sink& sink, size_t count) {
    constexpr Text blanks = "                                ";
    for (; count > blanks.size(); count -= blanks.size()) sink(blanks);
    sink(blanks.first(count));
}

void write_wrapped(const Sink& sink, Text text, size_t indent, size_t columns) {
    size_t column = indent;
    bool starts_line = true;
    for (size_t at = 0; at < text.size();) {
        if (is_space(text[at])) {
            at++;
            continue;
        }
        size_t end = at;
        while (end < text.size() && !is_space(text[end])) end++;
        Text word = text.first(end).from(at);
        size_t width = width_of(word);
        if (!starts_line && column + 1 + width > columns) {
            sink("\n");
            write_blanks(sink, indent);
            column = indent;
            starts_line = true;
        }
        if (!starts_line) sink(" ");
        sink(word);
        column += width + !starts_line;
        starts_line = false;
        at = end;
    }
}

} // namespace kindling::options
