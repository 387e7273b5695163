// SPDX-License-Identifier: MIT
#include "core/initrd.hpp"

#include "base/hex.hpp"
#include "base/sha256.hpp"
#include "tests/catch.hpp"
#include "tests/fakes/fake_volume.hpp"

using namespace kindling;

namespace {

bls::Entry entry_of(bls::EntryKind kind, std::vector<std::string> initrds,
                    std::vector<std::string> extras) {
    bls::Entry entry;
    entry.kind = kind;
    entry.initrds = std::move(initrds);
    entry.extras = std::move(extras);
    return entry;
}

bls::Entry linux_entry(std::vector<std::string> initrds, std::vector<std::string> extras = {}) {
    return entry_of(bls::EntryKind::linux_, std::move(initrds), std::move(extras));
}

/// A plan and the blob it was filled into, which held 0xff before.
struct Filled {
    initrd::Plan plan;
    std::vector<std::byte> memory;

    Bytes blob() const { return Bytes(memory).first(plan.size_bytes); }
    std::string text() const { return std::string(to_text(blob())); }
    std::string digest(cpio::ExtraKind kind) const {
        return to_hex(sha256(initrd::archive_of(plan, blob(), kind)));
    }
};

Result<Filled> try_fill(Volume& volume, initrd::Plan plan, std::string& at_file) {
    Filled filled{std::move(plan), {}};
    filled.memory.assign(filled.plan.size_bytes, std::byte{0xff});
    TRY(initrd::fill(volume, filled.plan, filled.memory, at_file));
    return filled;
}

Filled fill(Volume& volume, const bls::Entry& entry, std::uint64_t previous_size = 0) {
    std::string at_file;
    auto plan = initrd::plan(volume, entry, previous_size, at_file);
    REQUIRE(plan);
    auto filled = try_fill(volume, std::move(*plan), at_file);
    REQUIRE(filled);
    return std::move(*filled);
}

/// Runs `change` between planning and filling.
template <class Change>
Result<Filled> fill_changed(fakes::FakeVolume& volume, const bls::Entry& entry,
                            std::string& at_file, Change change) {
    auto plan = initrd::plan(volume, entry, 0, at_file);
    REQUIRE(plan);
    change();
    return try_fill(volume, std::move(*plan), at_file);
}

std::vector<std::string> packed_paths(const initrd::Plan& plan) {
    std::vector<std::string> paths;
    for (const initrd::PackedExtra& one : plan.packed) paths.push_back(one.path);
    return paths;
}

const std::string nuls(4, '\0');

/// Every file of it gets shorter by a byte with each read.
class ShrinkingVolume : public fakes::FakeVolume {
public:
    Result<std::size_t> read(std::string_view path, std::uint64_t offset,
                             MutableBytes into) override {
        if (into.size() > 1) into = into.first(into.size() - 1);
        return FakeVolume::read(path, offset, into);
    }
};

} // namespace

TEST_CASE("a single plain initrd keeps its exact bytes", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/initrd.img", "12345");
    Filled filled = fill(volume, linux_entry({"/initrd.img"}));
    CHECK(filled.text() == "12345");
    REQUIRE(filled.plan.files.size() == 1);
    CHECK(filled.plan.files[0].path == "/initrd.img");
}

TEST_CASE("initrds follow each other in the entry's order, padded except the last", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/a", "12345");
    volume.add("/b", "67");
    CHECK(fill(volume, linux_entry({"/a", "/b"})).text() == "12345" + nuls.substr(1) + "67");
    CHECK(fill(volume, linux_entry({"/b", "/a"})).text() == "67" + nuls.substr(2) + "12345");
    CHECK(fill(volume, linux_entry({"/b", "/b", "/b"})).text() ==
          "67" + nuls.substr(2) + "67" + nuls.substr(2) + "67");
}

