// SPDX-License-Identifier: MIT
#include "options/option_text.hpp"
#include "tests/catch.hpp"
#include "tests/options/command_line.hpp"

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <random>
#include <string_view>
#include <unistd.h>

using namespace kindling::options;

namespace {

std::string escaped(std::string_view text) {
    TextSink sink;
    write_escaped(sink.sink(), {text.data(), text.size()});
    return sink.text();
}

std::string wrapped(const char* text, size_t indent, size_t columns) {
    TextSink sink;
    write_wrapped(sink.sink(), text, indent, columns);
    return sink.text();
}

std::string to_string(Text text) {
    return {text.data(), text.size()};
}

/// The textbook's recursion: slow, and plainly the definition.
unsigned distance_by_definition(std::string_view a, std::string_view b) {
    if (a.empty() || b.empty()) return static_cast<unsigned>(a.size() + b.size());
    std::string_view a1 = a.substr(1), b1 = b.substr(1);
    unsigned best = distance_by_definition(a1, b1) + (a[0] != b[0]);
    best = std::min(best, distance_by_definition(a1, b) + 1);
    best = std::min(best, distance_by_definition(a, b1) + 1);
    if (!a1.empty() && !b1.empty() && a[0] == b1[0] && a1[0] == b[0])
        best = std::min(best, distance_by_definition(a1.substr(1), b1.substr(1)) + 1);
    return best;
}

/// A variable of the environment for a while.
class Environment {
public:
    Environment(const char* name, const char* value) : name_(name) {
        if (const char* old = getenv(name)) old_ = old;
        value ? setenv(name, value, 1) : unsetenv(name);
    }
    ~Environment() { old_.empty() ? unsetenv(name_) : setenv(name_, old_.c_str(), 1); }

private:
    const char* name_;
    std::string old_;
};

} // namespace

TEST_CASE("a text is its characters and their number", "[options][text]") {
    CHECK(Text().is_empty());
    CHECK(Text("").is_empty());
    CHECK(Text(static_cast<const char*>(nullptr)).is_empty());
    CHECK(Text("abc").size() == 3);
    CHECK(equal("abc", Text("abcd", 3)));
    CHECK_FALSE(equal("abc", "abd"));
    CHECK_FALSE(equal("abc", "ab"));
    CHECK(equal("", Text()));
    CHECK(starts_with("abc", "ab"));
    CHECK(starts_with("abc", ""));
    CHECK_FALSE(starts_with("ab", "abc"));
    CHECK(std::string_view(Text("abc")) == "abc");
}

TEST_CASE("a text of no bytes may be null", "[options][text]") {
    Text null(nullptr, 0);
    CHECK(null.is_empty());
    CHECK(null.data() != nullptr);
    CHECK(equal(null, ""));
    CHECK(starts_with("x", null));
    CHECK(equal(Text(static_cast<const char*>(nullptr)), null));
    CHECK(edit_distance(null, "ab", 3) == 2);
    CHECK(first_character(null).size == 0);
    CHECK(width_of(null) == 0);
}

TEST_CASE("a character of any size is read, and what is none stands alone", "[options][text]") {
    auto [text, code, size] = GENERATE(table<std::string, uint32_t, size_t>({
        {"", 0, 0},
        {"a", 'a', 1},
        {std::string("\0", 1), 0, 1},
        {"\x7f", 0x7f, 1},
        {"\xc2\x80", 0x80, 2},
        {"\xdf\xbf", 0x7ff, 2},
        {"\xe0\xa0\x80", 0x800, 3},
        {"\xed\x9f\xbf", 0xd7ff, 3},
        {"\xee\x80\x80", 0xe000, 3},
        {"\xef\xbf\xbf", 0xffff, 3},
        {"\xf0\x90\x80\x80", 0x10000, 4},
        {"\xf4\x8f\xbf\xbf", 0x10ffff, 4},
        {"\x80", 0xfffd, 1},
        {"\xc0\xaf", 0xfffd, 1},
        {"\xc3", 0xfffd, 1},
        {"\xe0\x9f\xbf", 0xfffd, 1},
        {"\xe2\x82", 0xfffd, 1},
        {"\xe2\x82z", 0xfffd, 1},
        {"\xed\xa0\x80", 0xfffd, 1},
        {"\xed\xbf\xbf", 0xfffd, 1},
        {"\xf0\x8f\xbf\xbf", 0xfffd, 1},
        {"\xf4\x90\x80\x80", 0xfffd, 1},
        {"\xf5\x80\x80\x80", 0xfffd, 1},
        {"\xff", 0xfffd, 1},
    }));
    Character first = first_character({text.data(), text.size()});
    CHECK(first.code == code);
    CHECK(first.size == size);
    if (size == 0) return;
    std::string longer = text + "more";
    if (code != 0xfffd) CHECK(first_character({longer.data(), longer.size()}).size == size);
}

