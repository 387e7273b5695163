// SPDX-License-Identifier: MIT
#include "cpio/reader.hpp"

#include "cpio/extras.hpp"
#include "tests/catch.hpp"

#include <cstdio>
#include <cstring>

using namespace kindling;
using namespace kindling::cpio;

namespace {

std::string hex8(std::uint64_t value) {
    char text[9];
    std::snprintf(text, sizeof text, "%08X", static_cast<unsigned>(value));
    return text;
}

void pad(std::string& archive) {
    archive.resize(align_up(archive.size(), 4), '\0');
}

/// A record as other tools write it, with upper-case digits.
std::string record(std::string_view name, std::string_view contents, std::uint32_t mode = 0100644,
                   std::string_view magic = "070701", std::uint32_t checksum = 0) {
    std::string out(magic);
    for (std::uint64_t field :
         std::initializer_list<std::uint64_t>{17, mode, 1000, 1001, 1, 1600000000, contents.size(),
                                              8, 1, 4, 64, name.size() + 1, checksum})
        out += hex8(field);
    out += name;
    out += '\0';
    pad(out);
    out += contents;
    pad(out);
    return out;
}

std::string trailer() {
    return record("TRAILER!!!", "", 0);
}

Error rejection_of(std::string_view archives) {
    auto members = read_members(to_bytes(archives));
    REQUIRE_FALSE(members);
    return members.error();
}

/// Gives as little as it may, in a buffer that is gone at the next call.
class DribblingSource final : public Source {
public:
    explicit DribblingSource(Bytes rest) : rest_(rest) {}
    Result<Bytes> peek(std::size_t size_min) override {
        REQUIRE(size_min <= peek_max);
        Bytes next = rest_.first(std::min(rest_.size(), size_min));
        last_.assign(next.begin(), next.end());
        return Bytes(last_);
    }
    void consume(std::size_t size_bytes) override {
        REQUIRE(size_bytes <= last_.size());
        rest_ = rest_.subspan(size_bytes);
    }

private:
    Bytes rest_;
    std::vector<std::byte> last_;
};

} // namespace

TEST_CASE("a member is what its header says", "[reader]") {
    std::string archive = record("dev", "", 040755) + record("dev/x", "hello") + trailer();
    auto members = read_members(to_bytes(archive)).value();
    REQUIRE(members.size() == 2);
    CHECK(members[0].is_type(type_directory));
    const MemberView& x = members[1];
    CHECK(x.name == "dev/x");
    CHECK(to_text(x.contents) == "hello");
    CHECK(x.header.inode == 17);
    CHECK(x.header.mode == 0100644);
    CHECK(x.header.uid == 1000);
    CHECK(x.header.gid == 1001);
    CHECK(x.header.links == 1);
    CHECK(x.header.mtime_s == 1600000000);
    CHECK(x.header.size_bytes == 5);
    CHECK(x.header.device_major == 8);
    CHECK(x.header.device_minor == 1);
    CHECK(x.header.rdevice_major == 4);
    CHECK(x.header.rdevice_minor == 64);
    CHECK(x.offset == 116);
    CHECK(x.contents_offset == 116 + 116);
    CHECK(x.archive == 0);
    CHECK_FALSE(x.has_checksum);
}

TEST_CASE("archives follow one another with NULs between them", "[reader]") {
    std::string nuls(GENERATE(0, 4, 512, 5000), '\0');
    std::string archives = nuls + record("a", "1") + trailer() + nuls + record("b", "22") +
                           trailer() + nuls + trailer() + nuls;
    auto members = read_members(to_bytes(archives)).value();
    REQUIRE(members.size() == 2);
    CHECK(members[0].archive == 0);
    CHECK(members[1].archive == 1);
    CHECK(to_text(members[1].contents) == "22");
}

TEST_CASE("a source that gives one piece at a time gives the same members", "[reader]") {
    std::string archive = record("a", std::string(1000, 'x')) + record("b", "") + trailer();
    DribblingSource source(to_bytes(archive));
    Reader reader(source);
    auto a = reader.next().value().value();
    CHECK(a.name == "a");
    std::string contents;
    while (true) {
        Bytes piece = reader.read().value();
        if (piece.empty()) break;
        contents += to_text(piece);
    }
    CHECK(contents == std::string(1000, 'x'));
    CHECK(reader.next().value().value().name == "b");
    CHECK_FALSE(reader.next().value().has_value());
    CHECK_FALSE(reader.next().value().has_value());
    CHECK(reader.archives() == 1);
}

TEST_CASE("contents that nobody reads are skipped", "[reader]") {
    std::string archive = record("a", std::string(1001, 'x')) + record("b", "") + trailer();
    DribblingSource source(to_bytes(archive));
    Reader reader(source);
    CHECK(reader.next().value().value().name == "a");
    CHECK(reader.next().value().value().name == "b");
}