TEST_CASE("an empty initrd is passed over", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/a", "1234");
    volume.add("/empty", "");
    volume.add("/b", "5");
    Filled filled = fill(volume, linux_entry({"/empty", "/a", "/empty", "/b", "/empty"}));
    CHECK(filled.text() == "12345");
    CHECK(filled.plan.files.size() == 2);
    Filled nothing = fill(volume, linux_entry({"/empty"}));
    CHECK(nothing.plan.size_bytes == 0);
    CHECK(nothing.plan.files.empty());
}

TEST_CASE("an initrd that cannot be used fails the plan with its path", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/good", "1");
    volume.make_directory("/directory");
    volume.add("/big", "1").claimed_size = initrd::file_size_max + 1;
    volume.add("/largest", "1").claimed_size = initrd::file_size_max;
    using Row = std::tuple<std::vector<std::string>, Errc>;
    auto [initrds, code] =
        GENERATE(Row{{"/good", "/none"}, Errc::not_found}, Row{{"/directory"}, Errc::invalid},
                 Row{{"/big"}, Errc::too_large},
                 Row{{"/largest", "/largest", "/largest", "/largest", "/good"}, Errc::too_large});
    std::string at_file;
    auto plan = initrd::plan(volume, linux_entry(initrds), 0, at_file);
    REQUIRE_FALSE(plan);
    CHECK(plan.error().code == code);
    CHECK(at_file == initrds.back());
}

TEST_CASE("initrds may fill the blob to its limit but not extras beyond it", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/largest", "1").claimed_size = initrd::file_size_max;
    volume.add("/a.cred", "1");
    std::vector<std::string> four(4, "/largest");
    std::string at_file;
    auto plan = initrd::plan(volume, linux_entry(four), 0, at_file);
    REQUIRE(plan);
    CHECK(plan->size_bytes == initrd::blob_size_max);
    auto beyond = initrd::plan(volume, linux_entry(four, {"/a.cred"}), 0, at_file);
    REQUIRE_FALSE(beyond);
    CHECK(beyond.error().code == Errc::too_large);
}

TEST_CASE("planning reads no contents", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/initrd", "1");
    volume.add("/a.cred", "1");
    std::string at_file;
    REQUIRE(initrd::plan(volume, linux_entry({"/initrd"}, {"/a.cred"}), 0, at_file));
    CHECK(volume.reads == 0);
}

TEST_CASE("one extra becomes the known archive", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/x/foo.cred", "hello\n");
    auto kind = GENERATE(bls::EntryKind::linux_, bls::EntryKind::uki, bls::EntryKind::type2);
    Filled filled = fill(volume, entry_of(kind, {}, {"/x/foo.cred"}));
    CHECK(filled.plan.size_bytes == 524);
    CHECK(filled.plan.extras_offset == 0);
    CHECK(to_hex(sha256(filled.blob())) ==
          "9075b4e3e833fd54512516c684904a5a0caef3769b3dd893172cb628bb6564cd");
    CHECK(initrd::archive_of(filled.plan, filled.blob(), cpio::ExtraKind::sysext).empty());
    CHECK(initrd::archive_of(filled.plan, filled.blob(), cpio::ExtraKind::confext).empty());
}

TEST_CASE("extras are packed in the order of the entry, not of their names", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/a.cred", "A");
    volume.add("/b.sysext.raw", "BB");
    volume.add("/c.cred", "CCC");
    volume.add("/d.confext.raw", "DDDD");
    using Row = std::tuple<std::vector<std::string>, std::array<const char*, 4>>;
    auto [extras, digests] =
        GENERATE(Row{{"/a.cred", "/b.sysext.raw", "/c.cred", "/d.confext.raw"},
                     {"74f2a4f3222755d78f8a9518be7268b2caf1fd5bb0bbb3edd74cdd2b43bfb029",
                      "4643624691e76f31828354b98ed65ef469048e325de97437dd7ff7db83e853fc",
                      "e5cd62da412775b8a0d4e28edacf52618c31b3f784947f2e48be6a9cfe9211f2",
                      "659a72b1ff1ae6248fa199c4962e144f987282d85b4631a0221867169ca1377c"}},
                 Row{{"/a.cred", "/c.cred", "/b.sysext.raw", "/d.confext.raw"},
                     {"0cf82bd3d76dfd16d427918a5d9baff76b599093583ee25293cd6f47910578e8",
                      "9c8d13b645e8e3b5cb570ca4aa889e912a94b9b33fc1a0683ac86d823e20fd36",
                      "e5cd62da412775b8a0d4e28edacf52618c31b3f784947f2e48be6a9cfe9211f2",
                      "2b11dc67cd504864bacca452f2800759c8b10c0298f5c181baa58bceefd4bee3"}});
    Filled filled = fill(volume, linux_entry({}, extras));
    CHECK(filled.plan.size_bytes == 1936);
    CHECK(filled.digest(cpio::ExtraKind::credential) == digests[0]);
    CHECK(filled.digest(cpio::ExtraKind::sysext) == digests[1]);
    CHECK(filled.digest(cpio::ExtraKind::confext) == digests[2]);
    CHECK(to_hex(sha256(filled.blob())) == digests[3]);
}

