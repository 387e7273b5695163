// SPDX-License-Identifier: MIT
#include "bootctl/fat_geometry.hpp"

#include <bit>

namespace kindling::fat {

namespace {

constexpr std::uint32_t fat12_clusters_end = 4085;
constexpr std::uint32_t fat16_clusters_end = 65525;
constexpr std::uint32_t fat32_clusters_max = 0x0ffffff5;
constexpr std::uint16_t mirroring_is_off = 0x80;

/// The fields of the boot sector that we use, as stored.
struct Fields {
    std::uint16_t sector_size, reserved_sectors, root_entries, table_sectors16, extended_flags;
    std::uint8_t sectors_per_cluster, table_count;
    std::uint32_t total_sectors, table_sectors, root_cluster;
    std::uint16_t info_sector;
};

Result<Fields> read_fields(Bytes sector) {
    Fields fields{};
    fields.sector_size = TRY(read_u16(sector, 11));
    fields.sectors_per_cluster = TRY(read_u8(sector, 13));
    fields.reserved_sectors = TRY(read_u16(sector, 14));
    fields.table_count = TRY(read_u8(sector, 16));
    fields.root_entries = TRY(read_u16(sector, 17));
    fields.total_sectors = TRY(read_u16(sector, 19));
    if (fields.total_sectors == 0) fields.total_sectors = TRY(read_u32(sector, 32));
    fields.table_sectors16 = TRY(read_u16(sector, 22));
    fields.table_sectors = fields.table_sectors16;
    if (fields.table_sectors16 == 0) {
        fields.table_sectors = TRY(read_u32(sector, 36));
        fields.extended_flags = TRY(read_u16(sector, 40));
        fields.root_cluster = TRY(read_u32(sector, 44));
        fields.info_sector = TRY(read_u16(sector, 48));
    }
    return fields;
}

Result<void> check(const Fields& fields) {
    if (fields.sector_size < 512 || fields.sector_size > 4096 ||
        !std::has_single_bit(fields.sector_size))
        return Error{Errc::invalid, "FAT sector size is not 512, 1024, 2048 or 4096", 11};
    if (!std::has_single_bit(fields.sectors_per_cluster))
        return Error{Errc::invalid, "FAT cluster size is not a power of two", 13};
    if (std::uint32_t{fields.sector_size} * fields.sectors_per_cluster > cluster_size_max)
        return Error{Errc::too_large, "FAT clusters are too large", 13};
    if (fields.reserved_sectors == 0) return Error{Errc::invalid, "FAT has no reserved sector", 14};
    if (fields.table_count == 0) return Error{Errc::invalid, "no allocation table", 16};
    if (fields.table_count > table_count_max)
        return Error{Errc::too_large, "too many allocation tables", 16};
    if ((fields.table_sectors16 == 0) != (fields.root_entries == 0))
        return Error{Errc::invalid, "FAT root directory contradicts the table size", 17};
    return {};
}

Type type_of(const Fields& fields, std::uint32_t clusters) {
    if (fields.table_sectors16 == 0) return Type::fat32;
    return clusters < fat12_clusters_end ? Type::fat12 : Type::fat16;
}

Result<void> set_fat32_fields(Geometry& geometry, const Fields& fields) {
    geometry.root_cluster = fields.root_cluster & 0x0fffffff;
    if (!geometry.is_cluster(geometry.root_cluster))
        return Error{Errc::invalid, "FAT root directory is outside the file system", 44};
    if (fields.extended_flags & mirroring_is_off) {
        geometry.tables_are_mirrored = false;
        geometry.active_table = fields.extended_flags & 0xf;
        if (geometry.active_table >= geometry.table_count)
            return Error{Errc::invalid, "active allocation table does not exist", 40};
    }
    if (fields.info_sector != 0 && fields.info_sector < fields.reserved_sectors)
        geometry.info_offset = std::uint64_t{fields.info_sector} * fields.sector_size;
    return {};
}

} // namespace

Result<Geometry> parse_boot_sector(Bytes boot_sector, std::uint64_t size_bytes) {
    if (TRY(read_u16(boot_sector, 510)) != 0xaa55)
        return Error{Errc::invalid, "not a FAT file system: no boot sector signature", 510};
    std::uint8_t jump = TRY(read_u8(boot_sector, 0));
    if (jump != 0xeb && jump != 0xe9)
        return Error{Errc::invalid, "not a FAT file system: no jump instruction", 0};
    Fields fields = TRY(read_fields(boot_sector));
    TRY(check(fields));

    Geometry geometry;
    geometry.sector_size = fields.sector_size;
    geometry.cluster_size = std::uint32_t{fields.sector_size} * fields.sectors_per_cluster;
    geometry.table_count = fields.table_count;
    geometry.tables_offset = std::uint64_t{fields.reserved_sectors} * fields.sector_size;
    geometry.table_size = std::uint64_t{fields.table_sectors} * fields.sector_size;
    geometry.root_offset = geometry.tables_offset + geometry.table_size * fields.table_count;
    geometry.root_size = std::uint32_t{fields.root_entries} * 32;
    geometry.clusters_offset =
        geometry.root_offset + align_up(geometry.root_size, fields.sector_size);

    std::uint64_t total = std::uint64_t{fields.total_sectors} * fields.sector_size;
    if (total > size_bytes)
        return Error{Errc::truncated, "FAT file system is larger than its partition", 32};
    if (geometry.clusters_offset + geometry.cluster_size > total)
        return Error{Errc::invalid, "FAT file system has no room for files", 32};
    std::uint64_t clusters = (total - geometry.clusters_offset) / geometry.cluster_size;
    if (clusters > (fields.table_sectors16 == 0 ? fat32_clusters_max : fat16_clusters_end - 1))
        return Error{Errc::too_large, "FAT file system has too many clusters", 32};
    geometry.cluster_count = static_cast<std::uint32_t>(clusters);
    geometry.type = type_of(fields, geometry.cluster_count);
    auto bits = static_cast<std::uint64_t>(geometry.type);
    if (geometry.table_size * 8 / bits < clusters + 2)
        return Error{Errc::invalid, "allocation table is too small", 22};
    if (geometry.type == Type::fat32) TRY(set_fat32_fields(geometry, fields));
    return geometry;
}

} // namespace kindling::fat