TEST_CASE("the checksum of a member is verified, read or skipped", "[reader]") {
    std::string good = record("a", "\xff\x02", 0100644, "070702", 0x101) + trailer();
    CHECK(read_members(to_bytes(good)).value()[0].has_checksum);
    std::string bad = record("a", "\xff\x03", 0100644, "070702", 0x101) + trailer();
    Error error = rejection_of(bad);
    CHECK(error.code == Errc::invalid);
    CHECK(error.where == 112);
    DribblingSource source(to_bytes(bad));
    Reader reader(source);
    CHECK(reader.next().value().has_value());
    CHECK(reader.next().error().where == 112);
}

TEST_CASE("an archive cut anywhere is truncated, unless only padding is lost", "[reader]") {
    std::string archive = record("dir", "", 040755) + record("dir/file", "hello") +
                          record("link", "dir/file", 0120777) + trailer();
    std::size_t last_byte = archive.rfind('!') + 1; // the name's NUL
    for (std::size_t size = 1; size < archive.size(); size++) {
        CAPTURE(size);
        auto members = read_members(to_bytes(archive).first(size));
        if (size > last_byte) {
            CHECK(members.has_value());
            continue;
        }
        REQUIRE_FALSE(members);
        CHECK(members.error().code == Errc::truncated);
        CHECK(members.error().where == size);
    }
}

TEST_CASE("input without an archive is refused by read_members only", "[reader]") {
    std::string_view input = GENERATE(std::string_view(), std::string_view("\0\0\0\0\0", 5));
    CHECK(rejection_of(input).code == Errc::invalid);
    MemorySource source(to_bytes(input));
    Reader reader(source);
    CHECK_FALSE(reader.next().value().has_value());
    CHECK(reader.archives() == 0);
}

TEST_CASE("a broken record is refused with its place", "[reader]") {
    std::string first = record("first", "x"); // 120 bytes
    auto damaged = [&](std::size_t at, std::string_view with) {
        std::string bad = record("second", "abcd");
        bad.replace(at, with.size(), with);
        return first + bad + trailer();
    };
    std::string symlink = record("link", std::string(link_target_max + 1, 'x'), 0120777);
    std::string full_trailer = record("TRAILER!!!", "x", 0) + trailer();
    auto [archive, code, where] = GENERATE_COPY(table<std::string, Errc, std::uint64_t>({
        {damaged(0, "070707"), Errc::unsupported, 120},
        {damaged(0, "070703"), Errc::invalid, 120},
        {damaged(0, std::string_view("\0\0\0\0", 4)), Errc::invalid, 120},
        {damaged(6, "g"), Errc::invalid, 126},
        {damaged(13, " "), Errc::invalid, 133},
        {damaged(102 + 7, "\xff"), Errc::invalid, 229},
        {damaged(94, "00000000"), Errc::invalid, 214},
        {damaged(94, "00000001"), Errc::invalid, 214},
        {damaged(94, "00001001"), Errc::too_large, 214},
        {damaged(94, "ffffffff"), Errc::too_large, 214},
        {damaged(94, "00000006"), Errc::invalid, 236},
        {damaged(111, std::string_view("\0", 1)), Errc::invalid, 231},
        {damaged(54, "ffffffff"), Errc::truncated, 120 + 120 + 4 + 124},
        {first + symlink + trailer(), Errc::too_large, 120 + 54},
        {first + full_trailer, Errc::invalid, 120},
        {first + trailer() + std::string(2, '\0') + trailer(), Errc::invalid, 246},
        {first + trailer() + "junk", Errc::invalid, 244},
    }));
    Error error = rejection_of(archive);
    CHECK(error.code == code);
    CHECK(error.where == where);
}

TEST_CASE("a name may be as long as a path, and no longer", "[reader]") {
    std::string name(name_max, 'n');
    CHECK(read_members(to_bytes(record(name, "x") + trailer())).value()[0].name == name);
    CHECK(rejection_of(record(name + 'n', "x") + trailer()).code == Errc::too_large);
}

TEST_CASE("what lay_out and write_frame make is read back", "[reader]") {
    std::vector<Extra> extras{{ExtraKind::credential, "a.cred", 3},
                              {ExtraKind::sysext, "b.sysext.raw", 0},
                              {ExtraKind::credential, "c.cred", 4}};
    ExtrasLayout layout = lay_out(extras).value();
    std::vector<std::byte> blob(layout.size_bytes);
    write_frame(extras, layout, blob);
    auto members = read_members(blob).value();
    REQUIRE(members.size() == 9);
    CHECK(members[2].name == ".extra/credentials/a.cred");
    CHECK(members[2].contents_offset == layout.payloads[0].offset);
    CHECK(members[5].name == ".extra/credentials/c.cred");
    CHECK(members[5].header.inode == 9);
    CHECK(members[8].name == ".extra/sysext/b.sysext.raw");
    CHECK(members[8].header.mode == 0100444);
    CHECK(members[8].archive == 1);
}
