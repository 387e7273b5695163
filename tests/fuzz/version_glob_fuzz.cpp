// SPDX-License-Identifier: MIT
//
// Three lines are versions, and the first two also a pattern and a text. The order has no circles,
// and a pattern matches what its parts promise.
#include "base/text.hpp"
#include "core/glob.hpp"
#include "core/version.hpp"

#include <algorithm>

using namespace kindling;
using namespace kindling::bls;

namespace {

std::string_view take_line(std::string_view& text) {
    std::string_view line = text.substr(0, std::min(text.find('\n'), text.size()));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
}

void check_order(std::string_view a, std::string_view b, std::string_view c) {
    ASSERT(compare_versions(a, a) == 0);
    auto order = compare_versions(a, b);
    ASSERT((order < 0) == (compare_versions(b, a) > 0));
    ASSERT((order == 0) == (compare_versions(b, a) == 0));
    auto next = compare_versions(b, c), whole = compare_versions(a, c);
    if (order <= 0 && next <= 0) ASSERT(whole <= 0 && (whole < 0) == (order < 0 || next < 0));
    if (order >= 0 && next >= 0) ASSERT(whole >= 0 && (whole > 0) == (order > 0 || next > 0));
}

void check_pattern(const std::string& pattern, const std::string& text) {
    bool is_match = matches(pattern, text);
    ASSERT(matches(to_lower(pattern), to_lower(text)) == is_match);
    ASSERT(matches("*", text));
    if (pattern.size() < pattern_size_max && is_match) {
        ASSERT(matches('*' + pattern, text) && matches('*' + pattern, "x" + text));
        ASSERT(matches(pattern + '*', text) && matches(pattern + '*', text + "x"));
    }
    if (pattern.find_first_of("*?[\\") == pattern.npos && pattern.size() <= pattern_size_max)
        ASSERT(is_match == equals_ignoring_case(pattern, text));
    std::string escaped;
    for (char c : text) {
        // A character is escaped as a whole.
        if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) escaped += '\\';
        escaped += c;
    }
    if (escaped.size() <= pattern_size_max) ASSERT(matches(escaped, text));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input = to_text(Bytes(reinterpret_cast<const std::byte*>(data), size));
    std::string_view a = take_line(input), b = take_line(input), c = take_line(input);
    check_order(a, b, c);
    check_order(c, a, b);
    check_order(b, c, a);
    check_pattern(std::string(a), std::string(b));
    check_pattern(std::string(b), std::string(a));
    return 0;
}