TEST_CASE("four extras of three kinds become the known archives", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/a.cred", "hello\n");
    volume.add("/b.sysext.raw", "SSSSS");
    volume.add("/c.confext.raw", "C");
    volume.add("/d.cred", "12345678");
    Filled filled =
        fill(volume, linux_entry({}, {"/a.cred", "/b.sysext.raw", "/c.confext.raw", "/d.cred"}));
    CHECK(filled.plan.size_bytes == 916 + 516 + 516);
    CHECK(filled.digest(cpio::ExtraKind::credential) ==
          "74013b6245ecf88a66dee2196deffd43214a87a5c0940b3f728aa19aed6a258f");
    CHECK(filled.digest(cpio::ExtraKind::sysext) ==
          "10273edf2d1b03ab2538f65c97a36108ac55b105441623fa3c1288700c38d111");
    CHECK(filled.digest(cpio::ExtraKind::confext) ==
          "4d217a2b893a1041dbf41e1217987c9c91fe774882823517cc38883e1d208049");
}

TEST_CASE("extras stand behind the initrds, which are padded for them", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/initrd", "12345");
    volume.add("/x/foo.cred", "hello\n");
    Filled filled = fill(volume, linux_entry({"/initrd"}, {"/x/foo.cred"}));
    CHECK(filled.plan.extras_offset == 8);
    CHECK(filled.plan.size_bytes == 8 + 524);
    CHECK(filled.text().substr(0, 8) == "12345" + nuls.substr(1));
    CHECK(filled.digest(cpio::ExtraKind::credential) ==
          "9075b4e3e833fd54512516c684904a5a0caef3769b3dd893172cb628bb6564cd");
}

TEST_CASE("an earlier stage's initrd keeps its place in front of a UKI's extras", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/x/foo.cred", "hello\n");
    volume.add("/initrd", "not for a UKI");
    auto kind = GENERATE(bls::EntryKind::uki, bls::EntryKind::type2);
    Filled filled = fill(volume, entry_of(kind, {"/initrd"}, {"/x/foo.cred"}), 5);
    CHECK(filled.plan.files.empty());
    CHECK(filled.plan.extras_offset == 8);
    CHECK(filled.plan.size_bytes == 8 + 524);
    CHECK(filled.text().substr(0, 8) == std::string(5, '\xff') + nuls.substr(1));
}

TEST_CASE("a linux entry does not take the initrd of an earlier stage", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/initrd", "12345");
    Filled filled = fill(volume, linux_entry({"/initrd"}), 100);
    CHECK(filled.plan.previous_size == 0);
    CHECK(filled.text() == "12345");
}

TEST_CASE("an efi program and a URL get nothing", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/initrd", "1");
    volume.add("/a.cred", "1");
    auto kind = GENERATE(bls::EntryKind::efi, bls::EntryKind::uki_url);
    Filled filled = fill(volume, entry_of(kind, {"/initrd"}, {"/a.cred"}), 100);
    CHECK(filled.plan.size_bytes == 0);
    CHECK(filled.plan.packed.empty());
    CHECK(filled.plan.skipped.empty());
}

