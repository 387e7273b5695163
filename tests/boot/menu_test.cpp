// SPDX-License-Identifier: MIT
#include "boot/menu.hpp"
#include "tests/catch.hpp"
#include "tests/fakes/fake_machine.hpp"

using namespace kindling;
using boot::Choice;

namespace {

std::vector<bls::Entry> make_entries(std::size_t count) {
    std::vector<bls::Entry> entries(count);
    for (std::size_t i = 0; i < count; i++) entries[i].show_title = "Entry " + std::to_string(i);
    return entries;
}

} // namespace

TEST_CASE("a digit starts its entry at once when there are at most nine", "[boot][menu]") {
    fakes::FakeScreen screen;
    screen.keys = {{u'3', 0}};
    Choice choice = boot::ask(screen, make_entries(9), 0, std::nullopt);
    CHECK(choice.what == Choice::What::boot);
    CHECK(choice.index == 2);
    CHECK(choice.by_key);
}

TEST_CASE("with ten entries digits are collected until Enter", "[boot][menu]") {
    fakes::FakeScreen screen;
    screen.keys = {{u'1', 0}, {u'0', 0}, {u'\r', 0}};
    CHECK(boot::ask(screen, make_entries(10), 0, std::nullopt).index == 9);
}

TEST_CASE("a number without an entry is refused and the list goes on", "[boot][menu]") {
    fakes::FakeScreen screen;
    screen.keys = {{u'7', 0}, {u'0', 0}, {u'2', 0}};
    CHECK(boot::ask(screen, make_entries(2), 0, std::nullopt).index == 1);
    CHECK(screen.shown.find("There is no entry 7.") != std::string::npos);
    CHECK(screen.shown.find("There is no entry 0.") != std::string::npos);
}

TEST_CASE("the time-out boots the default, and any key stops it", "[boot][menu]") {
    fakes::FakeScreen screen;
    Choice choice = boot::ask(screen, make_entries(3), 1, 2);
    CHECK(choice.index == 1);
    CHECK_FALSE(choice.by_key);
    CHECK(screen.waits.size() == 2);

    screen.waits.clear();
    screen.keys = {{u'x', 0}, {u'\r', 0}};
    choice = boot::ask(screen, make_entries(3), 1, 2);
    CHECK(choice.by_key);
    REQUIRE(screen.waits.size() == 2);
    CHECK(screen.waits[1] == std::nullopt);
}

TEST_CASE("Escape and q leave", "[boot][menu]") {
    auto key = GENERATE(Key{27, 0}, Key{0, 0x17}, Key{u'q', 0});
    fakes::FakeScreen screen;
    screen.keys = {key};
    CHECK(boot::ask(screen, make_entries(3), 1, 5).what == Choice::What::leave);
}

TEST_CASE("without a keyboard the default is booted", "[boot][menu]") {
    fakes::FakeScreen screen;
    Choice choice = boot::ask(screen, make_entries(3), 2, std::nullopt);
    CHECK(choice.what == Choice::What::boot);
    CHECK(choice.index == 2);
    CHECK_FALSE(choice.by_key);
}

TEST_CASE("a hidden menu opens on a key, starts on a digit, and waits 100 ms", "[boot][menu]") {
    fakes::FakeScreen screen;
    CHECK(boot::ask_hidden(screen, 3, 1).index == 1);
    CHECK(screen.waits.at(0) == 100u);
    screen.keys = {{u'3', 0}, {u' ', 0}, {u'9', 0}};
    CHECK(boot::ask_hidden(screen, 3, 1).index == 2);
    CHECK(boot::ask_hidden(screen, 3, 1).what == Choice::What::show_menu);
    CHECK(boot::ask_hidden(screen, 3, 1).what == Choice::What::show_menu);
    CHECK(screen.shown.empty());
}

TEST_CASE("a title cannot smuggle control characters onto the screen", "[boot][menu]") {
    fakes::FakeScreen screen;
    auto entries = make_entries(1);
    entries[0].show_title = "evil\x1b[2J\ntitle";
    boot::ask(screen, entries, 0, 0);
    CHECK(screen.shown.find("evil?[2J?title") != std::string::npos);
}
