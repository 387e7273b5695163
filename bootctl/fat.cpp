// SPDX-License-Identifier: MIT
#include "bootctl/fat.hpp"

#include <algorithm>
#include <array>

namespace kindling::fat {

namespace {

/// The next component of a path, which is shortened by it; empty at the end.
std::string_view take_component(std::string_view& path) {
    while (path.starts_with('/')) path.remove_prefix(1);
    std::string_view component = path.substr(0, path.find('/'));
    path.remove_prefix(component.size());
    while (path.starts_with('/')) path.remove_prefix(1);
    return component;
}

} // namespace

const DirectoryEntry* Directory::find(std::string_view name) const {
    const DirectoryEntry* found = nullptr;
    for (const DirectoryEntry& entry : entries) {
        if (entry.name == name) return &entry;
        if (!found && entry.is_named(name)) found = &entry;
    }
    return found;
}

Result<FileSystem> FileSystem::open(Storage& storage) {
    std::array<std::byte, boot_sector_size> sector{};
    TRY(storage.read(0, sector));
    return FileSystem(storage, TRY(parse_boot_sector(sector, storage.size_bytes())));
}

Result<std::vector<std::uint32_t>> FileSystem::chain(std::uint32_t first_cluster,
                                                     std::uint32_t clusters_max) {
    std::vector<std::uint32_t> clusters;
    if (first_cluster == 0) return clusters;
    if (!geometry_.is_cluster(first_cluster))
        return Error{Errc::invalid, "first cluster is outside the file system", first_cluster};
    std::optional<std::uint32_t> cluster = first_cluster;
    while (cluster) {
        // A chain with more clusters than there are is a loop.
        if (clusters.size() >= geometry_.cluster_count)
            return Error{Errc::invalid, "cluster chain is a loop", first_cluster};
        if (clusters.size() >= clusters_max)
            return Error{Errc::too_large, "cluster chain is too long", first_cluster};
        clusters.push_back(*cluster);
        cluster = TRY(table_.next(*cluster));
    }
    return clusters;
}

Result<Directory> FileSystem::read_directory(std::uint32_t first_cluster) {
    Directory directory;
    directory.first_cluster = first_cluster;
    if (first_cluster == 0) {
        if (geometry_.type == Type::fat32)
            return Error{Errc::invalid, "directory has no first cluster"};
        directory.bytes.resize(geometry_.root_size);
        TRY(storage_->read(geometry_.root_offset, directory.bytes));
    } else {
        auto clusters_max = static_cast<std::uint32_t>(
            std::max<std::uint64_t>(directory_slots_max * slot_size / geometry_.cluster_size, 1));
        directory.clusters = TRY(chain(first_cluster, clusters_max));
        directory.bytes.resize(directory.clusters.size() * geometry_.cluster_size);
        for (std::size_t i = 0; i < directory.clusters.size(); i++)
            TRY(storage_->read(geometry_.offset_of(directory.clusters[i]),
                               MutableBytes(directory.bytes)
                                   .subspan(i * geometry_.cluster_size, geometry_.cluster_size)));
    }
    directory.entries = decode_directory(directory.bytes, geometry_.type == Type::fat32);
    return directory;
}

Result<std::optional<Location>> FileSystem::locate(std::string_view path) {
    std::string_view name = take_component(path);
    if (name.empty()) return std::optional<Location>{};
    Location location{TRY(read_directory(root())), {}, {}};
    for (std::size_t depth = 1;; depth++) {
        if (name == "." || name == "..")
            return Error{Errc::invalid, "path has a component that is no name"};
        if (depth > path_depth_max) return Error{Errc::too_large, "path is too deep"};
        const DirectoryEntry* entry = location.parent.find(name);
        if (path.empty()) {
            location.name = name;
            if (entry) location.entry = *entry;
            return std::optional(std::move(location));
        }
        if (!entry) return Error{Errc::not_found, "directory does not exist"};
        if (!entry->is_directory()) return Error{Errc::invalid, "not a directory"};
        location.parent = TRY(read_directory(entry->first_cluster));
        name = take_component(path);
    }
}

Result<Directory> FileSystem::open_directory(std::string_view path) {
    std::optional<Location> location = TRY(locate(path));
    if (!location) return read_directory(root());
    if (!location->entry) return Error{Errc::not_found, "directory does not exist"};
    if (!location->entry->is_directory()) return Error{Errc::invalid, "not a directory"};
    return read_directory(location->entry->first_cluster);
}

Result<std::uint32_t> FileSystem::cluster_at(ChainPlace& from, std::uint32_t first_cluster,
                                             std::uint32_t index) {
    if (!geometry_.is_cluster(first_cluster))
        return Error{Errc::invalid, "first cluster is outside the file system", first_cluster};
    if (from.first != first_cluster || from.index > index) from = {first_cluster, 0, first_cluster};
    while (from.index < index) {
        auto next = TRY(table_.next(from.cluster));
        if (!next) return Error{Errc::invalid, "file is longer than its chain", from.cluster};
        from.cluster = *next;
        from.index++;
    }
    return from.cluster;
}

Result<std::size_t> FileSystem::read(const DirectoryEntry& file, std::uint64_t offset,
                                     MutableBytes into) {
    std::uint32_t cluster_size = geometry_.cluster_size;
    if (file.size_bytes > std::uint64_t{geometry_.cluster_count} * cluster_size)
        return Error{Errc::invalid, "file is larger than its file system", file.first_cluster};
    if (offset >= file.size_bytes) return std::size_t{0};
    into = into.first(std::min<std::uint64_t>(into.size(), file.size_bytes - offset));
    std::size_t done = 0;
    ChainPlace place = known_; // Ours alone: other fibers may read other files meanwhile.
    while (done < into.size()) {
        auto index = static_cast<std::uint32_t>((offset + done) / cluster_size);
        std::uint64_t skipped = (offset + done) % cluster_size;
        std::uint32_t cluster = TRY(cluster_at(place, file.first_cluster, index));
        std::uint64_t start = geometry_.offset_of(cluster) + skipped;
        std::uint64_t size = cluster_size - skipped;
        // Neighbours are read in one piece.
        while (size < into.size() - done) {
            std::uint32_t following = TRY(cluster_at(place, file.first_cluster, ++index));
            if (following != cluster + 1) break;
            cluster = following;
            size += cluster_size;
        }
        size = std::min<std::uint64_t>(size, into.size() - done);
        TRY(storage_->read(start, into.subspan(done, size)));
        done += size;
    }
    known_ = place;
    return done;
}

void FileSystem::forget() {
    table_.forget();
    known_ = {};
}

} // namespace kindling::fat
