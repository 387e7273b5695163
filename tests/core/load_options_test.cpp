// SPDX-License-Identifier: MIT
#include "core/load_options.hpp"

#include "tests/catch.hpp"
#include "tests/fakes/fake_volume.hpp"

using namespace kindling;
using bls::EntryKind;

namespace {

/// The load options of an entry whose files are all on a volume; those named "empty" are.
std::string load_options(const bls::Entry& entry) {
    fakes::FakeVolume volume;
    for (const std::string& path : entry.initrds)
        volume.add(path, path.find("empty") == std::string::npos ? "contents" : "");
    std::string at_file;
    auto plan = initrd::plan(volume, entry, 0, at_file);
    REQUIRE(plan);
    return bls::load_options(entry, *plan);
}

bls::Entry entry_of(EntryKind kind, std::vector<std::string> initrds, std::string options) {
    bls::Entry entry;
    entry.kind = kind;
    entry.initrds = std::move(initrds);
    entry.options = std::move(options);
    return entry;
}

} // namespace

TEST_CASE("a kernel is told its initrds, then the options", "[load_options]") {
    using Row = std::tuple<std::vector<std::string>, const char*, const char*>;
    auto [initrds, options, expected] =
        GENERATE(Row{{}, "", ""}, Row{{}, "root=/dev/sda2 quiet", "root=/dev/sda2 quiet"},
                 Row{{"/initrd"}, "", "initrd=\\initrd"},
                 Row{{"/k/initrd.img"},
                     "console=ttyS0 tmode=t3",
                     "initrd=\\k\\initrd.img console=ttyS0 tmode=t3"},
                 Row{{"/k/initrd.img", "/k/early.img", "/k/empty.img"},
                     "console=ttyS0 tmode=t5 smb=1",
                     "initrd=\\k\\initrd.img initrd=\\k\\early.img console=ttyS0 tmode=t5 smb=1"},
                 Row{{"/empty", "/b", "/a", "/b"}, "", "initrd=\\b initrd=\\a initrd=\\b"},
                 Row{{"/Case/Kept"}, "", "initrd=\\Case\\Kept"});
    CHECK(load_options(entry_of(EntryKind::linux_, initrds, options)) == expected);
}

TEST_CASE("options reach the image as they are, blanks and all", "[load_options]") {
    CHECK(load_options(entry_of(EntryKind::linux_, {"/i"}, "a  \"b c\"\td")) ==
          "initrd=\\i a  \"b c\"\td");
}

TEST_CASE("a UKI is told its profile if it is not the first", "[load_options]") {
    auto kind = GENERATE(EntryKind::uki, EntryKind::type2);
    bls::Entry entry = entry_of(kind, {"/initrd"}, "");
    CHECK(load_options(entry).empty());
    entry.profile = 0;
    CHECK(load_options(entry).empty());
    entry.profile = 1;
    CHECK(load_options(entry) == "@1");
    entry.profile = 4294967295;
    entry.options = "quiet";
    CHECK(load_options(entry) == "@4294967295 quiet");
}

TEST_CASE("a UKI's own command line is not passed to it", "[load_options]") {
    bls::Entry entry = entry_of(EntryKind::type2, {}, "embedded");
    entry.options_implied = true;
    CHECK(load_options(entry).empty());
    entry.profile = 2;
    CHECK(load_options(entry) == "@2");
    entry.options_implied = false;
    CHECK(load_options(entry) == "@2 embedded");
}

TEST_CASE("a profile means nothing to a kernel or another program", "[load_options]") {
    auto kind = GENERATE(EntryKind::linux_, EntryKind::efi);
    bls::Entry entry = entry_of(kind, {}, "quiet");
    entry.profile = 3;
    CHECK(load_options(entry) == "quiet");
}

TEST_CASE("an efi program gets its options and no initrd", "[load_options]") {
    CHECK(load_options(entry_of(EntryKind::efi, {"/initrd"}, "a b")) == "a b");
    CHECK(load_options(entry_of(EntryKind::efi, {"/initrd"}, "")).empty());
}
