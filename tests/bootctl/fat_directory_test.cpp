// SPDX-License-Identifier: MIT
#include "bootctl/fat_directory.hpp"
#include "bootctl/fat_name.hpp"
#include "tests/catch.hpp"

#include <algorithm>

using namespace kindling;

namespace {

std::vector<std::byte> slots_of(std::string_view name) {
    auto slots = fat::encode_entry(name, {});
    REQUIRE(slots);
    fat::set_fields(MutableBytes(*slots).last(fat::slot_size),
                    {fat::attribute::archive, 0x123456, 77, {}}, true);
    return std::move(*slots);
}

std::string short_name_of(std::string_view name, std::vector<std::string> taken = {}) {
    std::vector<fat::DirectoryEntry> siblings;
    for (std::string& other : taken) {
        fat::DirectoryEntry entry;
        entry.name = entry.short_name = std::move(other);
        siblings.push_back(std::move(entry));
    }
    auto made = fat::make_short_name(name, siblings);
    REQUIRE(made);
    return std::string(to_text(made->bytes));
}

} // namespace

TEST_CASE("an entry that was encoded reads back", "[fat_directory]") {
    for (std::string name : {"A", "BOOTX64.EFI", "kindling-bootx64.efi", "thirteen chars",
                             "Grüße.€", "exactly13char", ".hidden", "a.b.c"}) {
        INFO(name);
        auto slots = slots_of(name);
        auto entries = fat::decode_directory(slots, true);
        REQUIRE(entries.size() == 1);
        CHECK(entries[0].name == name);
        CHECK(entries[0].first_cluster == 0x123456);
        CHECK(entries[0].size_bytes == 77);
        CHECK(entries[0].first_slot == 0);
        CHECK(entries[0].last_slot == slots.size() / fat::slot_size - 1);
    }
    std::string longest(255, 'x');
    CHECK(fat::decode_directory(slots_of(longest), true).at(0).name == longest);
    CHECK(fat::decode_directory(slots_of("A"), false).at(0).first_cluster == 0x3456);
}

TEST_CASE("a long name with a wrong checksum or order is ignored", "[fat_directory]") {
    auto slots = slots_of("kindling-bootx64.efi");
    REQUIRE(slots.size() == 3 * fat::slot_size);
    SECTION("checksum") {
        slots[13] ^= std::byte{1};
    }
    SECTION("order") {
        slots[32] = std::byte{2};
    }
    SECTION("count") {
        slots[0] = std::byte{0x43};
    }
    SECTION("missing start") {
        slots[0] = fat::slot::deleted;
    }
    SECTION("part number zero") {
        slots[32] = std::byte{0x40};
    }
    SECTION("number of parts over the limit") {
        slots[0] = std::byte{0x7f};
    }
    SECTION("short name changed") {
        slots[64] = std::byte{'X'};
    }
    auto entries = fat::decode_directory(slots, true);
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].name.substr(1) == "INDLI~1.EFI");
    CHECK(entries[0].first_slot == 2);
}

TEST_CASE("a directory cut anywhere gives whole entries only", "[fat_directory]") {
    auto slots = slots_of("kindling-bootx64.efi");
    for (std::size_t size = 0; size < slots.size(); size++)
        CHECK(fat::decode_directory(Bytes(slots).first(size), true).empty());
}

TEST_CASE("a slash inside a stored name never becomes a path", "[fat_directory]") {
    auto slots = slots_of("BOOTX64.EFI");
    slots[2] = std::byte{'/'};
    CHECK(fat::decode_directory(slots, true).at(0).name == "BO_TX64.EFI");
    auto long_slots = slots_of("kindling-bootx64.efi");
    long_slots[32 + 3] = std::byte{'/'};
    CHECK(fat::decode_directory(long_slots, true).at(0).name == "KINDLI~1.EFI");
}

TEST_CASE("short names are the name itself or a numbered beginning", "[fat_name]") {
    CHECK(short_name_of("BOOTX64.EFI") == "BOOTX64 EFI");
    CHECK(short_name_of("loader") == "LOADER     ");
    CHECK(short_name_of("entries.srel") == "ENTRIE~1SRE");
    CHECK(short_name_of("kindling-bootx64.efi", {"KINDLI~1.EFI"}) == "KINDLI~2EFI");
    CHECK(short_name_of(".hidden") == "HIDDEN~1   ");
    CHECK(short_name_of("€") == "___~1      ");
    CHECK(short_name_of("a+b.conf") == "A_B~1   CON");
    std::vector<std::string> taken;
    for (int i = 1; i < 10; i++) taken.push_back("KINDLI~" + std::to_string(i) + ".EFI");
    CHECK(short_name_of("kindling-bootx64.efi", taken) == "KINDL~10EFI");
}

TEST_CASE("names that FAT cannot store are refused with the place", "[fat_name]") {
    auto [name, where] = GENERATE(table<std::string, std::uint64_t>({
        {"", 0},
        {"a/b", 1},
        {"ab:c", 2},
        {"a\x01", 1},
        {"a.", 1},
        {"ab ", 2},
        {"\xff", 0},
        {"\xf0\x9f\x98\x80", 0},
        {std::string(256, 'x'), 0},
    }));
    auto checked = fat::check_name(name);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == Errc::invalid);
    CHECK(checked.error().where == where);
}
