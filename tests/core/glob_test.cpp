// SPDX-License-Identifier: MIT
#include "core/glob.hpp"

#include "tests/catch.hpp"

#include <string>

using namespace kindling::bls;

TEST_CASE("a pattern matches a whole text", "[glob]") {
    auto [pattern, text] = GENERATE(table<const char*, const char*>({
        {"", ""},
        {"*", ""},
        {"**", ""},
        {"*", "arch.conf"},
        {"arch.conf", "arch.conf"},
        {"ARCH.conf", "arch.CONF"},
        {"arch-*", "arch-"},
        {"arch-*", "arch-6.9.conf"},
        {"*.conf", "a.conf.conf"},
        {"*6*9*", "arch-6.6.9.conf"},
        {"a*b*c", "a-b-b-c-c"},
        {"?rch.conf", "arch.conf"},
        {"?", "\xc3\xa4"},
        {"?", "\xf0\x9f\x94\xa5"},
        {"?", "\xff"},
        {"??", "a\x80"},
        {"*\x80", "a\x80"},
        {"*??", "\xc3\xa4\xc3\xb6"},
        {"[abc]rch", "arch"},
        {"[a-c]", "B"},
        {"[A-C]", "b"},
        {"[a-cx-z]", "y"},
        {"x[0-9].conf", "x7.conf"},
        {"[]]", "]"},
        {"[]-a]", "^"},
        {"[-a]", "-"},
        {"[a-]", "-"},
        {"[a-c-e]", "-"},
        {"[a-c-e]", "e"},
        {"[\\]]", "]"},
        {"[\xc3\xa4-\xc3\xbc]", "\xc3\xb6"},
        {"[a-\xc3\xbc]", "\xc3\xb6"},
        {"[*]", "*"},
        {"[?]", "?"},
        {"\\*", "*"},
        {"\\[a]", "[a]"},
        {"\\\\", "\\"},
        {"\\a", "A"},
        {"[", "["},
        {"[abc", "[abc"},
        {"[]", "[]"},
        {"[a[b*", "[a[bc"},
        {"[!a]", "!"},
        {"[^a]", "a"},
    }));
    INFO(pattern << " on " << text);
    CHECK(matches(pattern, text));
}

TEST_CASE("a pattern does not match less, more or other text", "[glob]") {
    auto [pattern, text] = GENERATE(table<const char*, const char*>({
        {"", "a"},
        {"a", ""},
        {"a", "ab"},
        {"ab", "a"},
        {"arch", "arch.conf"},
        {"*.conf", "arch.efi"},
        {"a*b*c", "a-b-b"},
        {"?", ""},
        {"??", "a"},
        {"??", "\xc3\xa4"},
        {"*??", "\xc3\xa4"},
        {"[abc]", "d"},
        {"[a-c]", "d"},
        {"[a-c]", "-"},
        {"[a-c-e]", "d"},
        {"[c-a]", "b"},
        {"[abc]", ""},
        {"[a]", "[a]"},
        {"\\*", "a"},
        {"\\?", "a"},
        {"a\\", "a"},
        {"a\\", "a\\"},
        {"[abc", "a"},
        {"[^a]", "b"},
        {"\xc3\xa4", "\xc3\x84"},
        {"@", "`"},
    }));
    INFO(pattern << " on " << text);
    CHECK_FALSE(matches(pattern, text));
}

TEST_CASE("a pattern over its limit matches nothing", "[glob]") {
    std::string longest(pattern_size_max, '*');
    CHECK(matches(longest, "arch.conf"));
    CHECK_FALSE(matches(longest + '*', "arch.conf"));
    CHECK_FALSE(matches(longest + '*', ""));
}

TEST_CASE("patterns made to be slow are not", "[glob]") {
    // Each of these would outlive the test if a star tried more than once for those before it, or
    // if the end of a set were looked for at every place.
    std::string stars, sets(pattern_size_max - 1, '['), text(100'000, 'a');
    while (stars.size() + 3 < pattern_size_max) stars += "*a";
    CHECK_FALSE(matches(stars + "*b", text));
    CHECK_FALSE(matches('*' + sets, text));
    CHECK_FALSE(matches('*' + sets, std::string(100'000, '[') + 'a'));
    CHECK(matches(stars + "*", text));
}
