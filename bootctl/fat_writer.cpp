// SPDX-License-Identifier: MIT
#include "bootctl/fat_writer.hpp"

#include "bootctl/fat_name.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace kindling::fat {

namespace {

constexpr std::uint32_t free_count_unknown = 0xffffffff;
constexpr std::uint64_t free_count_offset = 488;
constexpr std::size_t piece_clusters_max = 64;

bool is_free(Bytes directory, std::size_t slot) {
    std::byte first = directory[slot * slot_size];
    return first == slot::end || first == slot::deleted;
}

/// The first of `count` deleted slots in one sector; nothing if there are none.
std::optional<std::size_t> find_deleted_slots(Bytes directory, std::size_t end, std::size_t count,
                                              std::size_t slots_per_sector) {
    std::size_t found = 0;
    for (std::size_t i = 0; i < end; i++) {
        if (i % slots_per_sector == 0) found = 0;
        found = is_free(directory, i) ? found + 1 : 0;
        if (found == count) return i + 1 - count;
    }
    return std::nullopt;
}

/// The slot after the last one in use.
std::size_t end_slot(Bytes directory) {
    std::size_t slots = directory.size() / slot_size;
    for (std::size_t i = 0; i < slots; i++)
        if (directory[i * slot_size] == slot::end) return i;
    return slots;
}

MutableBytes slot_of(std::vector<std::byte>& directory, std::size_t slot) {
    return MutableBytes(directory).subspan(slot * slot_size, slot_size);
}

} // namespace

Result<Writer> Writer::open(FileSystem& files, Stamp stamp) {
    Writer writer(files, stamp);
    const Geometry& geometry = files.geometry();
    if (geometry.table_size > writable_table_size_max)
        return Error{Errc::unsupported, "allocation table is too large to write"};
    writer.table_.resize(geometry.table_size);
    TRY(files.storage().read(geometry.tables_offset + geometry.active_table * geometry.table_size,
                             writer.table_));
    return writer;
}

std::uint64_t Writer::slot_offset(const Directory& directory, std::size_t slot) const {
    std::uint64_t offset = slot * slot_size;
    if (directory.clusters.empty()) return geometry().root_offset + offset;
    return geometry().offset_of(directory.clusters[offset / geometry().cluster_size]) +
           offset % geometry().cluster_size;
}

/// An entry of a FAT12 table that crosses a sector cannot be written in one piece: we leave it.
bool Writer::is_usable(std::uint32_t cluster) const {
    std::uint64_t offset = entry_offset(geometry().type, cluster);
    if (geometry().type == Type::fat12 &&
        offset / geometry().sector_size != (offset + 1) / geometry().sector_size)
        return false;
    auto value = get_entry(table_, 0, geometry().type, cluster);
    return value && *value == 0;
}

std::uint32_t Writer::count_free() const {
    std::uint32_t count = 0;
    for (std::uint32_t cluster = 2; cluster <= geometry().last_cluster(); cluster++) {
        auto value = get_entry(table_, 0, geometry().type, cluster);
        count += value && *value == 0;
    }
    return count;
}

/// The first gap that is long enough; without one, the first free clusters.
Result<std::vector<std::uint32_t>> Writer::find_free(std::size_t count) const {
    std::vector<std::uint32_t> scattered;
    std::size_t run = 0;
    for (std::uint32_t cluster = 2; cluster <= geometry().last_cluster() && count > 0; cluster++) {
        if (!is_usable(cluster)) {
            run = 0;
            continue;
        }
        if (scattered.size() < count) scattered.push_back(cluster);
        if (++run < count) continue;
        std::vector<std::uint32_t> clusters(count);
        std::iota(clusters.begin(), clusters.end(),
                  static_cast<std::uint32_t>(cluster + 1 - count));
        return clusters;
    }
    if (scattered.size() < count)
        return Error{Errc::no_space, "file system is full", scattered.size()};
    return scattered;
}

