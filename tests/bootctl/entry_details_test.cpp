// SPDX-License-Identifier: MIT
#include "bootctl/entry_details.hpp"
#include "tests/bootctl/boot_directory.hpp"
#include "tests/catch.hpp"

using namespace kindling;
using bls::EntryKind;

namespace {

/// Details of `entry` on an ESP in a directory.
struct Reader {
    explicit Reader(const tests::BootDirectory& esp) {
        SourceOptions options;
        options.esp_path = esp.path();
        source = std::move(*BootSource::open(options));
        details.emplace(*source, "x64");
    }
    EntryDetails read(const bls::Entry& entry) {
        Progress progress;
        return std::move(details->read({&entry, 1}, progress)->at(0));
    }

    std::unique_ptr<BootSource> source;
    std::optional<DetailReader> details;
};

std::string_view skipped(const ExtraState& state) {
    return state.skipped ? state.skipped : "";
}

} // namespace

TEST_CASE("each extra has its fate, in the order of the lines", "[entry_details]") {
    tests::BootDirectory esp;
    esp.add("/a.cred", "A");
    esp.add("/empty.cred", "");
    esp.add("/dir.cred/x", "");
    esp.add("/b.sysext.raw", "BB");
    bls::Entry entry;
    entry.extras = {"/empty.cred", "/A.CRED",       "/dir.cred",  "/x/../a.cred",
                    "/a.cred",     "/b.sysext.raw", "/empty.cred"};
    auto states = Reader(esp).read(entry).extras;
    REQUIRE(states.size() == 7);
    for (std::size_t i = 0; i < states.size(); i++) CHECK(states[i].path == entry.extras[i]);
    CHECK(skipped(states[0]) == "is empty");
    CHECK(states[0].size_bytes == 0);
    CHECK(skipped(states[1]).empty());
    CHECK(states[1].size_bytes == 1);
    CHECK(skipped(states[2]) == "is a directory");
    CHECK_FALSE(states[2].size_bytes);
    CHECK(skipped(states[3]) == "path has a . or .. component");
    CHECK(skipped(states[4]).empty());
    CHECK(states[5].kind == cpio::ExtraKind::sysext);
    CHECK(skipped(states[6]) == "is empty");
}

TEST_CASE("an initrd that is missing does not hide the fate of extras", "[entry_details]") {
    tests::BootDirectory esp;
    esp.add("/a.cred", "A");
    esp.add("/dir/x", "");
    bls::Entry entry;
    entry.initrds = {"/none", "/dir", "/a.cred"};
    entry.extras = {"/a.cred"};
    auto details = Reader(esp).read(entry);
    CHECK(details.root == esp.path());
    REQUIRE(details.problems.size() == 2);
    CHECK(details.problems.at("/none") == std::string("No such file or directory"));
    CHECK(details.problems.at("/dir") == std::string("Is a directory"));
    REQUIRE(details.extras.size() == 1);
    CHECK(skipped(details.extras[0]).empty());
}

TEST_CASE("extras of an entry that gets none are said to be left out", "[entry_details]") {
    tests::BootDirectory esp;
    esp.add("/a.cred", "A");
    bls::Entry entry;
    entry.kind = EntryKind::efi;
    entry.extras = {"/a.cred"};
    auto details = Reader(esp).read(entry);
    REQUIRE(details.extras.size() == 1);
    CHECK(skipped(details.extras[0]) == "this kind of entry gets no extras");
    CHECK(details.extras[0].size_bytes == 1);
    entry.kind = EntryKind::linux_;
    entry.extras.assign(cpio::extras_max + 1, "/a.cred");
    details = Reader(esp).read(entry);
    REQUIRE(details.extras.size() == cpio::extras_max + 1);
    CHECK_FALSE(skipped(details.extras[0]).empty());
    CHECK_FALSE(skipped(details.extras.back()).empty());
}

TEST_CASE("only an entry with a stub has companions, and UKIs share the global ones",
          "[entry_details]") {
    tests::BootDirectory esp;
    esp.add("/loader/credentials/g.cred", "G");
    esp.add("/loader/extensions/e.confext.raw", "E");
    esp.add("/loader/extensions/e.raw", "E");
    esp.add("/loader/addons/a.addon.efi", tests::pe_file({{".cmdline", " given \n"}}));
    esp.add("/loader/addons/b.addon.efi", tests::pe_file({{".ucode", "x"}}));
    esp.add("/k/one.efi.extra.d/own.cred", "O");
    bls::Entry entry;
    entry.image_path = "/k/one+2.efi";
    entry.options = "quiet";
    Reader reader(esp);
    auto plain = reader.read(entry);
    CHECK(plain.global_companions == nullptr);
    CHECK(plain.own_companions == nullptr);
    CHECK(plain.cmdline == "quiet");
    entry.kind = EntryKind::uki;
    auto one = reader.read(entry);
    entry.image_path = "/k/two.efi";
    auto two = reader.read(entry);
    REQUIRE(one.global_companions);
    CHECK(one.global_companions == two.global_companions);
    CHECK(one.global_companions->files ==
          std::vector<std::string>{"/loader/addons/a.addon.efi", "/loader/addons/b.addon.efi",
                                   "/loader/credentials/g.cred", "/loader/extensions/e.raw",
                                   "/loader/extensions/e.confext.raw"});
    REQUIRE(one.global_companions->addons.size() == 1);
    CHECK(one.own_companions->files == std::vector<std::string>{"/k/one.efi.extra.d/own.cred"});
    CHECK(two.own_companions->files.empty());
    CHECK(one.cmdline == "quiet given");
    CHECK(reader.details->remarks().empty());
}