TEST_CASE("width is counted in columns, not bytes", "[options][text]") {
    CHECK(width_of(Text("")) == 0);
    CHECK(width_of(Text("abc")) == 3);
    CHECK(width_of(Text("f\xc3\xbcr")) == 3);
    CHECK(width_of(Text("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e")) == 6); // 日本語
    CHECK(width_of(Text("\xed\x95\x9c\xea\xb8\x80")) == 4);             // 한글
    CHECK(width_of(Text("\xef\xbc\xa1")) == 2);                         // full-width A
    CHECK(width_of(Text("\xef\xbd\xb1")) == 1);                         // half-width ｱ
    CHECK(width_of(Text("e\xcc\x81")) == 1);                            // e and an acute accent
    CHECK(width_of(Text("\xf0\x9f\x98\x80")) == 2);                     // an emoji
    CHECK(width_of(Text("\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd")) == 2);     // with its colour
    CHECK(width_of(Text("\xe2\x80\xa6")) == 1);                         // …
    CHECK(width_of(Text("a\xe2\x80\x8b"
                        "b")) == 2); // zero width space
    CHECK(width_of(Text("\x1b[0m")) == 3);
    CHECK(width_of(Text("\xff\xfe")) == 2); // malformed bytes are shown as something
}

TEST_CASE("the width of single characters is that of the standard", "[options][text]") {
    auto [code, width] = GENERATE(table<uint32_t, unsigned>({
        {0, 0},        {0x1f, 0},    {0x20, 1},    {0x7e, 1},    {0x7f, 0},    {0x9f, 0},
        {0xa0, 1},     {0xad, 1},    {0x2ff, 1},   {0x300, 0},   {0x36f, 0},   {0x370, 1},
        {0x0a3e, 1},   {0x0a41, 0},  {0x10ff, 1},  {0x1100, 2},  {0x115f, 2},  {0x1160, 0},
        {0x11ff, 0},   {0x200b, 0},  {0x200d, 0},  {0x2013, 1},  {0x2329, 2},  {0x2e80, 2},
        {0x303e, 2},   {0x303f, 1},  {0x4dbf, 2},  {0x4dc0, 1},  {0x4e00, 2},  {0x9fff, 2},
        {0xabff, 1},   {0xac00, 2},  {0xd7a3, 2},  {0xd7b0, 0},  {0xe000, 1},  {0xfe0f, 0},
        {0xfeff, 0},   {0xff01, 2},  {0xff60, 2},  {0xff61, 1},  {0xfffd, 1},  {0x1f300, 2},
        {0x1f3fb, 0},  {0x1f600, 2}, {0x1fbff, 1}, {0x20000, 2}, {0x3fffd, 2}, {0xe0100, 0},
        {0x10fffd, 1},
    }));
    CAPTURE(code);
    CHECK(width_of(code) == width);
}

TEST_CASE("no character is wider than two columns", "[options][text]") {
    for (uint32_t code = 0; code <= 0x110000; code++)
        if (width_of(code) > 2) FAIL("wrong for " << code);
}

TEST_CASE("text is cut between characters where it stops fitting", "[options][text]") {
    CHECK(to_string(fit("abc", 3)) == "abc");
    CHECK(to_string(fit("abc", 2)) == "ab");
    CHECK(fit("abc", 0).is_empty());
    CHECK(to_string(fit("\xe6\x97\xa5\xe6\x9c\xac", 3)) == "\xe6\x97\xa5");
    CHECK(fit("\xe6\x97\xa5", 1).is_empty());
    CHECK(to_string(fit("e\xcc\x81x", 1)) == "e\xcc\x81");
}

TEST_CASE("controls and malformed bytes are escaped, other text is not", "[options][text]") {
    CHECK(escaped("plain 'text' \"here\" \\") == "plain 'text' \"here\" \\");
    CHECK(escaped("a\nb\tc\x1b[2J\x7f") == "a\\x0ab\\x09c\\x1b[2J\\x7f");
    CHECK(escaped(std::string_view("\0", 1)) == "\\x00");
    CHECK(escaped("f\xc3\xbcr") == "f\xc3\xbcr");
    CHECK(escaped("\xc2\x9b") == "\\xc2\\x9b"); // a control of two bytes
    CHECK(escaped("\xc3(") == "\\xc3(");
    CHECK(escaped("\xff\xfe") == "\\xff\\xfe");
    CHECK(escaped("\xed\xa0\x80") == "\\xed\\xa0\\x80");
    CHECK(escaped("\xef\xbf\xbd") == "\xef\xbf\xbd"); // a genuine U+FFFD
}

TEST_CASE("the distance of words counts typing mistakes", "[options][text]") {
    auto [a, b, distance] = GENERATE(table<const char*, const char*, unsigned>({
        {"", "", 0},
        {"", "ab", 2},
        {"list", "list", 0},
        {"list", "lisst", 1},
        {"list", "lst", 1},
        {"list", "lost", 1},
        {"list", "lsit", 1},
        {"ab", "ba", 1},
        {"install", "instal", 1},
        {"kitten", "sitting", 3},
        {"abcd", "badc", 2},
    }));
    CAPTURE(a, b);
    CHECK(edit_distance(a, b, 9) == distance);
    CHECK(edit_distance(b, a, 9) == distance);
    CHECK(edit_distance(a, b, distance) == distance);
    if (distance > 0) CHECK(edit_distance(a, b, distance - 1) > distance - 1);
}