TEST_CASE("an extra that cannot be packed is skipped with its reason", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/good.cred", "hello\n");
    volume.add("/empty.cred", "");
    volume.make_directory("/directory.cred");
    volume.add("/large.cred", "1").claimed_size = cpio::extra_size_max + 1;
    volume.add("/\xc3\xa4.cred", "1");
    volume.add("/" + std::string(251, 'a') + ".cred", "1");
    volume.add("/plain.raw", "1");
    volume.add("/a.addon.efi", "1");
    auto [path, reason] = GENERATE(table<std::string, std::string>({
        {"/none.cred", "does not exist"},
        {"/empty.cred", "is empty"},
        {"/directory.cred", "is a directory"},
        {"/large.cred", "is over 1.5 GiB"},
        {"/\xc3\xa4.cred", "name is not ASCII"},
        {"/" + std::string(251, 'a') + ".cred", "name is over 255 characters"},
        {"/plain.raw", "suffix is not .cred, .sysext.raw or .confext.raw"},
        {"/a.addon.efi", "suffix is not .cred, .sysext.raw or .confext.raw"},
        {"/x/../good.cred", "path has a . or .. component"},
        {"/./good.cred", "path has a . or .. component"},
        {"/good.cred/..", "path has a . or .. component"},
    }));
    Filled filled = fill(volume, linux_entry({}, {path, "/good.cred"}));
    REQUIRE(filled.plan.skipped.size() == 1);
    CHECK(filled.plan.skipped[0].path == path);
    CHECK(filled.plan.skipped[0].reason == reason);
    // The bytes are those of the list without it.
    CHECK(filled.blob().size() == fill(volume, linux_entry({}, {"/good.cred"})).blob().size());
    CHECK(packed_paths(filled.plan) == std::vector<std::string>{"/good.cred"});
    CHECK(equal(filled.blob(), fill(volume, linux_entry({}, {"/good.cred"})).blob()));
}

TEST_CASE("a name of 255 characters and a file of 1.5 GiB are packed", "[initrd]") {
    fakes::FakeVolume volume;
    std::string longest = "/" + std::string(250, 'a') + ".cred";
    volume.add(longest, "1");
    volume.add("/large.cred", "1").claimed_size = cpio::extra_size_max;
    std::string at_file;
    auto plan = initrd::plan(volume, linux_entry({}, {longest, "/large.cred"}), 0, at_file);
    REQUIRE(plan);
    CHECK(plan->skipped.empty());
    CHECK(plan->packed.size() == 2);
}

TEST_CASE("the name on disk decides, with its case and without directories", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/Deep/Er/FOO.Cred", "hello\n");
    Filled filled = fill(volume, linux_entry({}, {"/deep/er/foo.cred"}));
    REQUIRE(filled.plan.packed.size() == 1);
    CHECK(filled.plan.packed[0].path == "/deep/er/foo.cred");
    CHECK(filled.plan.packed[0].extra.name == "FOO.Cred");
    CHECK(filled.plan.packed[0].extra.kind == cpio::ExtraKind::credential);
    CHECK(filled.text().find(".extra/credentials/FOO.Cred") != std::string::npos);
}

TEST_CASE("an extra named twice is packed twice", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/a.cred", "1");
    Filled filled = fill(volume, linux_entry({}, {"/a.cred", "/a.cred"}));
    CHECK(packed_paths(filled.plan) == std::vector<std::string>{"/a.cred", "/a.cred"});
}

TEST_CASE("a blob whose extras are all skipped ends as if there were none", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/initrd", "12345");
    Filled filled = fill(volume, linux_entry({"/initrd"}, {"/none.cred"}));
    CHECK(filled.text() == "12345");
    CHECK(filled.plan.skipped.size() == 1);
}

TEST_CASE("too many extras fail the plan", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/a.cred", "1");
    std::vector<std::string> extras(cpio::extras_max, "/a.cred");
    std::string at_file;
    CHECK(initrd::plan(volume, linux_entry({}, extras), 0, at_file));
    extras.push_back("/a.cred");
    auto plan = initrd::plan(volume, linux_entry({}, extras), 0, at_file);
    REQUIRE_FALSE(plan);
    CHECK(plan.error().code == Errc::too_large);
}

