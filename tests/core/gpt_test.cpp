// SPDX-License-Identifier: MIT
#include "core/gpt.hpp"

#include "tests/catch.hpp"
#include "tests/core/gpt_disk.hpp"

using namespace kindling;
using tests::GptTable;
using tests::MemoryDisk;

namespace {

constexpr Guid linux_type = "0fc63daf-8483-4772-8e79-3d69d8477de4"_guid;
constexpr Guid first_id = "11111111-2222-3333-4444-555555555555"_guid;
constexpr Guid second_id = "66666666-7777-8888-9999-aaaaaaaaaaaa"_guid;
constexpr std::uint64_t blocks = 40;

/// Partitions 1 and 3 of a disk with `blocks` blocks.
GptTable small_table(std::uint32_t block_size = 512) {
    GptTable table;
    table.backup_lba = blocks - 1;
    table.first_usable_lba = 10;
    table.last_usable_lba = 29;
    table.entry_count = 2 * block_size / table.entry_size;
    table.entries = {{gpt::esp_type, first_id, 10, 19, "EFI system"},
                     {},
                     {gpt::xbootldr_type, second_id, 20, 29, "boot \xc3\xa4"}};
    return table;
}

/// The other copy of `table`, at the end of the disk.
GptTable backup_of(GptTable table) {
    std::swap(table.my_lba, table.backup_lba);
    table.entries_lba = blocks - 5;
    return table;
}

MemoryDisk empty_disk(std::uint32_t block_size = 512) {
    MemoryDisk disk;
    disk.size_of_block = block_size;
    disk.bytes.resize(blocks * block_size);
    return disk;
}

MemoryDisk disk_with(const GptTable& table) {
    MemoryDisk disk = empty_disk();
    table.put_on(disk);
    return disk;
}

MemoryDisk disk_with_both() {
    MemoryDisk disk = disk_with(small_table());
    backup_of(small_table()).put_on(disk);
    return disk;
}

void damage(MemoryDisk& disk, std::uint64_t lba, std::size_t offset) {
    disk.bytes[lba * disk.size_of_block + offset] ^= std::byte{0x55};
}

Error rejection_of(MemoryDisk& disk) {
    auto table = gpt::read_table(disk);
    REQUIRE_FALSE(table);
    return table.error();
}

} // namespace

TEST_CASE("the partitions of a table are read", "[gpt]") {
    std::uint32_t block_size = GENERATE(512u, 1024u, 2048u, 4096u);
    MemoryDisk disk = empty_disk(block_size);
    small_table(block_size).put_on(disk);
    auto table = gpt::read_table(disk);
    REQUIRE(table);
    CHECK(table->header_lba == 1);
    CHECK(table->header.size() == 92);
    CHECK(table->used_count == 2);
    CHECK(table->used_entries.size() == 2 * 128);
    REQUIRE(table->partitions.size() == 2);
    const gpt::Partition& first = table->partitions[0];
    CHECK(first.number == 1);
    CHECK(first.type == gpt::esp_type);
    CHECK(first.id == first_id);
    CHECK(first.first_lba == 10);
    CHECK(first.last_lba == 19);
    CHECK(first.name == "EFI system");
    CHECK(table->partitions[1].number == 3);
    CHECK(table->partitions[1].id == second_id);
    CHECK(table->partitions[1].name == "boot \xc3\xa4");
}

TEST_CASE("a partition's name may fill all its 36 characters", "[gpt]") {
    GptTable wanted = small_table();
    wanted.entries[0].name = std::string(36, 'n');
    MemoryDisk disk = disk_with(wanted);
    auto table = gpt::read_table(disk);
    REQUIRE(table);
    CHECK(table->partitions[0].name == std::string(36, 'n'));
}

TEST_CASE("the first partition of a type is found", "[gpt]") {
    GptTable wanted = small_table();
    wanted.entries[1] = {linux_type, first_id, 15, 15, ""};
    wanted.entries.push_back({linux_type, second_id, 10, 10, ""});
    MemoryDisk disk = disk_with(wanted);
    auto table = gpt::read_table(disk);
    REQUIRE(table);
    REQUIRE(gpt::find_first(*table, linux_type));
    CHECK(gpt::find_first(*table, linux_type)->number == 2);
    CHECK(gpt::find_first(*table, gpt::xbootldr_type)->number == 3);
    CHECK(gpt::find_first(*table, Guid{}) == nullptr);
}