TEST_CASE("the distance is the definition's for random words", "[options][text]") {
    std::mt19937 random(5);
    auto word = [&] {
        std::string text(random() % 7, 0);
        for (char& c : text) c = static_cast<char>('a' + random() % 3);
        return text;
    };
    for (int i = 0; i < 2000; i++) {
        std::string a = word(), b = word();
        unsigned expected = distance_by_definition(a, b);
        unsigned found = edit_distance(a.c_str(), b.c_str(), 7);
        if (found != expected) FAIL(a << " and " << b << ": " << found << ", not " << expected);
    }
}

TEST_CASE("words that are too long are not compared", "[options][text]") {
    std::string longest(80, 'x'), longer(81, 'x');
    CHECK(edit_distance(longest.c_str(), longest.c_str(), 2) == 0);
    CHECK(edit_distance(longer.c_str(), longer.c_str(), 2) == 3);
    CHECK(edit_distance("", longest.c_str(), 2) == 3);
}

TEST_CASE("text is filled into lines at blanks", "[options][text]") {
    CHECK(wrapped("", 4, 20).empty());
    CHECK(wrapped("  \n\t ", 4, 20).empty());
    CHECK(wrapped("one two", 0, 7) == "one two");
    CHECK(wrapped("one two", 0, 6) == "one\ntwo");
    CHECK(wrapped("  one \n\t two  ", 0, 80) == "one two");
    CHECK(wrapped("one two three four", 2, 10) == "one two\n  three\n  four");
    CHECK(wrapped("a verylongwordindeed b", 2, 10) == "a\n  verylongwordindeed\n  b");
    CHECK(wrapped("one two", 40, 10) == "one\n" + std::string(40, ' ') + "two");
    CHECK(wrapped("\xe6\x97\xa5 \xe6\x9c\xac \xe8\xaa\x9e", 0, 5) ==
          "\xe6\x97\xa5 \xe6\x9c\xac\n\xe8\xaa\x9e");
    CHECK(wrapped("\xcc\x81 a", 0, 5) == "\xcc\x81 a"); // a word without width is one
}

TEST_CASE("no wrapped line is too wide or could have taken the next word", "[options][text]") {
    const char* text =
        "The quick brown fox jumps over the lazy dog and then some more words follow";
    for (size_t columns = 6; columns < 90; columns++) {
        std::string lines = wrapped(text, 0, columns) + "\n";
        std::string joined;
        for (size_t at = 0; at < lines.size();) {
            size_t end = lines.find('\n', at);
            CHECK(end - at <= columns);
            size_t next_end = lines.find_first_of(" \n", end + 1);
            if (next_end != std::string::npos) CHECK(end - at + next_end - end > columns);
            joined += lines.substr(at, end - at) + " ";
            at = end + 1;
        }
        CHECK(joined == std::string(text) + " ");
    }
}

TEST_CASE("blanks come in any number", "[options][text]") {
    for (size_t count : {0, 1, 31, 32, 33, 64, 100}) {
        TextSink sink;
        write_blanks(sink.sink(), count);
        CHECK(sink.text() == std::string(count, ' '));
    }
}

TEST_CASE("the terminal's columns are taken from the environment first", "[options][text]") {
    int null = open("/dev/null", O_RDONLY);
    REQUIRE(null >= 0);
    auto [columns, expected] = GENERATE(table<const char*, size_t>({
        {nullptr, 80},
        {"132", 132},
        {"1", 1},
        {"", 80},
        {"0", 80},
        {"-5", 80},
        {"80x", 80},
        {"10000", 80},
        {"9999", 9999},
        {"99999999999999999999999", 80},
    }));
    Environment environment("COLUMNS", columns);
    CHECK(terminal_columns(null) == expected);
    close(null);
}

TEST_CASE("a file sink writes everything, in pieces larger than its buffer", "[options][text]") {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    std::string text;
    for (int i = 0; text.size() < 10'000; i++) text += std::to_string(i);
    {
        FileSink sink(ends[1]);
        sink.write({text.data(), 2047});
        sink.write({text.data() + 2047, 1});
        sink.write({text.data() + 2048, text.size() - 2048});
        CHECK(sink.error() == 0);
    }
    close(ends[1]);
    std::string found(20'000, 0);
    size_t size = 0;
    for (ssize_t got; (got = read(ends[0], found.data() + size, found.size() - size)) > 0;)
        size += static_cast<size_t>(got);
    close(ends[0]);
    found.resize(size);
    CHECK(found == text);
}

TEST_CASE("a file sink keeps the first error and goes on without writing", "[options][text]") {
    int full = open("/dev/full", O_WRONLY);
    REQUIRE(full >= 0);
    FileSink sink(full);
    sink.write("text");
    CHECK(sink.error() == 0);
    sink.flush();
    CHECK(sink.error() == ENOSPC);
    close(full);
    sink.write(Text(std::string(5000, 'x').c_str()));
    sink.flush();
    CHECK(sink.error() == ENOSPC);
}
