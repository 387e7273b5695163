// SPDX-License-Identifier: MIT
#include "bootctl/entry_lookup.hpp"

#include "tests/bootctl/esp_directory.hpp"

using namespace kindling;

namespace {

bls::Entry snippet(const std::string& id, bls::EntrySource source = bls::EntrySource::esp) {
    bls::Entry entry;
    entry.id = id;
    entry.source = source;
    entry.file_path = "/loader/entries/" + id;
    return entry;
}

bls::Entry image(const std::string& file, std::uint32_t profile, const std::string& profile_id) {
    bls::Entry entry;
    entry.kind = bls::EntryKind::type2;
    entry.id = file;
    if (profile > 0) entry.id += "@" + (profile_id.empty() ? std::to_string(profile) : profile_id);
    entry.file_path = "/EFI/Linux/" + file;
    entry.profile = profile;
    entry.profile_id = profile_id;
    return entry;
}

struct Lookup {
    tests::EspDirectory directory;
    std::unique_ptr<BootSource> source = directory.open();
    bls::Discovery discovery;
    std::vector<Notice> remarks;
    Notice failure;

    Result<bls::Entry> find(std::string_view name) {
        remarks.clear();
        return look_up_entry(*source, discovery, name, remarks, failure);
    }
    std::string id_of(std::string_view name) {
        auto found = find(name);
        return found ? found->id : "";
    }
    Errc code_of(std::string_view name) {
        auto found = find(name);
        REQUIRE_FALSE(found);
        return found.error().code;
    }
};

} // namespace

TEST_CASE("an entry is found by its id with or without suffix, in any case", "[entry_lookup]") {
    Lookup lookup;
    lookup.discovery.entries = {snippet("a.conf"), snippet("b@c.conf"), snippet("d.efi.conf")};
    for (std::string_view name : {"a.conf", "A.CONF", "a", "A"})
        CHECK(lookup.id_of(name) == "a.conf");
    CHECK(lookup.id_of("b@c") == "b@c.conf");
    CHECK(lookup.id_of("d.efi") == "d.efi.conf");
    CHECK(lookup.remarks.empty());
}

TEST_CASE("a profile is found by its id and by its number", "[entry_lookup]") {
    Lookup lookup;
    lookup.discovery.entries = {image("u.efi", 0, "main"), image("u.efi", 1, "factory-reset"),
                                image("u.efi", 2, "")};
    for (std::string_view name : {"u.efi", "u", "u@0", "u.efi@0"})
        CHECK(lookup.id_of(name) == "u.efi");
    for (std::string_view name : {"u.efi@factory-reset", "u@Factory-Reset", "u@1", "U.EFI@1"})
        CHECK(lookup.id_of(name) == "u.efi@factory-reset");
    for (std::string_view name : {"u.efi@2", "u@2"}) CHECK(lookup.id_of(name) == "u.efi@2");
    CHECK(lookup.code_of("u@3") == Errc::not_found);
}

TEST_CASE("an id in full comes before one without suffix", "[entry_lookup]") {
    Lookup lookup;
    lookup.discovery.entries = {snippet("a.conf.conf"), snippet("a.conf")};
    CHECK(lookup.id_of("a.conf") == "a.conf");
    CHECK(lookup.id_of("a.conf.conf") == "a.conf.conf");
}

TEST_CASE("a name that fits two ids is refused", "[entry_lookup]") {
    Lookup lookup;
    lookup.discovery.entries = {snippet("a.conf"), image("a.efi", 0, "")};
    CHECK(lookup.code_of("a") == Errc::invalid);
    CHECK(lookup.failure.text == "\"a\" may be a.conf, a.efi");
    CHECK(lookup.failure.hint == "name one in full");
    CHECK(lookup.id_of("a.efi") == "a.efi");
}

TEST_CASE("of two entries with one id the first in the menu is taken, with a remark",
          "[entry_lookup]") {
    Lookup lookup;
    lookup.discovery.entries = {snippet("a.conf", bls::EntrySource::xbootldr), snippet("a.conf")};
    auto found = lookup.find("a");
    REQUIRE(found);
    CHECK(found->source == bls::EntrySource::xbootldr);
    REQUIRE(lookup.remarks.size() == 1);
    CHECK(lookup.remarks[0].text == "there are 2 entries \"a.conf\"; assumed is the first in the "
                                    "menu, \"/loader/entries/a.conf\" on XBOOTLDR");
}

TEST_CASE("an unknown entry is answered with near ones, or else with all", "[entry_lookup]") {
    Lookup lookup;
    CHECK(lookup.code_of("a") == Errc::not_found);
    CHECK(lookup.failure.text == "there is no entry \"a\"");
    CHECK(lookup.failure.hint == "there are no entries at all");
    lookup.discovery.entries = {snippet("debian-6.1.conf"), snippet("arch.conf")};
    CHECK(lookup.code_of("debain-6.1") == Errc::not_found);
    CHECK(lookup.failure.hint == "did you mean debian-6.1.conf?");
    CHECK(lookup.code_of("debian") == Errc::not_found);
    CHECK(lookup.failure.hint == "did you mean debian-6.1.conf?");
    CHECK(lookup.code_of("fedora") == Errc::not_found);
    CHECK(lookup.failure.hint == "there are debian-6.1.conf, arch.conf");
    CHECK(lookup.code_of("") == Errc::not_found);
    for (int i = 0; i < 20; i++)
        lookup.discovery.entries.push_back(snippet("entry-" + std::to_string(i) + ".conf"));
    CHECK(lookup.code_of("fedora") == Errc::not_found);
    CHECK(lookup.failure.hint.ends_with("entry-6.conf, entry-7.conf and 12 more"));
}

TEST_CASE("a hidden entry is answered with its file, its line and the reason", "[entry_lookup]") {
    Lookup lookup;
    lookup.discovery.hidden = {
        {bls::EntrySource::esp, "/loader/entries/A+3.conf", "", {Errc::invalid, "no kernel", 7}},
        {bls::EntrySource::esp,
         "/loader/entries/b.conf",
         "/vmlinuz",
         {Errc::not_found, "does not exist"}},
        {bls::EntrySource::esp, "/EFI/Linux/u.efi", "", {Errc::truncated, "is cut short", 64}},
    };
    auto [name, text] = GENERATE(table<std::string, std::string>({
        {"a", "loader/entries/A+3.conf, line 7: no kernel"},
        {"a.CONF", "loader/entries/A+3.conf, line 7: no kernel"},
        {"b.conf", "loader/entries/b.conf: /vmlinuz: does not exist"},
        {"u.efi", "EFI/Linux/u.efi: is cut short"},
        {"u@1", "EFI/Linux/u.efi: is cut short"},
        {"u.efi@factory", "EFI/Linux/u.efi: is cut short"},
    }));
    CHECK(lookup.code_of(name) == Errc::not_found);
    CHECK(lookup.failure.text ==
          "the loader does not show \"" + name + "\": " + lookup.directory.name_of(text));
}

TEST_CASE("an entry that is shown hides a hidden file of the same id", "[entry_lookup]") {
    Lookup lookup;
    lookup.discovery.entries = {snippet("a.conf")};
    lookup.discovery.hidden = {
        {bls::EntrySource::esp, "/loader/entries/a+3.conf", "", {Errc::invalid, "no kernel"}}};
    CHECK(lookup.id_of("a") == "a.conf");
}
