// SPDX-License-Identifier: MIT
#include "core/selection.hpp"

#include "tests/catch.hpp"

using namespace kindling::bls;

namespace {

/// A menu with an entry of which no try is left, one that is a second profile, and others.
std::vector<Entry> menu() {
    std::vector<Entry> entries;
    for (const char* id : {"u.efi@rescue", "b.conf", "c.efi", "a.conf", "bad.conf"}) {
        entries.emplace_back();
        entries.back().id = id;
    }
    entries[0].kind = EntryKind::type2;
    entries[0].profile = 1;
    entries[1].tries = Tries{3, 0};
    entries[2].kind = EntryKind::type2;
    entries[2].profile = 0;
    entries[4].tries = Tries{0, 3};
    return entries;
}

void check(const Wishes& wishes, std::size_t index, Reason reason) {
    auto selection = select_default(menu(), wishes);
    REQUIRE(selection);
    CHECK(selection->index == index);
    CHECK(selection->reason == reason);
}

/// The n-th wish in the order in which they count, set to `pattern`.
void wish(Wishes& wishes, std::size_t n, const char* pattern) {
    switch (n) {
    case 0:
        wishes.system_failure = pattern;
        break;
    case 1:
        wishes.one_shot = pattern;
        break;
    case 2:
        wishes.preferred = pattern;
        break;
    case 3:
        wishes.conf_preferred = pattern;
        break;
    case 4:
        wishes.default_ = pattern;
        break;
    default:
        wishes.conf_default = pattern;
        break;
    }
}

constexpr std::size_t wishes_count = 6;
constexpr Reason reasons[wishes_count] = {Reason::system_failure, Reason::one_shot,
                                          Reason::preferred,      Reason::preferred,
                                          Reason::default_,       Reason::default_};

} // namespace

TEST_CASE("without entries there is no default", "[selection]") {
    CHECK_FALSE(select_default({}, {}));
    CHECK_FALSE(select_default({}, {.one_shot = "*"}));
}

TEST_CASE("without wishes the first entry of a first profile is the default", "[selection]") {
    check({}, 1, Reason::first);
    check({.one_shot = ""}, 1, Reason::first);
}

TEST_CASE("every kind may start by itself", "[selection]") {
    std::vector<Entry> entries(1);
    entries[0].kind = GENERATE(EntryKind::linux_, EntryKind::efi, EntryKind::uki,
                               EntryKind::uki_url, EntryKind::type2);
    CHECK(select_default(entries, {})->reason == Reason::first);
}

TEST_CASE("with nothing but other profiles the menu is left to decide", "[selection]") {
    std::vector<Entry> entries(2);
    entries[0].profile = 2;
    entries[1].profile = 1;
    auto selection = select_default(entries, {});
    REQUIRE(selection);
    CHECK(selection->index == 0);
    CHECK(selection->reason == Reason::nothing);
}

TEST_CASE("wishes count in their order", "[selection]") {
    for (std::size_t n = 0; n < wishes_count; n++) {
        Wishes wishes;
        wish(wishes, n, "c.efi");
        check(wishes, 2, reasons[n]);
        for (std::size_t later = n + 1; later < wishes_count; later++) wish(wishes, later, "a.*");
        check(wishes, 2, reasons[n]);
    }
}

TEST_CASE("a wish that nothing fits is passed over", "[selection]") {
    for (std::size_t n = 0; n + 1 < wishes_count; n++) {
        Wishes wishes;
        for (std::size_t early = 0; early <= n; early++) wish(wishes, early, "x*");
        wish(wishes, n + 1, "c.efi");
        check(wishes, 2, reasons[n + 1]);
    }
    check({.one_shot = "x"}, 1, Reason::first);
}

TEST_CASE("a pattern takes the first entry it fits, in any case", "[selection]") {
    check({.default_ = "*.CONF"}, 1, Reason::default_);
    check({.default_ = "[a-b].conf"}, 1, Reason::default_);
    check({.default_ = "u.efi@*"}, 0, Reason::default_);
}

TEST_CASE("only what is preferred passes over entries without tries left", "[selection]") {
    for (std::size_t n = 0; n < wishes_count; n++) {
        Wishes wishes;
        wish(wishes, n, "bad*");
        if (reasons[n] == Reason::preferred)
            check(wishes, 1, Reason::first);
        else
            check(wishes, 4, reasons[n]);
    }
    std::vector<Entry> entries = menu();
    entries[1].tries->left = 0;
    CHECK(select_default(entries, {.preferred = "*.conf"})->index == 3);
    CHECK(select_default(entries, {.default_ = "*.conf"})->index == 1);
}

TEST_CASE("saved means what was booted last", "[selection]") {
    check({.preferred = "@saved", .last_booted = "a.conf"}, 3, Reason::preferred);
    check({.last_booted = "a.conf", .conf_preferred = "@saved"}, 3, Reason::preferred);
    check({.default_ = "@saved", .last_booted = "A.conf"}, 3, Reason::default_);
    check({.last_booted = "a.conf", .conf_default = "@saved"}, 3, Reason::default_);
    check({.default_ = "@saved"}, 1, Reason::first);
    check({.default_ = "@saved", .last_booted = ""}, 1, Reason::first);
    check({.default_ = "@saved", .last_booted = "gone.conf"}, 1, Reason::first);
    check({.default_ = "@saved", .last_booted = "gone.conf", .conf_default = "c*"}, 2,
          Reason::default_);
}

TEST_CASE("saved is no wish for a failure or one boot", "[selection]") {
    check({.one_shot = "@saved", .last_booted = "a.conf"}, 1, Reason::first);
    check({.system_failure = "@saved", .last_booted = "a.conf"}, 1, Reason::first);
}

TEST_CASE("the saved entry without tries left is a default but not preferred", "[selection]") {
    check({.preferred = "@saved", .last_booted = "bad.conf"}, 1, Reason::first);
    check({.last_booted = "bad.conf", .conf_preferred = "@saved"}, 1, Reason::first);
    check({.default_ = "@saved", .last_booted = "bad.conf"}, 4, Reason::default_);
}

TEST_CASE("what was booted last is an id, not a pattern", "[selection]") {
    check({.default_ = "@saved", .last_booted = "*"}, 1, Reason::first);
    std::vector<Entry> entries = menu();
    entries[3].id = "a[1].conf";
    CHECK(select_default(entries, {.default_ = "@saved", .last_booted = "a[1].conf"})->index == 3);
}
