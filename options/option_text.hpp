// SPDX-License-Identifier: MIT
//
// Text for people: where it goes, how wide it is, what must not reach a terminal.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace kindling::options {

/// Borrowed text; also ends in a NUL wherever it comes from a record.
class Text {
public:
    constexpr Text() = default;
    /// Null is no bytes, as an empty std::string_view has it.
    constexpr Text(const char* data, size_t size) : data_(data ? data : ""), size_(size) {}
    [[gnu::always_inline]] constexpr Text(const char* text)
        : data_(text), size_(text ? __builtin_strlen(text) : 0) {}

    /// May be null if the text is empty: not for memcpy() and the like.
    constexpr const char* data() const { return data_; }
    constexpr size_t size() const { return size_; }
    constexpr bool is_empty() const { return size_ == 0; }
    constexpr char operator[](size_t i) const { return data_[i]; }

    /// The first bytes, and what stands behind them; `at` is at most the size.
    [[gnu::always_inline]] constexpr Text first(size_t at) const {
        Text result = *this;
        result.size_ = at;
        return result;
    }
    [[gnu::always_inline]] constexpr Text from(size_t at) const {
        Text result = *this;
        result.data_ += at;
        result.size_ -= at;
        return result;
    }

    /// A std::string_view, or whatever else is made of a pointer and a size.
    template <class T>
    requires requires(const char* data, size_t size) { T(data, size).data(); }
    constexpr operator T() const { return T(data_, size_); }

private:
    const char* data_ = nullptr;
    size_t size_ = 0;
};

bool starts_with(Text text, Text prefix);
inline bool equal(Text a, Text b) {
    return a.size() == b.size() && starts_with(a, b);
}

/// Takes text in pieces, so that nothing is formatted in memory. Its function must not throw: the
/// library has no tables for unwinding.
struct Sink {
    void (*write)(void* context, const char* data, size_t size) = nullptr;
    void* context = nullptr;

    void operator()(Text text) const { write(context, text.data(), text.size()); }
};

/// A sink on a file descriptor with a buffer of its own; written out when it goes out of scope.
class FileSink {
public:
    explicit FileSink(int fd) : fd_(fd) {}
    FileSink(const FileSink&) = delete;
    FileSink& operator=(const FileSink&) = delete;
    ~FileSink() { flush(); }

    Sink sink() { return {write_to, this}; }
    void write(Text text) noexcept;
    void flush() noexcept;

    /// errno of the first write that failed, else 0.
    int error() const { return error_; }

private:
    static void write_to(void* context, const char* data, size_t size);

    int fd_;
    int error_ = 0;
    size_t used_ = 0;
    char buffer_[2048];
};

/// One character of UTF-8 text. A byte that does not belong to a well-formed one stands alone, as
/// U+FFFD.
struct Character {
    uint32_t code = 0;
    size_t size = 0; ///< bytes; 0 at the end of the text
};
Character first_character(Text text);

/// Columns that a terminal uses for a character: 0 for what combines with the one before and for
/// controls, 2 for wide ones. Source: Unicode 15, UAX #11, East Asian Width.
unsigned width_of(uint32_t code);
size_t width_of(Text text);

/// The longest start of `text` that fits into `columns`.
Text fit(Text text, size_t columns);

/// Writes text from outside: controls and malformed bytes become \xNN.
[[gnu::cold]] void write_escaped(const Sink& sink, Text text);

/// Writes a message: for each '%' and the letter behind it what `part_of` gives, escaped, or what
/// it writes itself. With a ':' before the letter it gives a message in turn, never null. Messages
/// as data take a third of the space of calls for each of their pieces.
using PartOf = Text (*)(const Sink& sink, char letter, const void* subject);
[[gnu::cold]] void write_message(const Sink& sink, const char* message, PartOf part_of,
                                 const void* subject);

/// The same about some texts: "%a" is the first.
[[gnu::cold]] void write_message(const Sink& sink, const char* message, const Text* texts);

/// The n-th of a row of messages, each with a NUL at its end.
[[gnu::cold, gnu::returns_nonnull]] const char* message_at(const char* messages, unsigned n);

/// Steps from one text to the other: inserted, removed, replaced and swapped characters. A number
/// above `limit` if there are more, or if a text is longer than 80 bytes.
[[gnu::cold]] unsigned edit_distance(Text a, Text b, unsigned limit);

/// $COLUMNS, else the terminal's own answer, else 80.
size_t terminal_columns(int fd);

/// Writes words with single blanks between them, in lines of `columns`; from the second line on
/// behind `indent` blanks. The first line starts behind as many columns, already used. Ends
/// without a line break.
void write_wrapped(const Sink& sink, Text text, size_t indent, size_t columns);

void write_blanks(const Sink& sink, size_t count);

} // namespace kindling::options