TEST_CASE("a table without partitions is a table", "[gpt]") {
    GptTable wanted = small_table();
    wanted.entries.clear();
    MemoryDisk disk = disk_with(wanted);
    auto table = gpt::read_table(disk);
    REQUIRE(table);
    CHECK(table->partitions.empty());
    CHECK(gpt::event_bytes(*table).size() == 92 + 8);
}

TEST_CASE("firmware's event is the header, the count and the used entries", "[gpt]") {
    GptTable wanted = small_table();
    wanted.header_size = GENERATE(92u, 93u, 512u);
    wanted.entry_size = GENERATE(128u, 256u);
    wanted.entry_count = 4;
    MemoryDisk disk = disk_with(wanted);
    auto table = gpt::read_table(disk);
    REQUIRE(table);
    CHECK(table->header.size() == wanted.header_size);
    std::vector<std::byte> expected(disk.bytes.begin() + 512, disk.bytes.begin() + 512 + 92);
    append_u64(expected, 2);
    auto entries = wanted.entry_bytes();
    append(expected, Bytes(entries).first(wanted.entry_size));
    append(expected, Bytes(entries).subspan(2 * wanted.entry_size, wanted.entry_size));
    CHECK(gpt::event_bytes(*table) == expected);
}

TEST_CASE("a field that breaks a rule rejects the table", "[gpt]") {
    struct Row {
        void (*change)(GptTable&);
        Errc code;
        std::uint64_t where;
    };
    auto row = GENERATE(values<Row>({
        {[](GptTable& t) { t.revision = 0x00010001; }, Errc::invalid, 8},
        {[](GptTable& t) { t.header_size = 91; }, Errc::invalid, 12},
        {[](GptTable& t) { t.header_size = 513; }, Errc::too_large, 12},
        {[](GptTable& t) { t.first_usable_lba = 30; }, Errc::invalid, 40},
        {[](GptTable& t) { t.last_usable_lba = blocks; }, Errc::truncated, blocks},
        {[](GptTable& t) { t.entry_count = 0; }, Errc::invalid, 80},
        {[](GptTable& t) { t.entry_count = 1025; }, Errc::too_large, 80},
        {[](GptTable& t) { t.entry_size = 8192; }, Errc::too_large, 84},
        {[](GptTable& t) { t.entry_size = 64; }, Errc::invalid, 84},
        {[](GptTable& t) { t.entry_size = 384; }, Errc::invalid, 84},
        {[](GptTable& t) { t.entries[0].first_lba = 9; }, Errc::invalid, 9},
        {[](GptTable& t) { t.entries[0].first_lba = 20; }, Errc::invalid, 20},
        {[](GptTable& t) { t.entries[2].last_lba = 30; }, Errc::invalid, 30},
        {[](GptTable& t) { t.entries[2].last_lba = ~0ull; }, Errc::invalid, ~0ull},
    }));
    GptTable table = small_table();
    row.change(table);
    MemoryDisk disk = disk_with(table);
    disk.bytes.resize(blocks * 512); // large tables made it longer
    Error error = rejection_of(disk);
    INFO(error.what);
    CHECK(error.code == row.code);
    CHECK(error.where == row.where);
}

TEST_CASE("a header of another place is rejected", "[gpt]") {
    MemoryDisk disk = disk_with(small_table());
    std::copy_n(disk.bytes.begin() + 512, 512, disk.bytes.end() - 512);
    damage(disk, 1, 0);
    Error error = rejection_of(disk);
    CHECK(error.code == Errc::invalid);
    CHECK(error.where == 24);
}

TEST_CASE("entries that leave the disk are truncated", "[gpt]") {
    GptTable table = small_table();
    SECTION("by one block") {
        table.entries_lba = blocks - 1;
        MemoryDisk disk = disk_with(table);
        disk.bytes.resize(blocks * 512);
        CHECK(rejection_of(disk).code == Errc::truncated);
        CHECK(rejection_of(disk).where == blocks - 1);
    }
    SECTION("by far") {
        MemoryDisk disk = disk_with(table);
        auto header = table.header_bytes(0);
        std::fill_n(header.begin() + 72, 8, std::byte{0xff});
        std::uint32_t crc = crc32(header);
        for (int i = 0; i < 4; i++) header[16 + i] = static_cast<std::byte>(crc >> 8 * i);
        std::copy(header.begin(), header.end(), disk.bytes.begin() + 512);
        CHECK(rejection_of(disk).code == Errc::truncated);
        CHECK(rejection_of(disk).where == ~0ull);
    }
}

