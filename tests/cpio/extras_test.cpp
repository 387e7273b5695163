// SPDX-License-Identifier: MIT
#include "cpio/extras.hpp"

#include "base/hex.hpp"
#include "base/sha256.hpp"
#include "cpio/newc.hpp"
#include "tests/catch.hpp"

using namespace kindling;
using namespace kindling::cpio;

namespace {

struct File {
    std::string name;
    std::string contents;
};

struct Packed {
    ExtrasLayout layout;
    std::vector<std::byte> blob;

    Bytes archive(ExtraKind kind) const {
        Range range = layout.archives[static_cast<std::size_t>(kind)];
        return Bytes(blob).subspan(range.offset, range.size_bytes);
    }
};

std::vector<Extra> extras_of(const std::vector<File>& files) {
    std::vector<Extra> extras;
    for (const File& file : files)
        extras.push_back({kind_of(file.name).value(), file.name, file.contents.size()});
    return extras;
}

/// Packs into a blob of 0xff, so that a byte nobody writes is seen.
Packed pack(const std::vector<File>& files, bool payload_first = false) {
    std::vector<Extra> extras = extras_of(files);
    Packed packed{lay_out(extras).value(), {}};
    packed.blob.assign(packed.layout.size_bytes, std::byte{0xff});
    if (!payload_first) write_frame(extras, packed.layout, packed.blob);
    for (std::size_t i = 0; i < files.size(); i++) {
        Bytes contents = to_bytes(files[i].contents);
        Range range = packed.layout.payloads[i];
        REQUIRE(range.size_bytes == contents.size());
        std::copy(contents.begin(), contents.end(), packed.blob.begin() + range.offset);
    }
    if (payload_first) write_frame(extras, packed.layout, packed.blob);
    return packed;
}

std::string digest_of(Bytes bytes) {
    return to_hex(sha256(bytes));
}

Error rejection_of(const std::vector<Extra>& extras) {
    auto layout = lay_out(extras);
    REQUIRE_FALSE(layout);
    return layout.error();
}

} // namespace

TEST_CASE("one credential becomes the bytes of systemd-boot", "[extras]") {
    Packed packed = pack({{"foo.cred", "hello\n"}}, GENERATE(false, true));
    REQUIRE(packed.blob.size() == 524);
    CHECK(digest_of(packed.blob) ==
          "9075b4e3e833fd54512516c684904a5a0caef3769b3dd893172cb628bb6564cd");
    std::string expected = "070701"
                           "00000003"
                           "00008100"
                           "00000000"
                           "00000000"
                           "00000001"
                           "00000000"
                           "00000006"
                           "00000000"
                           "00000000"
                           "00000000"
                           "00000000"
                           "0000001c"
                           "00000000"
                           ".extra/credentials/foo.cred";
    expected.append(3, '\0');
    expected += "hello\n";
    expected.append(2, '\0');
    CHECK(to_text(Bytes(packed.blob).subspan(0x0fc, 0x190 - 0x0fc)) == expected);
    CHECK(packed.layout.payloads[0].offset == 0x188);
    CHECK(to_text(Bytes(packed.blob).first(0x6e)) == "070701"
                                                     "00000001"
                                                     "0000416d"
                                                     "00000000"
                                                     "00000000"
                                                     "00000001"
                                                     "00000000"
                                                     "00000000"
                                                     "00000000"
                                                     "00000000"
                                                     "00000000"
                                                     "00000000"
                                                     "00000007"
                                                     "00000000");
    CHECK(to_text(Bytes(packed.blob).subspan(0x78, 22)) == "070701"
                                                           "00000002"
                                                           "00004140");
}

