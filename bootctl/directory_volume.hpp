// SPDX-License-Identifier: MIT
//
// The seam on a directory: a mounted ESP, or a tree that looks like one.
#pragma once

#include "core/machine.hpp"
#include "host/fd.hpp"

namespace kindling {

/// A Volume whose root is a directory. Nothing outside of it is reached: symbolic links, ".." and
/// what is neither file nor directory do not exist for it. Names are found as on FAT: the exact one
/// first, then without regard to ASCII case.
class DirectoryVolume : public Volume {
public:
    /// Errors: not_found; denied; invalid (not a directory).
    static Result<DirectoryVolume> open(const std::string& path);

    Result<std::vector<FileInfo>> list(std::string_view directory) override;
    Result<FileInfo> info(std::string_view path) override;
    Result<std::size_t> read(std::string_view path, std::uint64_t offset,
                             MutableBytes into) override;
    Result<void> rename(std::string_view path, std::string_view new_name) override;

    /// A directory of the volume, open for reading, for those who write into it.
    ///
    /// Errors: not_found; invalid (not a directory, or two names that differ in case only); io.
    Result<host::Fd> open_directory(std::string_view path) const;

    /// The directory that `path` is in, and the name there as on disk; the given name if there is
    /// none of that name yet.
    ///
    /// Errors: as `open_directory`.
    struct Place {
        host::Fd directory;
        std::string name;
        bool exists = false;
    };
    Result<Place> find(std::string_view path) const;

private:
    Result<host::Fd> open_file(std::string_view path) const;

    explicit DirectoryVolume(host::Fd root) : root_(std::move(root)) {}

    host::Fd root_;
};

} // namespace kindling
