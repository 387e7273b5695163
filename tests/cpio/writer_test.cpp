// SPDX-License-Identifier: MIT
#include "cpio/writer.hpp"

#include "cpio/reader.hpp"
#include "tests/catch.hpp"

using namespace kindling;
using namespace kindling::cpio;

namespace {

class MemorySink final : public Sink {
public:
    Result<void> write(Bytes bytes) override {
        if (text.size() + bytes.size() > size_max) return Error{Errc::no_space, "sink is full"};
        text += to_text(bytes);
        return {};
    }
    std::string text;
    std::size_t size_max = 1 << 20;
};

} // namespace

TEST_CASE("every type of member is read back as it was added", "[writer]") {
    MemorySink sink;
    Writer writer(sink);
    REQUIRE(writer.add_directory("d", {0755, 1, 2, 3}));
    REQUIRE(writer.add_file("d/f", {04755, 0, 0, 9}, to_bytes("hello")));
    REQUIRE(writer.add_symlink("d/s", {0777}, "../f"));
    REQUIRE(writer.add_node("d/n", {0600}, type_character_device, {5, 1}));
    REQUIRE(writer.begin_file("d/g", {0444}, 3));
    REQUIRE(sink.write(to_bytes("abc")));
    REQUIRE(writer.finish());
    CHECK(writer.size_bytes() == sink.text.size());
    CHECK(sink.text.size() % 4 == 0);
    auto members = read_members(to_bytes(sink.text)).value();
    REQUIRE(members.size() == 5);
    CHECK(members[0].header.mode == 040755);
    CHECK(members[0].header.uid == 1);
    CHECK(members[0].header.gid == 2);
    CHECK(members[0].header.mtime_s == 3);
    CHECK(members[0].header.links == 2);
    CHECK(members[1].header.mode == 0104755);
    CHECK(to_text(members[1].contents) == "hello");
    CHECK(to_text(members[2].contents) == "../f");
    CHECK(members[3].header.mode == 020600);
    CHECK(members[3].header.rdevice_major == 5);
    CHECK(members[3].header.rdevice_minor == 1);
    CHECK(to_text(members[4].contents) == "abc");
    CHECK(members[4].header.inode == 5);
}

TEST_CASE("names of one file share an inode and the last has the contents", "[writer]") {
    MemorySink sink;
    Writer writer(sink);
    std::uint32_t inode = writer.begin_link("a", {0644}, 2, 0, 0).value();
    REQUIRE(writer.add_file("b", {0644}, {}));
    CHECK(writer.begin_link("c", {0644}, 2, inode, 2).value() == inode);
    REQUIRE(sink.write(to_bytes("hi")));
    REQUIRE(writer.finish());
    auto members = read_members(to_bytes(sink.text)).value();
    CHECK(members[0].header.links == 2);
    CHECK(members[0].header.inode == members[2].header.inode);
    CHECK(members[1].header.inode != members[0].header.inode);
    CHECK(to_text(members[2].contents) == "hi");
}

TEST_CASE("a member that could not be read back or leads out is refused", "[writer]") {
    MemorySink sink;
    Writer writer(sink);
    auto [path, code] = GENERATE(table<std::string, Errc>({
        {"", Errc::invalid},
        {"/a", Errc::invalid},
        {"..", Errc::invalid},
        {"../a", Errc::invalid},
        {"a/../b", Errc::invalid},
        {"a/..", Errc::invalid},
        {std::string("a\0b", 3), Errc::invalid},
        {"TRAILER!!!", Errc::invalid},
        {std::string(name_max + 1, 'a'), Errc::too_large},
    }));
    auto added = writer.add_file(path, {}, {});
    REQUIRE_FALSE(added);
    CHECK(added.error().code == code);
    CHECK(sink.text.empty());
}

TEST_CASE("contents over 4 GiB - 1 are refused before anything is written", "[writer]") {
    MemorySink sink;
    Writer writer(sink);
    CHECK(writer.begin_file("a", {}, contents_size_max + 1).error().code == Errc::too_large);
    CHECK(sink.text.empty());
    CHECK(writer.begin_file("a", {}, contents_size_max));
}

TEST_CASE("what the sink reports reaches the caller", "[writer]") {
    MemorySink sink;
    sink.size_max = 120;
    Writer writer(sink);
    CHECK(writer.add_directory("a", {}));
    CHECK(writer.finish().error().code == Errc::no_space);
}

TEST_CASE("an archive without members is its trailer", "[writer]") {
    MemorySink sink;
    Writer writer(sink);
    REQUIRE(writer.finish());
    CHECK(sink.text.size() == trailer_size_bytes);
    CHECK(read_members(to_bytes(sink.text)).value().empty());
}
