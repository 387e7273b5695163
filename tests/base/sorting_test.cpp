// SPDX-License-Identifier: MIT
#include "base/sorting.hpp"

#include "tests/catch.hpp"

#include <string>

using namespace kindling;

namespace {

struct Card {
    int rank;
    std::string name;
};

bool has_lower_rank(const Card& a, const Card& b) {
    return a.rank < b.rank;
}

bool is_always_before(const Card&, const Card&) {
    return true;
}

std::string names_of(const std::vector<Card>& cards) {
    std::string names;
    for (const Card& card : cards) names += card.name;
    return names;
}

} // namespace

TEST_CASE("items are sorted and equal ones stay in their order", "[sorting]") {
    std::vector<Card> cards{{2, "a"}, {1, "b"}, {2, "c"}, {0, "d"}, {1, "e"}, {2, "f"}};
    CHECK(sorted_indices<has_lower_rank>(cards) == std::vector<std::size_t>{3, 1, 4, 0, 2, 5});
    CHECK(names_of(cards) == "abcdef");
    stable_sort<has_lower_rank>(cards);
    CHECK(names_of(cards) == "dbeacf");
}

TEST_CASE("nothing and one item are in order", "[sorting]") {
    std::vector<Card> cards;
    stable_sort<has_lower_rank>(cards);
    CHECK(cards.empty());
    cards.push_back({1, "a"});
    stable_sort<has_lower_rank>(cards);
    CHECK(names_of(cards) == "a");
}

TEST_CASE("every size from every start is sorted", "[sorting]") {
    for (int count = 0; count < 40; count++)
        for (int start = 0; start < 40; start++) {
            std::vector<Card> cards;
            for (int i = 0; i < count; i++) cards.push_back({(start + i * 17) % 11, {}});
            stable_sort<has_lower_rank>(cards);
            for (std::size_t i = 1; i < cards.size(); i++)
                REQUIRE(cards[i - 1].rank <= cards[i].rank);
        }
}

TEST_CASE("a comparison that contradicts itself loses no item", "[sorting]") {
    std::vector<Card> cards{{0, "a"}, {1, "a"}, {2, "a"}, {3, "a"}, {4, "a"}};
    stable_sort<is_always_before>(cards);
    CHECK(names_of(cards) == "aaaaa");
}
