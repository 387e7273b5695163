// SPDX-License-Identifier: MIT
#include "core/entry_name.hpp"

#include "tests/catch.hpp"

using namespace kindling::bls;

TEST_CASE("a name with a counter has an id without it", "[bls]") {
    auto [file_name, id, left, done] =
        GENERATE(table<const char*, const char*, std::uint32_t, std::uint32_t>({
            {"a+3.conf", "a.conf", 3, 0},
            {"a+1-2.conf", "a.conf", 1, 2},
            {"a+0-3.conf", "a.conf", 0, 3},
            {"a+b+2.conf", "a+b.conf", 2, 0},
            {"a+1+2-3.conf", "a+1.conf", 2, 3},
            {"a+003-01.conf", "a.conf", 3, 1},
            {"a+2147483647-2147483647.conf", "a.conf", 2147483647, 2147483647},
            {"A-B+3.CONF", "a-b.conf", 3, 0},
            {"a.conf+1.conf", "a.conf.conf", 1, 0},
        }));
    INFO(file_name);
    EntryName name = parse_entry_name(file_name, snippet_suffix);
    CHECK(name.id == id);
    REQUIRE(name.tries);
    CHECK(name.tries->left == left);
    CHECK(name.tries->done == done);
    CHECK(strip_counter(file_name, snippet_suffix).size() == name.id.size());
}

TEST_CASE("a name without counter is its own id", "[bls]") {
    auto [file_name, id] = GENERATE(table<const char*, const char*>({
        {"a.conf", "a.conf"},
        {"A.Conf", "a.conf"},
        {"a+.conf", "a+.conf"},
        {"a+x.conf", "a+x.conf"},
        {"a+3-.conf", "a+3-.conf"},
        {"a+3x.conf", "a+3x.conf"},
        {"a+3-1-1.conf", "a+3-1-1.conf"},
        {"a+-1.conf", "a+-1.conf"},
        {"a+2147483648.conf", "a+2147483648.conf"},
        {"a+1-2147483648.conf", "a+1-2147483648.conf"},
        {"a+99999999999999999999.conf", "a+99999999999999999999.conf"},
        {"a+3+.conf", "a+3+.conf"},
        {"a+ 3.conf", "a+ 3.conf"},
        {"a+3", "a+3"},
        {"a+3.efi", "a+3.efi"},
        {"a+3.conf.bak", "a+3.conf.bak"},
        {"+3.conf", "+3.conf"},
        {"", ""},
    }));
    INFO(file_name);
    EntryName name = parse_entry_name(file_name, snippet_suffix);
    CHECK(name.id == id);
    CHECK_FALSE(name.tries);
    CHECK_FALSE(count_down(file_name, snippet_suffix));
    CHECK(strip_counter(file_name, snippet_suffix) == file_name);
}

TEST_CASE("one more try counts down and up and keeps the width", "[bls]") {
    auto [file_name, next] = GENERATE(table<const char*, const char*>({
        {"a+3.conf", "a+2-1.conf"},
        {"a+2-1.conf", "a+1-2.conf"},
        {"a+1-2.conf", "a+0-3.conf"},
        {"a+0-3.conf", "a+0-4.conf"},
        {"a+0.conf", "a+0-1.conf"},
        {"a+b+2.conf", "a+b+1-1.conf"},
        {"a+10.conf", "a+09-1.conf"},
        {"a+03-00.conf", "a+02-01.conf"},
        {"a+005-9.conf", "a+004-10.conf"},
        {"a+005-09.conf", "a+004-10.conf"},
        {"a+000-099.conf", "a+000-100.conf"},
        {"a+2147483647-2147483646.conf", "a+2147483646-2147483647.conf"},
        {"a+0-2147483647.conf", "a+0-2147483647.conf"},
        {"Foo+3.CONF", "Foo+2-1.CONF"},
    }));
    INFO(file_name);
    CHECK(count_down(file_name, snippet_suffix) == std::string(next));
}

TEST_CASE("a stripped name keeps its case", "[bls]") {
    CHECK(strip_counter("Foo+3.efi", uki_suffix) == "Foo.efi");
    CHECK(strip_counter("Foo+3-1.EFI", uki_suffix) == "Foo.EFI");
    CHECK(strip_counter("Foo.EFI", uki_suffix) == "Foo.EFI");
}

TEST_CASE("counting down ends with a name that has no tries left", "[bls]") {
    std::string name = "linux+03.efi";
    for (std::uint32_t done = 1; done <= 12; done++) {
        name = count_down(name, uki_suffix).value();
        EntryName parsed = parse_entry_name(name, uki_suffix);
        CHECK(parsed.id == "linux.efi");
        REQUIRE(parsed.tries);
        CHECK(parsed.tries->left == (done < 3 ? 3 - done : 0));
        CHECK(parsed.tries->done == done);
    }
    CHECK(name == "linux+00-12.efi");
}

TEST_CASE("a name cut anywhere has a counter only if its suffix is whole", "[bls]") {
    const std::string name = "linux+3-12.conf";
    for (std::size_t size = 0; size < name.size(); size++) {
        std::string cut = name.substr(0, size);
        CHECK(parse_entry_name(cut, snippet_suffix).id == cut);
        CHECK_FALSE(is_entry_name(cut, snippet_suffix));
    }
}

TEST_CASE("files that can be entries have the suffix and no reserved beginning", "[bls]") {
    CHECK(is_entry_name("a.conf", snippet_suffix));
    CHECK(is_entry_name("A.CONF", snippet_suffix));
    CHECK(is_entry_name("automatic.conf", snippet_suffix));
    CHECK(is_entry_name("a.efi", uki_suffix));
    CHECK(is_entry_name("a.conf.conf", snippet_suffix));
    CHECK_FALSE(is_entry_name("a.efi", snippet_suffix));
    CHECK_FALSE(is_entry_name("a.conf~", snippet_suffix));
    CHECK_FALSE(is_entry_name(".conf", snippet_suffix));
    CHECK_FALSE(is_entry_name(".a.conf", snippet_suffix));
    CHECK_FALSE(is_entry_name("auto-a.conf", snippet_suffix));
    CHECK_FALSE(is_entry_name("AUTO-a.conf", snippet_suffix));
    CHECK_FALSE(is_entry_name("", snippet_suffix));
}