TEST_CASE("the inode counter is shared, so list order changes the archives", "[extras]") {
    using Row = std::tuple<std::vector<File>, std::array<const char*, 4>>;
    File a{"a.cred", "A"};
    File b{"b.sysext.raw", "BB"};
    File c{"c.cred", "CCC"};
    File d{"d.confext.raw", "DDDD"};
    auto [files, digests] =
        GENERATE_COPY(Row{{a, b, c, d},
                          {"74f2a4f3222755d78f8a9518be7268b2caf1fd5bb0bbb3edd74cdd2b43bfb029",
                           "4643624691e76f31828354b98ed65ef469048e325de97437dd7ff7db83e853fc",
                           "e5cd62da412775b8a0d4e28edacf52618c31b3f784947f2e48be6a9cfe9211f2",
                           "659a72b1ff1ae6248fa199c4962e144f987282d85b4631a0221867169ca1377c"}},
                      Row{{a, c, b, d},
                          {"0cf82bd3d76dfd16d427918a5d9baff76b599093583ee25293cd6f47910578e8",
                           "9c8d13b645e8e3b5cb570ca4aa889e912a94b9b33fc1a0683ac86d823e20fd36",
                           "e5cd62da412775b8a0d4e28edacf52618c31b3f784947f2e48be6a9cfe9211f2",
                           "2b11dc67cd504864bacca452f2800759c8b10c0298f5c181baa58bceefd4bee3"}});
    Packed packed = pack(files);
    CHECK(packed.archive(ExtraKind::credential).size() == 908);
    CHECK(packed.archive(ExtraKind::sysext).size() == 512);
    CHECK(packed.archive(ExtraKind::confext).size() == 516);
    CHECK(packed.blob.size() == 1936);
    CHECK(digest_of(packed.archive(ExtraKind::credential)) == digests[0]);
    CHECK(digest_of(packed.archive(ExtraKind::sysext)) == digests[1]);
    CHECK(digest_of(packed.archive(ExtraKind::confext)) == digests[2]);
    CHECK(digest_of(packed.blob) == digests[3]);
}

TEST_CASE("four extras of three kinds become three archives", "[extras]") {
    Packed packed = pack({{"a.cred", "hello\n"},
                          {"b.sysext.raw", "SSSSS"},
                          {"c.confext.raw", "C"},
                          {"d.cred", "12345678"}});
    CHECK(packed.archive(ExtraKind::credential).size() == 916);
    CHECK(packed.archive(ExtraKind::sysext).size() == 516);
    CHECK(packed.archive(ExtraKind::confext).size() == 516);
    CHECK(digest_of(packed.archive(ExtraKind::credential)) ==
          "74013b6245ecf88a66dee2196deffd43214a87a5c0940b3f728aa19aed6a258f");
    CHECK(digest_of(packed.archive(ExtraKind::sysext)) ==
          "10273edf2d1b03ab2538f65c97a36108ac55b105441623fa3c1288700c38d111");
    CHECK(digest_of(packed.archive(ExtraKind::confext)) ==
          "4d217a2b893a1041dbf41e1217987c9c91fe774882823517cc38883e1d208049");
}

TEST_CASE("a single credential of six bytes becomes an archive of 520", "[extras]") {
    Packed packed = pack({{"a.cred", "hello\n"}});
    CHECK(packed.blob.size() == 520);
    CHECK(digest_of(packed.blob) ==
          "f90010e553873e398072945dbd06b57490d8a969d0185c0ef19ccdf55a67feb4");
}

TEST_CASE("no extras make an empty blob", "[extras]") {
    Packed packed = pack({});
    CHECK(packed.layout.size_bytes == 0);
    CHECK(packed.layout.payloads.empty());
    for (const Range& archive : packed.layout.archives) CHECK(archive.size_bytes == 0);
}

TEST_CASE("an extra without contents is a record without contents", "[extras]") {
    Packed packed = pack({{"a.cred", ""}});
    CHECK(packed.blob.size() == 512);
    CHECK(packed.layout.payloads[0].offset == 388);
}

