// SPDX-License-Identifier: MIT
//
// The seam on a FAT file system in an image file.
#pragma once

#include "bootctl/fat.hpp"
#include "core/machine.hpp"

namespace kindling::fat {

/// A Volume over a FileSystem, which is borrowed. Renaming needs a writable storage.
class FatVolume : public Volume {
public:
    explicit FatVolume(FileSystem& files) : files_(files) {}

    Result<std::vector<FileInfo>> list(std::string_view directory) override;
    Result<FileInfo> info(std::string_view path) override;
    Result<std::size_t> read(std::string_view path, std::uint64_t offset,
                             MutableBytes into) override;
    Result<void> rename(std::string_view path, std::string_view new_name) override;

private:
    FileSystem& files_;
};

} // namespace kindling::fat
