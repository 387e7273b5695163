// SPDX-License-Identifier: MIT
#include "core/order.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <string>

using namespace kindling::bls;

namespace {

using Texts = std::vector<std::string>;

struct Given {
    const char* id = "a.conf";
    const char* sort_key = "";
    const char* machine_id = "";
    const char* version = "";
    std::optional<std::uint32_t> profile;
    std::optional<Tries> tries;
};

Entry make(const Given& given) {
    Entry entry;
    entry.id = given.id;
    entry.sort_key = given.sort_key;
    entry.machine_id = given.machine_id;
    entry.version = given.version;
    entry.profile = given.profile;
    entry.tries = given.tries;
    return entry;
}

Entry make_uki(const char* id, std::uint32_t profile) {
    Entry entry = make({.id = id, .profile = profile});
    entry.kind = EntryKind::type2;
    return entry;
}

Entry titled(const char* title, const char* version, const char* machine_id, const char* id) {
    Entry entry = make({.id = id, .machine_id = machine_id, .version = version});
    entry.title = title;
    return entry;
}

Texts show_titles(std::vector<Entry> entries) {
    make_titles_unique(entries);
    Texts titles;
    for (const Entry& entry : entries) titles.push_back(entry.show_title);
    return titles;
}

} // namespace

TEST_CASE("one entry stands before the other", "[order]") {
    auto [first, second] = GENERATE(table<Given, Given>({
        // Without tries left last, whatever else they have.
        {{.id = "a.conf"}, {.id = "z.conf", .sort_key = "a", .tries = Tries{0, 3}}},
        {{.tries = Tries{1, 9}}, {.tries = Tries{0, 0}}},
        // With sort-key first.
        {{.id = "a.conf", .sort_key = "z"}, {.id = "b.conf"}},
        {{.sort_key = "a"}, {.sort_key = "b"}},
        {{.sort_key = "B"}, {.sort_key = "a"}},
        {{.sort_key = "a"}, {.sort_key = "\xc3\xa4"}},
        {{.sort_key = "10"}, {.sort_key = "9"}},
        // Then machine, version, profile; these say nothing without a sort-key.
        {{.sort_key = "a"}, {.sort_key = "a", .machine_id = "1"}},
        {{.sort_key = "a", .machine_id = "1"}, {.sort_key = "a", .machine_id = "2"}},
        {{.sort_key = "a", .machine_id = "1", .version = "1"},
         {.sort_key = "a", .machine_id = "2", .version = "2"}},
        {{.sort_key = "a", .version = "6.10"}, {.sort_key = "a", .version = "6.9"}},
        {{.sort_key = "a", .version = "6.8"}, {.sort_key = "a", .version = "6.8~rc1"}},
        {{.sort_key = "a", .version = "1"}, {.sort_key = "a"}},
        {{.id = "a.conf", .sort_key = "a", .version = "01", .profile = 0},
         {.id = "b.conf", .sort_key = "a", .version = "1", .profile = 1}},
        {{.id = "b.conf", .version = "1"}, {.id = "a.conf", .version = "2"}},
        {{.id = "b.conf", .machine_id = "2"}, {.id = "a.conf", .machine_id = "1"}},
        {{.id = "b.conf", .profile = 1}, {.id = "a.conf", .profile = 0}},
        // Then the id, as a version.
        {{.id = "b.conf"}, {.id = "a.conf"}},
        {{.id = "linux-6.10.conf"}, {.id = "linux-6.9.conf"}},
        {{.id = "b.conf", .sort_key = "a", .version = "1"},
         {.id = "a.conf", .sort_key = "a", .version = "1"}},
        // Then profile and counter.
        {{.profile = std::nullopt}, {.profile = 1}},
        {{.profile = 1}, {.profile = 2}},
        {{.profile = 0, .tries = Tries{1, 0}}, {.profile = 1, .tries = Tries{2, 0}}},
        {{.tries = std::nullopt}, {.tries = Tries{3, 0}}},
        {{.tries = Tries{3, 9}}, {.tries = Tries{2, 0}}},
        {{.tries = Tries{3, 0}}, {.tries = Tries{3, 1}}},
        {{.tries = Tries{0, 1}}, {.tries = Tries{0, 2}}},
    }));
    INFO(first.id << " before " << second.id);
    CHECK(is_before(make(first), make(second)));
    CHECK_FALSE(is_before(make(second), make(first)));
}

TEST_CASE("entries that differ in nothing that counts are before none", "[order]") {
    auto [a, b] = GENERATE(table<Given, Given>({
        {{}, {}},
        {{.machine_id = "1", .version = "1"}, {.machine_id = "2", .version = "2"}},
        {{.id = "a-01.conf"}, {.id = "a-1.conf"}},
        {{.profile = std::nullopt}, {.profile = 0}},
        {{.tries = Tries{0, 3}}, {.tries = Tries{0, 3}}},
    }));
    CHECK_FALSE(is_before(make(a), make(b)));
    CHECK_FALSE(is_before(make(b), make(a)));
}

