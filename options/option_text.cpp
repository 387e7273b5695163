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

struct Range {
    uint32_t first, last;
};

// What takes no column of its own: combining marks, joiners, variation selectors.
constexpr Range narrow[] = {
    {0x0300, 0x036f},   {0x0483, 0x0489},   {0x0591, 0x05bd},   {0x05bf, 0x05bf},
    {0x05c1, 0x05c2},   {0x05c4, 0x05c5},   {0x05c7, 0x05c7},   {0x0610, 0x061a},
    {0x064b, 0x065f},   {0x0670, 0x0670},   {0x06d6, 0x06dc},   {0x06df, 0x06e4},
    {0x06e7, 0x06e8},   {0x06ea, 0x06ed},   {0x0711, 0x0711},   {0x0730, 0x074a},
    {0x07a6, 0x07b0},   {0x07eb, 0x07f3},   {0x0816, 0x082d},   {0x0859, 0x085b},
    {0x08d3, 0x0902},   {0x093a, 0x093a},   {0x093c, 0x093c},   {0x0941, 0x0948},
    {0x094d, 0x094d},   {0x0951, 0x0957},   {0x0962, 0x0963},   {0x0981, 0x0981},
    {0x09bc, 0x09bc},   {0x09c1, 0x09c4},   {0x09cd, 0x09cd},   {0x0a01, 0x0a02},
    {0x0a3c, 0x0a51},   {0x0a70, 0x0a71},   {0x0a81, 0x0a82},   {0x0abc, 0x0abc},
    {0x0ac1, 0x0acd},   {0x0b01, 0x0b01},   {0x0b3c, 0x0b3c},   {0x0b41, 0x0b4d},
    {0x0bc0, 0x0bc0},   {0x0bcd, 0x0bcd},   {0x0c3e, 0x0c40},   {0x0c46, 0x0c56},
    {0x0cbc, 0x0cbc},   {0x0ccc, 0x0ccd},   {0x0d41, 0x0d4d},   {0x0dca, 0x0dd6},
    {0x0e31, 0x0e31},   {0x0e34, 0x0e3a},   {0x0e47, 0x0e4e},   {0x0eb1, 0x0eb1},
    {0x0eb4, 0x0ebc},   {0x0ec8, 0x0ecd},   {0x0f18, 0x0f19},   {0x0f35, 0x0f39},
    {0x0f71, 0x0f84},   {0x0f86, 0x0fbc},   {0x102d, 0x1030},   {0x1032, 0x103a},
    {0x1058, 0x1059},   {0x1160, 0x11ff},   {0x135d, 0x135f},   {0x1712, 0x1714},
    {0x17b4, 0x17bd},   {0x17c6, 0x17d3},   {0x180b, 0x180f},   {0x1920, 0x1928},
    {0x1ab0, 0x1aff},   {0x1dc0, 0x1dff},   {0x200b, 0x200f},   {0x202a, 0x202e},
    {0x2060, 0x206f},   {0x20d0, 0x20f0},   {0x2cef, 0x2cf1},   {0x2de0, 0x2dff},
    {0x302a, 0x302d},   {0x3099, 0x309a},   {0xa66f, 0xa67d},   {0xa69e, 0xa69f},
    {0xa6f0, 0xa6f1},   {0xa802, 0xa802},   {0xa806, 0xa806},   {0xa825, 0xa826},
    {0xa8c4, 0xa8f1},   {0xfb1e, 0xfb1e},   {0xfe00, 0xfe0f},   {0xfe20, 0xfe2f},
    {0xfeff, 0xfeff},   {0xfff9, 0xfffb},   {0x1d165, 0x1d169}, {0x1f3fb, 0x1f3ff},
    {0xe0001, 0xe007f}, {0xe0100, 0xe01ef},
};

// What takes two.
constexpr Range wide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},
    {0x23f0, 0x23f0},   {0x23f3, 0x23f3},   {0x25fd, 0x25fe},   {0x2614, 0x2615},
    {0x2648, 0x2653},   {0x267f, 0x267f},   {0x2693, 0x2693},   {0x26a1, 0x26a1},
    {0x26aa, 0x26ab},   {0x26bd, 0x26be},   {0x26c4, 0x26c5},   {0x26ce, 0x26ce},
    {0x26d4, 0x26d4},   {0x26ea, 0x26ea},   {0x26f2, 0x26f3},   {0x26f5, 0x26f5},
    {0x26fa, 0x26fa},   {0x26fd, 0x26fd},   {0x2705, 0x2705},   {0x270a, 0x270b},
    {0x2728, 0x2728},   {0x274c, 0x274c},   {0x274e, 0x274e},   {0x2753, 0x2755},
    {0x2757, 0x2757},   {0x2795, 0x2797},   {0x27b0, 0x27b0},   {0x27bf, 0x27bf},
    {0x2b1b, 0x2b1c},   {0x2b50, 0x2b50},   {0x2b55, 0x2b55},   {0x2e80, 0x303e},
    {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0xa4c6},   {0xa960, 0xa97c},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe10, 0xfe19},   {0xfe30, 0xfe6b},
    {0xff01, 0xff60},   {0xffe0, 0xffe6},   {0x16fe0, 0x18aff}, {0x1b000, 0x1b2fb},
    {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a},
    {0x1f200, 0x1f320}, {0x1f32d, 0x1f335}, {0x1f337, 0x1f37c}, {0x1f37e, 0x1f393},
    {0x1f3a0, 0x1f3ca}, {0x1f3cf, 0x1f3d3}, {0x1f3e0, 0x1f3f0}, {0x1f3f4, 0x1f3f4},
    {0x1f3f8, 0x1f43e}, {0x1f440, 0x1f440}, {0x1f442, 0x1f4fc}, {0x1f4ff, 0x1f53d},
    {0x1f54b, 0x1f54e}, {0x1f550, 0x1f567}, {0x1f57a, 0x1f57a}, {0x1f595, 0x1f596},
    {0x1f5a4, 0x1f5a4}, {0x1f5fb, 0x1f64f}, {0x1f680, 0x1f6c5}, {0x1f6cc, 0x1f6cc},
    {0x1f6d0, 0x1f6d2}, {0x1f6d5, 0x1f6d7}, {0x1f6dc, 0x1f6df}, {0x1f6eb, 0x1f6ec},
    {0x1f6f4, 0x1f6fc}, {0x1f7e0, 0x1f7f0}, {0x1f90c, 0x1f93a}, {0x1f93c, 0x1f945},
    {0x1f947, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd},
};