TEST_CASE("an extra that became shorter is packed with the bytes it has", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/initrd", "12345");
    volume.add("/x/foo.cred", "hello\nand more");
    std::string at_file;
    bls::Entry entry = linux_entry({"/initrd"}, {"/x/foo.cred"});
    auto filled =
        fill_changed(volume, entry, at_file, [&] { volume.add("/x/foo.cred", "hello\n"); });
    REQUIRE(filled);
    CHECK(filled->plan.size_bytes == 8 + 524);
    CHECK(filled->plan.skipped.empty());
    CHECK(equal(filled->blob(), fill(volume, entry).blob()));
}

TEST_CASE("what a file has grown by is not read", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/initrd", "1234");
    volume.add("/x/foo.cred", "hello\n");
    std::string at_file;
    auto filled = fill_changed(volume, linux_entry({"/initrd"}, {"/x/foo.cred"}), at_file, [&] {
        volume.add("/initrd", "123456");
        volume.add("/x/foo.cred", "hello\nand more");
    });
    REQUIRE(filled);
    CHECK(filled->text().substr(0, 4) == "1234");
    CHECK(filled->digest(cpio::ExtraKind::credential) ==
          "9075b4e3e833fd54512516c684904a5a0caef3769b3dd893172cb628bb6564cd");
}

TEST_CASE("an extra that cannot be read any more is moved to the skipped ones", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/initrd", "12345");
    volume.add("/a.cred", "1");
    volume.add("/b.cred", "2");
    volume.add("/x/foo.cred", "hello\n");
    std::string reason;
    auto change = [&] { volume.drop("/b.cred"); };
    auto empty = [&] { volume.add("/b.cred", ""); };
    auto broken = [&] { volume.add("/b.cred", "2").read_error = Error{Errc::io, "is broken"}; };
    bls::Entry entry = linux_entry({"/initrd"}, {"/a.cred", "/b.cred", "/x/foo.cred"});
    std::string at_file;
    Result<Filled> filled = Error{};
    SECTION("gone") {
        filled = fill_changed(volume, entry, at_file, change);
        reason = "does not exist";
    }
    SECTION("empty") {
        filled = fill_changed(volume, entry, at_file, empty);
        reason = "is empty";
    }
    SECTION("broken") {
        filled = fill_changed(volume, entry, at_file, broken);
        reason = "is broken";
    }
    REQUIRE(filled);
    CHECK(packed_paths(filled->plan) == std::vector<std::string>{"/a.cred", "/x/foo.cred"});
    REQUIRE(filled->plan.skipped.size() == 1);
    CHECK(filled->plan.skipped[0].path == "/b.cred");
    CHECK(filled->plan.skipped[0].reason == reason);
    Filled without = fill(volume, linux_entry({"/initrd"}, {"/a.cred", "/x/foo.cred"}));
    CHECK(equal(filled->blob(), without.blob()));
}

TEST_CASE("any number of extras may break at once", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/x/foo.cred", "hello\n");
    std::vector<std::string> extras;
    for (int i = 0; i < 100; i++) {
        extras.push_back("/" + std::to_string(i) + ".cred");
        volume.add(extras.back(), "1");
    }
    extras.insert(extras.begin() + 50, "/x/foo.cred");
    std::string at_file;
    auto filled = fill_changed(volume, linux_entry({}, extras), at_file, [&] {
        for (int i = 0; i < 100; i++) volume.drop("/" + std::to_string(i) + ".cred");
    });
    REQUIRE(filled);
    REQUIRE(filled->plan.skipped.size() == 100);
    CHECK(filled->plan.skipped[0].path == "/0.cred");
    CHECK(filled->plan.skipped[99].path == "/99.cred");
    CHECK(to_hex(sha256(filled->blob())) ==
          "9075b4e3e833fd54512516c684904a5a0caef3769b3dd893172cb628bb6564cd");
}