TEST_CASE("64 extras of all kinds fill the blob without gap or overlap", "[extras]") {
    std::vector<File> files;
    constexpr std::array<const char*, 3> suffix{".cred", ".sysext.raw", ".confext.raw"};
    for (std::size_t i = 0; i < 64; i++)
        files.push_back(
            {"f" + std::to_string(i) + suffix[i * 7 % 3], std::string(i, static_cast<char>('a'))});
    Packed packed = pack(files);
    Packed other_order = pack(files, true);
    CHECK(packed.blob == other_order.blob);
    CHECK(std::count(packed.blob.begin(), packed.blob.end(), std::byte{0xff}) == 0);
    std::uint64_t end = 0;
    for (const Range& archive : packed.layout.archives) {
        CHECK(archive.offset == end);
        CHECK(archive.size_bytes % 4 == 0);
        end = archive.offset + archive.size_bytes;
    }
    CHECK(end == packed.blob.size());
    // The last file has inode 192 = 0xc0, wherever it lies.
    CHECK(to_text(packed.blob).find("070701000000c0") != std::string_view::npos);
    CHECK(to_text(packed.blob).find("070701000000c1") == std::string_view::npos);
}

TEST_CASE("sizes beyond 4 GiB do not wrap", "[extras]") {
    std::vector<Extra> extras(extras_max, {ExtraKind::sysext, "a", extra_size_max});
    ExtrasLayout layout = lay_out(extras).value();
    // .extra 120, .extra/sysext 124, file 128 + contents, for each; trailer 124.
    CHECK(layout.size_bytes == extras_max * (372 + extra_size_max) + 124);
    CHECK(layout.payloads.back().offset == layout.size_bytes - 124 - extra_size_max);
    extras.resize(3);
    CHECK(lay_out(extras).value().payloads[2].offset == 3 * 372 + 2 * extra_size_max);
}

TEST_CASE("an extra that cannot be packed is named by its index", "[extras]") {
    auto [name, size, code] = GENERATE(table<std::string, std::uint64_t, Errc>({
        {"", 1, Errc::invalid},
        {".", 1, Errc::invalid},
        {"..", 1, Errc::invalid},
        {"a/b.cred", 1, Errc::invalid},
        {std::string("a\0.cred", 7), 1, Errc::invalid},
        {"\xc3\xa4.cred", 1, Errc::invalid},
        {std::string(extra_name_max + 1, 'a'), 1, Errc::too_large},
        {"a.cred", extra_size_max + 1, Errc::too_large},
        {"a.cred", ~std::uint64_t{0}, Errc::too_large},
    }));
    Error error = rejection_of({{ExtraKind::credential, "good.cred", 1},
                                {ExtraKind::confext, std::string(extra_name_max, 'a'), 1},
                                {ExtraKind::credential, name, size}});
    CHECK(error.code == code);
    CHECK(error.where == 2);
}

TEST_CASE("more extras than the limit are refused", "[extras]") {
    Error error =
        rejection_of(std::vector<Extra>(extras_max + 1, {ExtraKind::credential, "a.cred", 1}));
    CHECK(error.code == Errc::too_large);
    CHECK(error.where == extras_max);
}

TEST_CASE("the kind of an extra is its suffix in any case", "[extras]") {
    CHECK(kind_of("a.cred") == ExtraKind::credential);
    CHECK(kind_of("A.CRED") == ExtraKind::credential);
    CHECK(kind_of("a.sysext.raw") == ExtraKind::sysext);
    CHECK(kind_of("a.SysExt.Raw") == ExtraKind::sysext);
    CHECK(kind_of("a.confext.raw") == ExtraKind::confext);
    CHECK(kind_of(".cred") == ExtraKind::credential);
    for (std::string_view name : {"", "cred", "a.raw", "a.cred ", "a.cred.bak", "a.addon.efi"})
        CHECK_FALSE(kind_of(name).has_value());
}

TEST_CASE("each kind has a directory, a register and a description", "[extras]") {
    CHECK(target_of(ExtraKind::credential).pcr == 12);
    CHECK(target_of(ExtraKind::sysext).pcr == 13);
    CHECK(target_of(ExtraKind::confext).pcr == 12);
    CHECK(target_of(ExtraKind::credential).description == "Entry credentials initrd");
    CHECK(target_of(ExtraKind::sysext).description == "Entry system extension initrd");
    CHECK(target_of(ExtraKind::confext).description == "Entry configuration extension initrd");
}