Result<void> Writer::write_data(const std::vector<std::uint32_t>& clusters, Bytes contents) {
    std::uint32_t cluster_size = geometry().cluster_size;
    std::vector<std::byte> piece;
    for (std::size_t i = 0, count = 1; i < clusters.size(); i += count) {
        for (count = 1; count < piece_clusters_max && i + count < clusters.size(); count++)
            if (clusters[i + count] != clusters[i] + count) break;
        Bytes part = contents.subspan(i * cluster_size);
        part = part.first(std::min<std::size_t>(part.size(), count * cluster_size));
        piece.assign(part.begin(), part.end());
        piece.resize(count * cluster_size);
        TRY(files_->storage().write(geometry().offset_of(clusters[i]), piece));
    }
    return {};
}

Result<void> Writer::verify_data(const std::vector<std::uint32_t>& clusters, Bytes contents) {
    std::uint32_t cluster_size = geometry().cluster_size;
    std::vector<std::byte> cluster(cluster_size);
    for (std::size_t i = 0; i < clusters.size(); i++) {
        TRY(files_->storage().read(geometry().offset_of(clusters[i]), cluster));
        Bytes part = contents.subspan(i * cluster_size);
        part = part.first(std::min<std::size_t>(part.size(), cluster_size));
        if (!equal(Bytes(cluster).first(part.size()), part))
            return Error{Errc::io, "the file does not read back as written", i * cluster_size};
    }
    return {};
}

void Writer::set_table_entry(std::uint32_t cluster, std::uint32_t value) {
    set_entry(table_, geometry().type, cluster, value);
    std::uint64_t offset = entry_offset(geometry().type, cluster);
    std::uint64_t size = geometry().type == Type::fat32 ? 4 : 2;
    changed_sectors_.insert(offset / geometry().sector_size);
    changed_sectors_.insert((offset + size - 1) / geometry().sector_size);
}

/// From the back, because chains lead forward: a link is on the disk before what leads to it.
Result<void> Writer::write_table() {
    for (auto sector = changed_sectors_.rbegin(); sector != changed_sectors_.rend(); ++sector) {
        std::uint64_t offset = *sector * geometry().sector_size;
        Bytes bytes = Bytes(table_).subspan(offset, geometry().sector_size);
        for (std::uint32_t table = 0; table < geometry().table_count; table++) {
            if (!geometry().tables_are_mirrored && table != geometry().active_table) continue;
            TRY(files_->storage().write(
                geometry().tables_offset + table * geometry().table_size + offset, bytes));
        }
    }
    changed_sectors_.clear();
    files_->forget();
    return files_->storage().sync();
}

Result<std::uint32_t> Writer::store(Bytes contents) {
    std::uint32_t cluster_size = geometry().cluster_size;
    auto clusters = TRY(find_free((contents.size() + cluster_size - 1) / cluster_size));
    TRY(write_free_count(free_count_unknown));
    if (clusters.empty()) return std::uint32_t{0};
    TRY(write_data(clusters, contents));
    TRY(files_->storage().sync());
    TRY(verify_data(clusters, contents));
    for (std::size_t i = 0; i < clusters.size(); i++)
        set_table_entry(clusters[i],
                        i + 1 < clusters.size() ? clusters[i + 1] : end_of_chain(geometry().type));
    TRY(write_table());
    return clusters.front();
}

Result<void> Writer::write_free_count(std::uint32_t count) {
    if (geometry().info_offset == 0) return {};
    std::array<std::byte, boot_sector_size> sector{};
    TRY(files_->storage().read(geometry().info_offset, sector));
    // Three signatures; a sector without them is not ours to change.
    if (TRY(read_u32(sector, 0)) != 0x41615252 || TRY(read_u32(sector, 484)) != 0x61417272 ||
        TRY(read_u32(sector, 508)) != 0xaa550000)
        return {};
    for (std::size_t i = 0; i < 4; i++)
        sector[free_count_offset + i] = static_cast<std::byte>(count >> (8 * i) & 0xff);
    TRY(files_->storage().write(geometry().info_offset, sector));
    return files_->storage().sync();
}