TEST_CASE("a blob whose extras all break gets shorter than its padding", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/initrd", "12345");
    volume.add("/a.cred", "1");
    std::string at_file;
    auto filled = fill_changed(volume, linux_entry({"/initrd"}, {"/a.cred"}), at_file,
                               [&] { volume.drop("/a.cred"); });
    REQUIRE(filled);
    CHECK(filled->text() == "12345");
}

TEST_CASE("extras that never stop changing are an error", "[initrd]") {
    ShrinkingVolume volume;
    volume.add("/a.cred", std::string(1000, 'a'));
    std::string at_file;
    auto plan = initrd::plan(volume, linux_entry({}, {"/a.cred"}), 0, at_file);
    REQUIRE(plan);
    auto filled = try_fill(volume, std::move(*plan), at_file);
    REQUIRE_FALSE(filled);
    CHECK(filled.error().code == Errc::io);
    CHECK(at_file == "/a.cred");
}

TEST_CASE("an initrd that became shorter or unreadable is an error with its path", "[initrd]") {
    fakes::FakeVolume volume;
    volume.add("/a", "1");
    volume.add("/b", "12345");
    std::string at_file;
    bls::Entry entry = linux_entry({"/a", "/b"});
    auto code_after = [&](auto change) {
        auto filled = fill_changed(volume, entry, at_file, change);
        REQUIRE_FALSE(filled);
        CHECK(at_file == "/b");
        return filled.error().code;
    };
    SECTION("shorter") {
        CHECK(code_after([&] { volume.add("/b", "1234"); }) == Errc::truncated);
    }
    SECTION("gone") {
        CHECK(code_after([&] { volume.drop("/b"); }) == Errc::not_found);
    }
    SECTION("broken") {
        CHECK(code_after([&] {
                  volume.add("/b", "12345").read_error = Error{Errc::io, "no"};
              }) == Errc::io);
    }
}

TEST_CASE("every byte of the blob behind an earlier initrd is written", "[initrd]") {
    fakes::FakeVolume volume;
    std::vector<std::string> initrds, extras;
    constexpr std::array<const char*, 3> suffix{".cred", ".sysext.raw", ".confext.raw"};
    for (std::size_t i = 0; i < 10; i++) {
        initrds.push_back("/initrd" + std::to_string(i));
        volume.add(initrds.back(), std::string(i, 'i'));
        extras.push_back("/extra" + std::to_string(i) + suffix[i % 3]);
        volume.add(extras.back(), std::string(i + 1, 'e'));
    }
    Filled filled = fill(volume, linux_entry(initrds, extras));
    Bytes blob = filled.blob();
    CHECK(std::count(blob.begin(), blob.end(), std::byte{0xff}) == 0);
    for (std::size_t i = 0; i < filled.plan.files.size(); i++) {
        cpio::Range range = filled.plan.files[i].range;
        CHECK(range.offset % 4 == 0);
        CHECK(filled.text().substr(range.offset, range.size_bytes) == std::string(i + 1, 'i'));
    }
    for (std::size_t i = 0; i < filled.plan.packed.size(); i++) {
        cpio::Range range = filled.plan.layout.payloads[i];
        std::uint64_t offset = filled.plan.extras_offset + range.offset;
        CHECK(filled.text().substr(offset, range.size_bytes) == std::string(i + 1, 'e'));
    }
}

TEST_CASE("a name on disk that cannot be a member's is skipped", "[initrd]") {
    /// A damaged file system may find one name and answer with another.
    class OddVolume : public fakes::FakeVolume {
    public:
        std::string name;
        Result<FileInfo> info(std::string_view path) override {
            FileInfo info = TRY(FakeVolume::info(path));
            info.name = name;
            return info;
        }
    };
    OddVolume volume;
    volume.add("/a.cred", "1");
    volume.name = GENERATE(std::string("a/b.cred"), std::string("a\0.cred", 7));
    Filled filled = fill(volume, linux_entry({}, {"/a.cred"}));
    REQUIRE(filled.plan.skipped.size() == 1);
    CHECK(filled.plan.skipped[0].reason == std::string("name has a slash or NUL"));
}
