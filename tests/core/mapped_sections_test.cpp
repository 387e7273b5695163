// SPDX-License-Identifier: MIT
#include "core/mapped_sections.hpp"

#include "base/text.hpp"
#include "tests/catch.hpp"

using namespace kindling;

namespace {

const std::string file = "....contents....";

pe::Section section(std::string name, std::uint32_t virtual_size, std::uint32_t raw_size,
                    std::uint32_t raw_offset = 4) {
    pe::Section section;
    section.name = std::move(name);
    section.virtual_size = virtual_size;
    section.raw_size = raw_size;
    section.raw_offset = raw_offset;
    return section;
}

pe::Program program_with(std::vector<pe::Section> sections) {
    return {"a.efi", to_bytes(file), 0, std::move(sections)};
}

std::string joined(const std::vector<Bytes>& pieces) {
    std::string all;
    for (Bytes piece : pieces) all += to_text(piece);
    return all;
}

} // namespace

TEST_CASE("a section in memory is as long as its virtual size", "[pe]") {
    pe::Program program = program_with({section(".exact", 8, 8), section(".short", 3, 8),
                                        section(".long", 10, 8), section(".bss", 5, 0)});
    pe::Arena arena;
    CHECK(joined(*program.contents_of(".exact", arena)) == "contents");
    CHECK(joined(*program.contents_of(".short", arena)) == "con");
    CHECK(arena.empty());
    CHECK(joined(*program.contents_of(".long", arena)) == std::string("contents\0\0", 10));
    CHECK(joined(*program.contents_of(".bss", arena)) == std::string(5, '\0'));
    for (const char* name : {".exact", ".short", ".long", ".bss"}) {
        auto copy = program.copy_of(name);
        REQUIRE(copy);
        CHECK(to_text(Bytes(*copy)) == joined(*program.contents_of(name, arena)));
    }
    CHECK(*program.text_of(".long") == "contents");
    CHECK(program.text_of(".bss")->empty());
}

TEST_CASE("many zeros behind a section take one small block of memory", "[pe]") {
    pe::Program program = program_with({section(".long", 1000 * 1000, 8)});
    pe::Arena arena;
    auto pieces = program.contents_of(".long", arena);
    REQUIRE(pieces);
    CHECK(joined(*pieces) == "contents" + std::string(1000 * 1000 - 8, '\0'));
    REQUIRE(arena.size() == 1);
    CHECK(arena[0].size() == 64 * 1024);
}

TEST_CASE("a section that is missing or empty has no contents", "[pe]") {
    pe::Program program = program_with({section(".empty", 0, 8)});
    std::string name = GENERATE(".empty", ".none");
    pe::Arena arena;
    CHECK(program.find(name) == nullptr);
    CHECK(program.contents_of(name, arena)->empty());
    CHECK(program.copy_of(name)->empty());
    CHECK(program.text_of(name)->empty());
}

TEST_CASE("a section that leaves the file is truncated", "[pe]") {
    pe::Program program = program_with({section(".cut", 9, 9, 8)});
    pe::Arena arena;
    CHECK(program.contents_of(".cut", arena).error().code == Errc::truncated);
    CHECK(program.copy_of(".cut").error().code == Errc::truncated);
    CHECK(program.text_of(".cut").error().where == 8);
}

TEST_CASE("a section over a limit is too large", "[pe]") {
    auto fill = static_cast<std::uint32_t>(pe::zero_fill_max);
    auto small = static_cast<std::uint32_t>(pe::small_section_size_max);
    pe::Program program =
        program_with({section(".fill", fill + 8, 8), section(".over", fill + 9, 8),
                      section(".small", small, 8), section(".big", small + 1, 8)});
    pe::Arena arena;
    CHECK(program.contents_of(".fill", arena));
    CHECK(program.contents_of(".over", arena).error().code == Errc::too_large);
    CHECK(program.contents_of(".over", arena).error().where == 4);
    CHECK(program.copy_of(".small"));
    CHECK(program.copy_of(".big").error().code == Errc::too_large);
}