/// Writes the sectors that differ, from the back: what comes after the end mark becomes visible
/// with the sector that holds the mark.
Result<void> Writer::write_directory(const Directory& before, const std::vector<std::byte>& after) {
    std::size_t sector_size = geometry().sector_size;
    for (std::size_t offset = (after.size() - 1) / sector_size * sector_size;;
         offset -= sector_size) {
        std::size_t size = std::min(sector_size, after.size() - offset);
        Bytes bytes = Bytes(after).subspan(offset, size);
        if (!equal(Bytes(before.bytes).subspan(offset, size), bytes))
            TRY(files_->storage().write(slot_offset(before, offset / slot_size), bytes));
        if (offset == 0) break;
    }
    return files_->storage().sync();
}

Result<void> Writer::extend(Directory& directory) {
    if (directory.clusters.empty()) return Error{Errc::no_space, "root directory is full"};
    if (directory.bytes.size() + geometry().cluster_size > directory_slots_max * slot_size)
        return Error{Errc::no_space, "directory is full"};
    std::vector<std::byte> empty(geometry().cluster_size);
    std::uint32_t added = TRY(store(empty));
    set_table_entry(directory.clusters.back(), added);
    TRY(write_table());
    directory.clusters.push_back(added);
    directory.bytes.insert(directory.bytes.end(), empty.begin(), empty.end());
    return {};
}

Result<void> Writer::insert_entry(Directory directory, const std::vector<std::byte>& slots) {
    std::size_t count = slots.size() / slot_size;
    std::size_t end = end_slot(directory.bytes);
    std::size_t first = end;
    if (auto deleted =
            find_deleted_slots(directory.bytes, end, count, geometry().sector_size / slot_size))
        first = *deleted;
    while ((first + count) * slot_size > directory.bytes.size()) TRY(extend(directory));
    std::vector<std::byte> after = directory.bytes;
    std::copy(slots.begin(), slots.end(), slot_of(after, first).begin());
    // Nothing is promised about what follows the end mark.
    if (first == end)
        std::fill(after.begin() + static_cast<std::ptrdiff_t>((first + count) * slot_size),
                  after.end(), slot::end);
    return write_directory(directory, after);
}

/// Frees the clusters of what was replaced. A chain that is broken or of the wrong length may
/// belong to another file as well: it stays for a repair program.
Result<void> Writer::free_chain(const DirectoryEntry& old) {
    auto clusters = files_->chain(old.first_cluster, geometry().cluster_count);
    std::uint64_t expected =
        (std::uint64_t{old.size_bytes} + geometry().cluster_size - 1) / geometry().cluster_size;
    if (!clusters || clusters->size() != expected) return {};
    for (std::uint32_t cluster : *clusters) set_table_entry(cluster, 0);
    return write_table();
}

Result<void> Writer::create_directory(std::string_view path) {
    std::optional<Location> location = TRY(files_->locate(path));
    if (!location || location->entry) return Error{Errc::exists, "directory exists already"};
    auto slots = TRY(encode_entry(location->name, location->parent.entries));

    std::vector<std::byte> contents(geometry().cluster_size);
    std::uint32_t cluster = TRY(find_free(1)).front();
    // The parent of a directory in the root is written as 0, whatever cluster the root has.
    std::uint32_t parent = location->parent.first_cluster;
    if (parent == files_->root()) parent = 0;
    for (auto [index, target] : {std::pair<std::size_t, std::uint32_t>{0, cluster}, {1, parent}}) {
        MutableBytes slot = slot_of(contents, index);
        std::fill(slot.begin(), slot.begin() + 11, std::byte{' '});
        std::fill(slot.begin(), slot.begin() + 1 + static_cast<std::ptrdiff_t>(index),
                  std::byte{'.'});
        set_fields(slot, {attribute::directory, target, 0, stamp_}, true);
    }
    ASSERT(TRY(store(contents)) == cluster);
    set_fields(slot_of(slots, slots.size() / slot_size - 1),
               {attribute::directory, cluster, 0, stamp_}, true);
    TRY(insert_entry(std::move(location->parent), slots));
    return write_free_count(count_free());
}

