// SPDX-License-Identifier: MIT
#include "core/version.hpp"

#include "tests/catch.hpp"

#include <string>
#include <vector>

using namespace kindling::bls;

namespace {

bool is_lower(std::string_view a, std::string_view b) {
    return compare_versions(a, b) < 0 && compare_versions(b, a) > 0;
}

bool is_equal(std::string_view a, std::string_view b) {
    return compare_versions(a, b) == 0 && compare_versions(b, a) == 0;
}

} // namespace

TEST_CASE("versions of the specification's chain are in its order", "[version]") {
    const std::vector<std::string> chain{
        "122.1",   "123~rc1-1", "123",     "123-a",   "123-a.1", "123-1",
        "123-1.1", "123^post1", "123.a-1", "123.1-1", "123a-1",  "124-1",
    };
    for (std::size_t a = 0; a < chain.size(); a++)
        for (std::size_t b = 0; b < chain.size(); b++) {
            INFO(chain[a] << " and " << chain[b]);
            CHECK((compare_versions(chain[a], chain[b]) < 0) == (a < b));
            CHECK((compare_versions(chain[a], chain[b]) == 0) == (a == b));
            CHECK((compare_versions(chain[a], chain[b]) > 0) == (a > b));
        }
}

TEST_CASE("one version is lower than the other", "[version]") {
    auto [low, high] = GENERATE(table<const char*, const char*>({
        {"~", ""},
        {"", "0"},
        {"~", "0"},
        {"1.3.3", "1_2_3"},
        {"B", "a"},
        {"123.a", "123a"},
        {"6.9", "6.10"},
        {"6.8.0~rc1", "6.8.0"},
        {"6.8.0", "6.8.0-rc1"},
        {"6.8.0~rc1", "6.8.0-rc1"},
        {"a", "1"},
        {"v1", "1"},
        {"1.0", "1.0.0"},
        {"1", "1^"},
        {"1", "1."},
        {"1", "1-"},
        {"1", "1+2"},
        {"1~", "1"},
        {"1~", "1~~"}, // the end is looked at behind the first '~'
        {"arch-lts-6.6", "arch-6.9"},
        {"ab", "abc"},
        {"abC", "abc"},
        {"9", "10"},
        {"99999999999999999999999999999999", "100000000000000000000000000000000"},
        {"0000000000000000000000000000000000000001", "2"},
    }));
    INFO(low << " < " << high);
    CHECK(is_lower(low, high));
}

TEST_CASE("versions that only look different are equal", "[version]") {
    auto [a, b] = GENERATE(table<const char*, const char*>({
        {"", ""},
        {"1_", "1"},
        {"01", "1"},
        {"0", "00"},
        {"1.010", "1.10"},
        {"123_a", "123a"},
        {"_1", "1"},
        {"1+2", "1 2"},
        {"\xc3\xa4", "+"},
        {"1.2-3~4^5", "1.2-3~4^5"},
    }));
    INFO(a << " = " << b);
    CHECK(is_equal(a, b));
}

TEST_CASE("an order of short versions has no circles", "[version]") {
    // Every text of up to three characters of those that are told apart.
    const std::string characters = "~-^.01aB+";
    std::vector<std::string> all{""};
    for (std::size_t begin = 0, length = 1; length <= 2; length++) {
        std::size_t end = all.size();
        for (; begin < end; begin++)
            for (char c : characters) all.push_back(all[begin] + c);
    }
    bool is_consistent = true;
    for (const std::string& a : all)
        for (const std::string& b : all) {
            auto order = compare_versions(a, b);
            is_consistent = is_consistent && (order < 0) == (compare_versions(b, a) > 0);
            if (order > 0) continue;
            for (const std::string& c : all)
                if (compare_versions(b, c) <= 0)
                    is_consistent = is_consistent && compare_versions(a, c) <= 0;
        }
    CHECK(all.size() == 91);
    CHECK(is_consistent);
}