TEST_CASE("every damaged byte of header and entries is noticed", "[gpt]") {
    MemoryDisk good = disk_with(small_table());
    for (std::size_t offset = 0; offset < 92 + 1024; offset++) {
        MemoryDisk disk = good;
        damage(disk, offset < 92 ? 1 : 2, offset < 92 ? offset : offset - 92);
        Error error = rejection_of(disk);
        INFO(offset << ": " << error.what);
        Errc code = offset < 8 ? Errc::not_found : error.code;
        CHECK(error.code == code);
        CHECK((code == Errc::not_found || code == Errc::invalid || code == Errc::too_large));
    }
}

TEST_CASE("a broken primary table leads to the backup that it names", "[gpt]") {
    GptTable primary = small_table(), backup = backup_of(small_table());
    primary.backup_lba = backup.my_lba = 33;
    MemoryDisk disk = disk_with(primary);
    backup.put_on(disk);
    SECTION("by its checksum") {
        damage(disk, 1, 60);
    }
    SECTION("by its entries") {
        damage(disk, 2, 0);
    }
    auto table = gpt::read_table(disk);
    REQUIRE(table);
    CHECK(table->header_lba == 33);
    CHECK(table->partitions.size() == 2);
}

TEST_CASE("a primary table that is lost leads to the last block", "[gpt]") {
    MemoryDisk disk = disk_with_both();
    SECTION("without a signature") {
        damage(disk, 1, 0);
    }
    SECTION("in a block that cannot be read") {
        disk.broken_lbas = {1};
    }
    SECTION("with entries that cannot be read") {
        disk.broken_lbas = {3};
    }
    SECTION("naming a backup outside the disk") {
        damage(disk, 1, 39);
    }
    SECTION("naming itself") {
        damage(disk, 1, 32), disk.bytes[512 + 32] = std::byte{1};
    }
    auto table = gpt::read_table(disk);
    REQUIRE(table);
    CHECK(table->header_lba == blocks - 1);
    CHECK(gpt::find_first(*table, gpt::xbootldr_type)->number == 3);
    CHECK(std::count(disk.reads.begin(), disk.reads.end(), 1) == 1);
}

TEST_CASE("the backup is left alone while the primary table is good", "[gpt]") {
    MemoryDisk disk = disk_with_both();
    REQUIRE(gpt::read_table(disk));
    CHECK(disk.reads == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("with every table broken the primary one says why", "[gpt]") {
    MemoryDisk disk = disk_with_both();
    damage(disk, blocks - 1, 8);
    Errc code = Errc::invalid;
    std::uint64_t where = 0;
    SECTION("its entries") {
        damage(disk, 2, 0);
        where = 88;
    }
    SECTION("its device") {
        disk.broken_lbas = {1};
        code = Errc::io;
        where = 1;
    }
    SECTION("unless there is none") {
        damage(disk, 1, 0);
        where = 8;
    }
    Error error = rejection_of(disk);
    CHECK(error.code == code);
    CHECK(error.where == where);
    CHECK(std::count(disk.reads.begin(), disk.reads.end(), blocks - 1) == 1);
}

TEST_CASE("a disk without a header has no table", "[gpt]") {
    std::size_t count = GENERATE(0u, 1u, 2u, 3u, 40u);
    MemoryDisk disk;
    disk.bytes.resize(count * 512);
    CHECK(rejection_of(disk).code == Errc::not_found);
}

TEST_CASE("blocks of another size are not read", "[gpt]") {
    MemoryDisk disk = disk_with(small_table());
    disk.size_of_block = GENERATE(0u, 1u, 256u, 520u, 8192u);
    CHECK(rejection_of(disk).code == Errc::unsupported);
    CHECK(disk.reads.empty());
}

TEST_CASE("a disk cut at every byte of its table has none", "[gpt]") {
    MemoryDisk good = disk_with(small_table());
    for (std::size_t size = 0; size < 4 * 512; size++) {
        MemoryDisk disk;
        disk.bytes.assign(good.bytes.begin(),
                          good.bytes.begin() + static_cast<std::ptrdiff_t>(size));
        Error error = rejection_of(disk);
        INFO(size << ": " << error.what);
        CHECK(error.code == (size < 3 * 512 ? Errc::not_found : Errc::truncated));
    }
}
