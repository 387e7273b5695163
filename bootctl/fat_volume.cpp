// SPDX-License-Identifier: MIT
#include "bootctl/fat_volume.hpp"

#include "bootctl/fat_writer.hpp"

#include <algorithm>

namespace kindling::fat {

namespace {

FileInfo to_info(const DirectoryEntry& entry) {
    return {entry.name, entry.is_directory() ? 0 : entry.size_bytes, entry.is_directory(),
            entry.is_read_only()};
}

} // namespace

Result<std::vector<FileInfo>> FatVolume::list(std::string_view directory) {
    Directory opened = TRY(files_.open_directory(directory));
    if (opened.entries.size() > directory_members_max)
        return Error{Errc::too_large, "too many members in a directory"};
    std::vector<FileInfo> members;
    for (const DirectoryEntry& entry : opened.entries) members.push_back(to_info(entry));
    std::sort(members.begin(), members.end(),
              [](const FileInfo& a, const FileInfo& b) { return a.name < b.name; });
    return members;
}

Result<FileInfo> FatVolume::info(std::string_view path) {
    std::optional<Location> location = TRY(files_.locate(path));
    if (!location) return FileInfo{"", 0, true, false};
    if (!location->entry) return Error{Errc::not_found, "file does not exist"};
    return to_info(*location->entry);
}

Result<std::size_t> FatVolume::read(std::string_view path, std::uint64_t offset,
                                    MutableBytes into) {
    std::optional<Location> location = TRY(files_.locate(path));
    if (!location) return Error{Errc::invalid, "is a directory"};
    if (!location->entry) return Error{Errc::not_found, "file does not exist"};
    if (location->entry->is_directory()) return Error{Errc::invalid, "is a directory"};
    return files_.read(*location->entry, offset, into);
}

Result<void> FatVolume::rename(std::string_view path, std::string_view new_name) {
    Writer writer = TRY(Writer::open(files_, {}));
    return writer.rename(path, new_name);
}

} // namespace kindling::fat
