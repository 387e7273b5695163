// SPDX-License-Identifier: MIT
#include "core/loader_interface.hpp"

#include "base/hex.hpp"
#include "base/text.hpp"
#include "tests/catch.hpp"
#include "tests/fakes/fake_volume.hpp"

using namespace kindling;
using namespace kindling::loader_interface;
using Storage = Variables::Storage;

namespace {

std::string raw(const fakes::FakeVariables& variables, std::string_view name) {
    auto* variable = variables.find(vendor, name);
    return variable ? to_hex(variable->data) : "none";
}

} // namespace

TEST_CASE("a text is written in UTF-16 with its NUL, volatile unless asked", "[loader_interface]") {
    fakes::FakeVariables variables;
    REQUIRE(set_text(variables, "LoaderInfo", "k\xc3\xa4"));
    CHECK(raw(variables, "LoaderInfo") == "6b00e4000000");
    CHECK(variables.find(vendor, "LoaderInfo")->storage == Storage::volatile_);
    REQUIRE(set_text(variables, "LoaderEntryLastBooted", "a", Storage::non_volatile));
    CHECK(variables.find(vendor, "LoaderEntryLastBooted")->storage == Storage::non_volatile);
    REQUIRE(set_text(variables, "LoaderInfo", ""));
    CHECK(raw(variables, "LoaderInfo") == "0000");
    CHECK(variables.find(kindling_vendor, "LoaderInfo") == nullptr);
}

TEST_CASE("a text comes back as it was written", "[loader_interface]") {
    fakes::FakeVariables variables;
    auto text = GENERATE("", "debian.conf", "caf\xc3\xa9 \xe2\x82\xac");
    REQUIRE(set_text(variables, "LoaderEntryDefault", text));
    CHECK(get_text(variables, "LoaderEntryDefault") == text);
}

TEST_CASE("a text that is missing or too long is none", "[loader_interface]") {
    fakes::FakeVariables variables;
    CHECK(get_text(variables, "LoaderEntryOneShot") == std::nullopt);
    std::string longest(text_size_max / 2 - 1, 'x'); // and the NUL
    REQUIRE(set_text(variables, "LoaderEntryOneShot", longest));
    CHECK(get_text(variables, "LoaderEntryOneShot") == longest);
    REQUIRE(set_text(variables, "LoaderEntryOneShot", longest + "x"));
    CHECK(get_text(variables, "LoaderEntryOneShot") == std::nullopt);
}

TEST_CASE("a text without NUL, with half a character or empty is tolerated", "[loader_interface]") {
    auto [hex, text] = GENERATE(table<const char*, const char*>({
        {"", ""},
        {"61", ""},
        {"6100", "a"},
        {"610062", "a"},
        {"6100000062000000", "a"},
    }));
    fakes::FakeVariables variables;
    REQUIRE(
        variables.set(vendor, "LoaderConfigTimeout", from_hex(hex).value(), Storage::volatile_));
    CHECK(get_text(variables, "LoaderConfigTimeout") == text);
}

TEST_CASE("what an earlier stage has set is kept, and nothing is set to nothing",
          "[loader_interface]") {
    fakes::FakeVariables variables;
    REQUIRE(set_text_if_unset(variables, "LoaderDevicePartUUID", ""));
    CHECK(raw(variables, "LoaderDevicePartUUID") == "none");
    REQUIRE(set_text_if_unset(variables, "LoaderDevicePartUUID", "first"));
    REQUIRE(set_text_if_unset(variables, "LoaderDevicePartUUID", "second"));
    CHECK(get_text(variables, "LoaderDevicePartUUID") == "first");
}

TEST_CASE("removing is of that name only, and of nothing is success", "[loader_interface]") {
    fakes::FakeVariables variables;
    REQUIRE(set_text(variables, "LoaderEntryOneShot", "a"));
    REQUIRE(set_text(variables, "LoaderEntryDefault", "b"));
    REQUIRE(remove(variables, "LoaderEntryOneShot"));
    REQUIRE(remove(variables, "LoaderEntryOneShot"));
    CHECK(get_text(variables, "LoaderEntryOneShot") == std::nullopt);
    CHECK(get_text(variables, "LoaderEntryDefault") == "b");
}

TEST_CASE("variables that cannot be written say so", "[loader_interface]") {
    fakes::FakeVariables variables;
    variables.is_read_only = true;
    auto written = set_text(variables, "LoaderInfo", "x");
    REQUIRE_FALSE(written);
    CHECK(written.error().code == Errc::denied);
    CHECK(set_text_if_unset(variables, "LoaderInfo", "x").error().code == Errc::denied);
    CHECK(set_text_if_unset(variables, "LoaderInfo", ""));
    CHECK(remove(variables, "LoaderInfo").error().code == Errc::denied);
}

TEST_CASE("the vendor and the features are those of the interface", "[loader_interface]") {
    CHECK(to_text(vendor) == "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f");
    CHECK_FALSE(vendor == kindling_vendor);
    CHECK(static_cast<std::uint64_t>(entry_preferred) == 0x80000);
    CHECK(static_cast<std::uint64_t>(boot_counting) == 0x10);
    CHECK(static_cast<std::uint64_t>(saved_entry) == 0x200);
}
