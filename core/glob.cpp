// SPDX-License-Identifier: MIT
#include "core/glob.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <optional>

namespace kindling::bls {

namespace {

/// The size of the character at `at`: one byte, and as many UTF-8 continuations as it announces and
/// has. Any bytes will do, so that a name in no encoding can be matched too.
std::size_t character_size(std::string_view text, std::size_t at) {
    auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    std::size_t announced = byte(at) >= 0xf0 ? 4 : byte(at) >= 0xe0 ? 3 : byte(at) >= 0xc0 ? 2 : 1;
    std::size_t end = at + 1, end_max = std::min(at + announced, text.size());
    while (end < end_max && (byte(end) & 0xc0) == 0x80) end++;
    return end - at;
}

std::string_view character_at(std::string_view text, std::size_t at) {
    return text.substr(at, character_size(text, at));
}

/// The order of characters, without the case of ASCII. That of UTF-8 bytes is the same.
bool is_lower(std::string_view a, std::string_view b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return static_cast<unsigned char>(to_lower(x)) < static_cast<unsigned char>(to_lower(y));
    });
}

/// What a pattern has at one place, other than '*'.
struct Element {
    std::size_t size_bytes; ///< in the pattern
    bool fits;              ///< the character in question
};

/// Reads a set member by member.
class SetReader {
public:
    SetReader(std::string_view pattern, std::size_t at) : pattern_(pattern), at_(at) {}

    bool at_end() const { return at_ >= pattern_.size(); }
    bool is_at(char c) const { return !at_end() && pattern_[at_] == c; }
    std::size_t at() const { return at_; }
    void skip() { at_++; }

    /// The next character as it is, without a '\' before it; empty at the end.
    std::string_view take() {
        if (is_at('\\')) skip();
        if (at_end()) return {};
        std::string_view c = character_at(pattern_, at_);
        at_ += c.size();
        return c;
    }

    /// True at a '-' with something behind it that is not the end of the set.
    bool is_at_range() const {
        return is_at('-') && at_ + 1 < pattern_.size() && pattern_[at_ + 1] != ']';
    }

private:
    std::string_view pattern_;
    std::size_t at_;
};

/// Reads the set that starts at `at` with '['; nothing if it has no end.
std::optional<Element> read_set(std::string_view pattern, std::size_t at, std::string_view c) {
    SetReader reader(pattern, at + 1);
    bool fits = false;
    for (bool first = true; !reader.at_end(); first = false) {
        if (reader.is_at(']') && !first) return Element{reader.at() + 1 - at, fits};
        std::string_view low = reader.take(), high = low;
        if (reader.is_at_range()) {
            reader.skip();
            high = reader.take();
        }
        fits = fits || (!is_lower(c, low) && !is_lower(high, c));
    }
    return std::nullopt;
}

/// Looks at one pattern in many places.
class Pattern {
public:
    explicit Pattern(std::string_view text) : text_(text) {}

    std::size_t size() const { return text_.size(); }
    bool is_star(std::size_t at) const { return at < text_.size() && text_[at] == '*'; }

    /// The element at `at`, compared with the character `c`.
    Element element(std::size_t at, std::string_view c) {
        if (text_[at] == '?') return {1, true};
        if (text_[at] == '[' && at < endless_from_) {
            if (auto set = read_set(text_, at, c)) return *set;
            endless_from_ = at;
        }
        bool is_escape = text_[at] == '\\';
        if (is_escape && at + 1 == text_.size()) return {1, false};
        std::string_view literal = character_at(text_, at + is_escape);
        return {literal.size() + is_escape, equals_ignoring_case(literal, c)};
    }

private:
    std::string_view text_;
    /// From here on no set has an end. Looking for it once is enough to stay linear.
    std::size_t endless_from_ = pattern_size_max;
};

} // namespace

bool matches(std::string_view pattern_text, std::string_view text) {
    if (pattern_text.size() > pattern_size_max) return false;
    Pattern pattern(pattern_text);
    std::size_t at = 0, in_text = 0;
    // Where to go on when something does not fit: the last star takes one character more. An
    // earlier star never has to, as all it could win is a later place for what has been found.
    std::optional<std::size_t> behind_star;
    std::size_t star_end = 0;
    while (true) {
        if (pattern.is_star(at)) {
            behind_star = ++at;
            star_end = in_text;
            continue;
        }
        if (at == pattern.size() && in_text == text.size()) return true;
        if (at < pattern.size() && in_text < text.size()) {
            std::string_view c = character_at(text, in_text);
            Element element = pattern.element(at, c);
            if (element.fits) {
                at += element.size_bytes;
                in_text += c.size();
                continue;
            }
        }
        if (!behind_star || star_end == text.size()) return false;
        star_end += character_size(text, star_end);
        at = *behind_star;
        in_text = star_end;
    }
}

} // namespace kindling::bls