TEST_CASE("the profiles of a UKI stand together in their order", "[order]") {
    std::vector<Entry> entries{make_uki("a.efi@zz", 1), make_uki("b.efi", 0),
                               make_uki("a.efi@main", 2), make_uki("a.efi", 0)};
    sort_entries(entries);
    CHECK(entries[0].id == "b.efi");
    CHECK(entries[1].id == "a.efi");
    CHECK(entries[2].id == "a.efi@zz");
    CHECK(entries[3].id == "a.efi@main");
}

TEST_CASE("a file name may look like a profile", "[order]") {
    // Not of a UKI: the whole is compared.
    CHECK(is_before(make({.id = "a.efi@2.conf"}), make({.id = "a.efi@1.conf"})));
    CHECK(is_before(make_uki("x.efi@b.efi@1", 1), make_uki("x.efi@a.efi@2", 1)));
}

TEST_CASE("sorting is stable and loses nothing", "[order]") {
    std::vector<Entry> entries;
    for (int i = 0; i < 300; i++) {
        entries.push_back(make({.id = i % 3 == 0 ? "b.conf" : "a.conf"}));
        entries.back().title = std::to_string(i);
    }
    sort_entries(entries);
    REQUIRE(entries.size() == 300);
    for (std::size_t i = 0; i + 1 < entries.size(); i++) {
        if (i == 99) continue; // from b to a
        CHECK(entries[i].id == entries[i + 1].id);
        CHECK(std::stoi(entries[i].title) < std::stoi(entries[i + 1].title));
    }
    CHECK(entries[99].id == "b.conf");
    CHECK(entries[100].id == "a.conf");
    std::vector<Entry> none;
    sort_entries(none);
    CHECK(none.empty());
}

TEST_CASE("the order does not depend on where entries were found", "[order]") {
    std::vector<Entry> entries;
    for (const char* sort_key : {"", "a", "b"})
        for (const char* version : {"", "1~rc", "1", "2"})
            for (const char* id : {"a.conf", "b.conf"})
                for (std::optional<Tries> tries :
                     {std::optional<Tries>(), {Tries{0, 1}}, {Tries{2, 0}}, {Tries{3, 0}}})
                    entries.push_back(
                        make({.id = id, .sort_key = sort_key, .version = version, .tries = tries}));
    auto names = [](const std::vector<Entry>& list) {
        Texts texts;
        for (const Entry& entry : list)
            texts.push_back(entry.sort_key + '|' + entry.id + '|' +
                            (entry.sort_key.empty() ? "" : entry.version) + '|' +
                            (entry.tries ? std::to_string(entry.tries->left) : "-"));
        return texts;
    };
    sort_entries(entries);
    Texts expected = names(entries);
    std::reverse(entries.begin(), entries.end());
    sort_entries(entries);
    CHECK(names(entries) == expected);
    std::rotate(entries.begin(), entries.begin() + 37, entries.end());
    sort_entries(entries);
    CHECK(names(entries) == expected);
}

TEST_CASE("titles that differ stay as they are, and an id stands for none", "[order]") {
    CHECK(show_titles({titled("A", "1", "m", "a.conf"), titled("", "1", "m", "b.conf")}) ==
          Texts{"A", "b.conf"});
    CHECK(show_titles({}).empty());
}

TEST_CASE("equal titles get version, machine and id until they differ", "[order]") {
    CHECK(show_titles({titled("A", "1", "m", "a.conf"), titled("A", "2", "m", "b.conf"),
                       titled("B", "2", "m", "c.conf")}) == Texts{"A (1)", "A (2)", "B"});
    CHECK(show_titles({titled("A", "1", "m", "a.conf"), titled("A", "", "m", "b.conf")}) ==
          Texts{"A (1)", "A"});
    CHECK(show_titles({titled("A", "1", "0123456789", "a.conf"),
                       titled("A", "1", "abcdefghij", "b.conf"),
                       titled("A", "2", "abcdefghij", "c.conf")}) ==
          Texts{"A (1) (01234567)", "A (1) (abcdefgh)", "A (2)"});
    CHECK(show_titles({titled("A", "1", "m", "a.conf"), titled("A", "1", "m", "b.conf")}) ==
          Texts{"A (1) (m) (a.conf)", "A (1) (m) (b.conf)"});
    CHECK(show_titles({titled("A", "", "", "a.conf"), titled("A", "", "", "b.conf")}) ==
          Texts{"A (a.conf)", "A (b.conf)"});
}

TEST_CASE("a title that clashes with one made unique is told apart too", "[order]") {
    CHECK(show_titles({titled("A", "1", "m", "a.conf"), titled("A", "2", "m", "b.conf"),
                       titled("A (1)", "3", "n", "c.conf")}) ==
          Texts{"A (1) (m)", "A (2)", "A (1) (n)"});
}

TEST_CASE("thousands of entries with one title are told apart at once", "[order]") {
    std::vector<Entry> entries;
    for (int i = 0; i < 8192; i++) {
        std::string id = std::to_string(i) + ".conf";
        entries.push_back(titled("A", "1", "m", id.c_str()));
    }
    sort_entries(entries);
    make_titles_unique(entries);
    CHECK(entries.front().show_title == "A (1) (m) (8191.conf)");
    CHECK(entries.back().show_title == "A (1) (m) (0.conf)");
}
