// SPDX-License-Identifier: MIT
//
// The index against the table itself: whatever is asked, both must answer the same.
#include "options/option_builder.hpp"
#include "options/option_index.hpp"
#include "tests/catch.hpp"

#include <random>

using namespace kindling::options;

namespace {

/// Names of few letters, so that many are the beginning of another and some come twice.
std::string some_name(std::mt19937& random) {
    std::string name;
    size_t size = 1 + random() % 4;
    for (size_t i = 0; i < size; i++) name += "ab1p-"[random() % (i ? 5 : 4)];
    return name;
}

void add_options(TableBuilder& builder, size_t count, std::mt19937& random) {
    for (size_t i = 0; i < count; i++) {
        Described option;
        option.name = random() % 8 ? some_name(random) : "";
        if (random() % 3 == 0 || option.name.empty())
            option.short_name = static_cast<char>('!' + random() % 90);
        if (random() % 16 == 0) option.flags = help_entry;
        if (random() % 16 == 0) {
            option.flags = is_alias;
            option.scope = some_name(random);
        }
        builder.add(option);
    }
}

/// The options whose name begins so, by a walk of the whole table.
std::vector<const unsigned char*> beginning_with(const Scope& scope, Text beginning) {
    std::vector<const unsigned char*> found;
    for (Option each; (each = next_real_of(scope, each));)
        if (each.has(has_long_name) && starts_with(each.name(), beginning))
            found.push_back(each.record());
    return found;
}

size_t count_disagreements(const Scope& scope, std::mt19937& random) {
    NameIndex index;
    index.make(scope);
    size_t wrong = 0;
    for (int asked = 0; asked < 200; asked++) {
        std::string name = some_name(random);
        Option option = find_long(scope, name.c_str());
        wrong += !(index.find_long(scope, name.c_str()) == option);
        wrong += !(index.resolve(scope, option) == resolve(scope, option));
        LongNames names(index, scope, name.c_str());
        std::vector<const unsigned char*> found;
        while (Option each = names.next()) found.push_back(each.record());
        wrong += found != beginning_with(scope, name.c_str());
    }
    for (int c = -128; c < 128; c++) {
        char name = static_cast<char>(c);
        wrong += !(index.find_short(scope, name) == find_short(scope, name));
    }
    return wrong;
}

} // namespace

TEST_CASE("an index answers as the table does", "[options][index]") {
    size_t count = GENERATE(0u, 1u, 2u, 10u, 40u, 119u, 120u, 121u, 122u, 150u, 400u);
    for (unsigned round = 0; round < 20; round++) {
        std::mt19937 random(static_cast<unsigned>(count) * 100 + round);
        TableBuilder builder;
        builder.add({.flags = namespace_marker, .name = "other"});
        add_options(builder, count / 2, random);
        builder.add({.flags = namespace_marker, .name = "one"});
        builder.add({.flags = group_marker, .name = "First"});
        add_options(builder, count, random);
        builder.add({.flags = group_marker, .name = "Second"});
        add_options(builder, count / 4, random);
        CHECK(count_disagreements({builder.table(), "one"}, random) == 0);
        const char* groups[] = {"Second"};
        CHECK(count_disagreements({builder.table(), "one", {groups, 1}}, random) == 0);
    }
}

TEST_CASE("a table that is too long for an index is read all the same", "[options][index]") {
    TableBuilder builder;
    for (int i = 0; i < 10; i++) builder.add({.short_name = static_cast<char>('0' + i)});
    Described large{.name = "large", .help = std::string(7000, 'x')};
    for (int i = 0; i < 80; i++) builder.add(large);
    builder.add({.short_name = 'z', .name = "behind"});
    std::mt19937 random(1);
    Scope scope{builder.table(), {}};
    REQUIRE(scope.table.end - scope.table.first > 8 * 0xffff);
    CHECK(count_disagreements(scope, random) == 0);
    NameIndex index;
    index.make(scope);
    CHECK(index.find_long(scope, "behind").short_name() == 'z');
    CHECK(index.find_short(scope, 'z') == index.find_long(scope, "behind"));
}

TEST_CASE("an index knows what else a parser asks for", "[options][index]") {
    TableBuilder builder;
    builder.add({.flags = group_marker, .name = "Free"});
    builder.add({.short_name = 'a'});
    NameIndex index;
    CHECK_FALSE(index.is_made());
    index.make({builder.table(), {}});
    CHECK(index.is_made());
    CHECK_FALSE(index.positional());
    CHECK_FALSE(index.has_tied_groups());
    builder.add({.flags = positional_entry, .name = "(positional)"});
    builder.add({.flags = group_marker, .name = "Tied", .scope = "verb"});
    index.make({builder.table(), {}});
    CHECK(index.positional().has(positional_entry));
    CHECK(index.has_tied_groups());
    index.forget();
    CHECK_FALSE(index.is_made());
}
