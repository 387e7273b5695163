// SPDX-License-Identifier: MIT
#include "boot/show.hpp"
#include "tests/catch.hpp"
#include "tests/fakes/fake_machine.hpp"

using namespace kindling;
using boot::Severity;

TEST_CASE("a message is one line with severity, subject and reason", "[boot][show]") {
    fakes::FakeScreen screen;
    boot::show(screen, Severity::warning, "/a.conf", "is odd");
    boot::show(screen, Severity::error, "/b.conf", "is wrong");
    CHECK(screen.shown == "warning: /a.conf: is odd\nerror: /b.conf: is wrong\n");
}

TEST_CASE("an error shows its place and its status if it has them", "[boot][show]") {
    auto [error, text] = GENERATE(table<Error, const char*>({
        {{Errc::io, "failed"}, "error: f: failed\n"},
        {{Errc::invalid, "is odd", 3}, "error: f:3: is odd\n"},
        {{Errc::io, "failed", 0, 7}, "error: f: failed (status 0x7)\n"},
        {{Errc::io, "failed", 12, 16}, "error: f:12: failed (status 0x10)\n"},
        {{Errc::io, "failed", 0, 0x800000000000000e},
         "error: f: failed (status 0x800000000000000e)\n"},
        {{Errc::io, "failed", 0, ~std::uint64_t{0}},
         "error: f: failed (status 0xffffffffffffffff)\n"},
    }));
    fakes::FakeScreen screen;
    boot::show(screen, Severity::error, "f", error);
    CHECK(screen.shown == text);
}

TEST_CASE("a subject cannot smuggle control characters onto the screen", "[boot][show]") {
    fakes::FakeScreen screen;
    boot::show(screen, Severity::warning, "a\nerror: b\x1b[2J\x7f", "is odd");
    CHECK(screen.shown == "warning: a?error: b?[2J?: is odd\n");
    CHECK(boot::printable(std::string_view("\0\t\r\n\x1f ~\x7f", 8)) == "????? ~?");
    CHECK(boot::printable("\xc3\xa9\xe2\x82\xac") == "\xc3\xa9\xe2\x82\xac");
}

TEST_CASE("only a failure is shown", "[boot][show]") {
    fakes::FakeScreen screen;
    boot::check(screen, "LoaderInfo", {});
    CHECK(screen.shown.empty());
    boot::check(screen, "LoaderInfo", Error{Errc::denied, "variables are read-only"});
    CHECK(screen.shown == "warning: LoaderInfo: variables are read-only\n");
}