Result<void> Writer::replace_file(std::string_view path, Bytes contents) {
    if (contents.size() > file_size_max) return Error{Errc::too_large, "file is too large for FAT"};
    std::optional<Location> location = TRY(files_->locate(path));
    if (!location || (location->entry && location->entry->is_directory()))
        return Error{Errc::invalid, "is a directory"};
    const std::optional<DirectoryEntry>& old = location->entry;
    if (old && old->is_read_only()) return Error{Errc::denied, "file is read-only"};
    std::vector<std::byte> slots;
    if (!old) slots = TRY(encode_entry(location->name, location->parent.entries));

    EntryFields fields{old ? old->attributes : attribute::archive, TRY(store(contents)),
                       static_cast<std::uint32_t>(contents.size()), stamp_};
    if (old) {
        std::vector<std::byte> after = location->parent.bytes;
        set_fields(slot_of(after, old->last_slot), fields, false);
        TRY(write_directory(location->parent, after));
        TRY(free_chain(*old));
    } else {
        set_fields(slot_of(slots, slots.size() / slot_size - 1), fields, true);
        TRY(insert_entry(std::move(location->parent), slots));
    }
    return write_free_count(count_free());
}

Result<void> Writer::rename(std::string_view path, std::string_view new_name) {
    std::optional<Location> location = TRY(files_->locate(path));
    if (!location) return Error{Errc::invalid, "the root has no name"};
    if (!location->entry) return Error{Errc::not_found, "file does not exist"};
    DirectoryEntry old = *location->entry;
    if (old.is_read_only()) return Error{Errc::denied, "file is read-only"};
    Directory& directory = location->parent;
    std::vector<DirectoryEntry> others;
    for (const DirectoryEntry& entry : directory.entries)
        if (entry.last_slot != old.last_slot) others.push_back(entry);
    for (const DirectoryEntry& entry : others)
        if (entry.is_named(new_name)) return Error{Errc::exists, "a file of that name exists"};

    auto slots = TRY(encode_entry(new_name, others));
    // All but the name stays.
    std::size_t last = slots.size() / slot_size - 1;
    MutableBytes from = slot_of(directory.bytes, old.last_slot);
    std::copy(from.begin() + 11, from.end(), slot_of(slots, last).begin() + 11);
    slot_of(slots, last)[12] = std::byte{0}; // no lower-case flags: they are about the old name

    std::size_t slots_per_sector = geometry().sector_size / slot_size;
    std::vector<std::byte> after = directory.bytes;
    for (std::size_t i = old.first_slot; i <= old.last_slot; i++)
        slot_of(after, i)[0] = slot::deleted;
    if (last <= old.last_slot - old.first_slot &&
        (old.last_slot - last) / slots_per_sector == old.last_slot / slots_per_sector &&
        old.first_slot / slots_per_sector == old.last_slot / slots_per_sector) {
        std::copy(slots.begin(), slots.end(), slot_of(after, old.last_slot - last).begin());
        return write_directory(directory, after);
    }
    TRY(insert_entry(directory, slots));
    directory = TRY(files_->read_directory(directory.first_cluster));
    after = directory.bytes;
    for (std::size_t i = old.first_slot; i <= old.last_slot; i++)
        slot_of(after, i)[0] = slot::deleted;
    TRY(write_directory(directory, after));
    return write_free_count(count_free());
}

} // namespace kindling::fat
