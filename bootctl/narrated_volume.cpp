// SPDX-License-Identifier: MIT
#include "bootctl/narrated_volume.hpp"

#include "bootctl/notice.hpp"

namespace kindling {

void NarratedVolume::tell(const char* what, std::string_view path,
                          const std::string& outcome) const {
    hear_(std::string(what) + " \"" + name_of_(path) + "\": " + outcome);
}

Result<std::vector<FileInfo>> NarratedVolume::list(std::string_view directory) {
    auto members = volume_.list(directory);
    tell("list", directory,
         members ? std::to_string(members->size()) + " members" : reason_of(members.error()));
    return members;
}

Result<FileInfo> NarratedVolume::info(std::string_view path) {
    auto info = volume_.info(path);
    tell("look up", path,
         !info                ? reason_of(info.error())
         : info->is_directory ? "a directory"
                              : std::to_string(info->size_bytes) + " bytes");
    return info;
}

Result<std::size_t> NarratedVolume::read(std::string_view path, std::uint64_t offset,
                                         MutableBytes into) {
    auto size = volume_.read(path, offset, into);
    if (!size)
        tell("read", path, reason_of(size.error()));
    else if (offset == 0)
        tell("read", path, "from its beginning");
    return size;
}

Result<void> NarratedVolume::rename(std::string_view path, std::string_view new_name) {
    auto done = volume_.rename(path, new_name);
    tell("rename", path, done ? "now " + std::string(new_name) : reason_of(done.error()));
    return done;
}

} // namespace kindling