template <size_t N>
bool contains(const Range (&ranges)[N], uint32_t code) {
    size_t first = 0, end = N;
    while (first < end) {
        size_t middle = (first + end) / 2;
        if (code > ranges[middle].last)
            first = middle + 1;
        else
            end = middle;
    }
    return first < N && code >= ranges[first].first;
}

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

bool equal(Text a, Text b) {
    return a.size() == b.size() && memcmp(a.data(), b.data(), a.size()) == 0;
}

bool starts_with(Text text, Text prefix) {
    return text.size() >= prefix.size() && memcmp(text.data(), prefix.data(), prefix.size()) == 0;
}

void FileSink::write(Text text) {
    for (size_t at = 0; at < text.size();) {
        if (used_ == sizeof(buffer_)) flush();
        size_t piece = text.size() - at;
        if (piece > sizeof(buffer_) - used_) piece = sizeof(buffer_) - used_;
        memcpy(buffer_ + used_, text.data() + at, piece);
        used_ += piece;
        at += piece;
    }
}

void FileSink::flush() {
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

unsigned width_of(uint32_t code) {
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0;
    if (code < 0x300) return 1;
    if (contains(narrow, code)) return 0;
    return contains(wide, code) ? 2 : 1;
}

size_t width_of(Text text) {
    size_t width = 0;
    for (size_t at = 0; at < text.size();) {
        Character next = first_character({text.data() + at, text.size() - at});
        width += width_of(next.code);
        at += next.size;
    }
    return width;
}

Text fit(Text text, size_t columns) {
    size_t width = 0;
    for (size_t at = 0; at < text.size();) {
        Character next = first_character({text.data() + at, text.size() - at});
        width += width_of(next.code);
        if (width > columns) return {text.data(), at};
        at += next.size;
    }
    return text;
}

void write_escaped(Sink sink, Text text) {
    constexpr const char* digits = "0123456789abcdef";
    for (size_t at = 0; at < text.size();) {
        Text rest(text.data() + at, text.size() - at);
        Character next = first_character(rest);
        unsigned char byte = byte_at(rest, 0);
        bool is_malformed = next.size == 1 && byte >= 0x80;
        if (next.code < 0x20 || (next.code >= 0x7f && next.code < 0xa0) || is_malformed) {
            for (size_t i = 0; i < next.size; i++) {
                unsigned char each = byte_at(rest, i);
                char escape[] = {'\\', 'x', digits[each >> 4], digits[each & 15]};
                sink({escape, sizeof(escape)});
            }
        } else {
            sink({rest.data(), next.size});
        }
        at += next.size;
    }
}

unsigned edit_distance(Text a, Text b, unsigned limit) {
    size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
    if (a.size() > distance_size_max || b.size() > distance_size_max || difference > limit)
        return limit + 1;
    unsigned rows[3][distance_size_max + 1];
    for (size_t j = 0; j <= b.size(); j++) rows[0][j] = static_cast<unsigned>(j);
    for (size_t i = 1; i <= a.size(); i++) {
        unsigned* now = rows[i % 3];
        unsigned* before = rows[(i + 2) % 3];
        unsigned* earlier = rows[(i + 1) % 3];
        now[0] = static_cast<unsigned>(i);
        for (size_t j = 1; j <= b.size(); j++) {
            unsigned replaced = before[j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = least(replaced, least(before[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], earlier[j - 2] + 1);
        }
    }
    return rows[a.size() % 3][b.size()];
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

void write_blanks(Sink sink, size_t count) {
    constexpr Text blanks = "                                ";
    for (; count > blanks.size(); count -= blanks.size()) sink(blanks);
    sink({blanks.data(), count});
}

void write_wrapped(Sink sink, Text text, size_t indent, size_t columns) {
    size_t column = indent;
    for (size_t at = 0; at < text.size();) {
        if (is_space(text[at])) {
            at++;
            continue;
        }
        size_t end = at;
        while (end < text.size() && !is_space(text[end])) end++;
        Text word(text.data() + at, end - at);
        size_t width = width_of(word);
        bool starts_line = column == indent;
        if (!starts_line && column + 1 + width > columns) {
            sink("\n");
            write_blanks(sink, indent);
            column = indent;
            starts_line = true;
        }
        if (!starts_line) sink(" ");
        sink(word);
        column += width + !starts_line;
        at = end;
    }
}

} // namespace kindling::options
