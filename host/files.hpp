// SPDX-License-Identifier: MIT
//
// Whole files: reading them with a limit, replacing them so that a crash leaves the old one.
//
// Files are read, never mapped: a mapping of a file that somebody truncates kills its reader.
#pragma once

#include "base/bytes.hpp"
#include "host/fd.hpp"

#include <string>
#include <sys/types.h>
#include <vector>

namespace kindling::host {

/// Opens with O_CLOEXEC; `directory` is a descriptor or AT_FDCWD.
///
/// Errors: as errno says.
Result<Fd> open_at(int directory, const std::string& path, int flags, mode_t mode = 0);

/// The size of a regular file or block device.
///
/// Errors: invalid (neither of them); io.
Result<std::uint64_t> size_of(int fd);

/// Reads from `offset` until `into` is full or the file ends; the number of bytes read.
Result<std::size_t> read_at(int fd, std::uint64_t offset, MutableBytes into);

/// Writes all of `bytes` at `offset`. Errors: no_space; denied; io.
Result<void> write_at(int fd, std::uint64_t offset, Bytes bytes);

/// Everything a regular file holds.
///
/// Errors: too_large (over `size_max`); invalid (not a regular file); as errno says.
Result<std::vector<std::byte>> read_file(int fd, std::uint64_t size_max);
Result<std::vector<std::byte>> read_file(const std::string& path, std::uint64_t size_max);

/// Everything a file, pipe or kernel pseudo file gives until its end, whatever size it claims.
///
/// Errors: too_large (over `size_max`); as errno says.
Result<std::vector<std::byte>> read_stream(int fd, std::uint64_t size_max);

/// Replaces or creates the file `name` in `directory`, which is opened by the caller. The bytes go
/// to a new file beside it, reach the disk, are read back and compared, and only then take over
/// the name; on failure the new file is removed and the old one is untouched. Only when the
/// directory itself cannot be written to disk the new file stays: it may be lost at a power cut.
///
/// name  one path component
///
/// Errors: no_space; denied; io (also if what is read back differs); as errno says.
Result<void> write_file_atomically(const Fd& directory, const std::string& name, Bytes contents,
                                   mode_t mode = 0644);

/// The same with a path whose directory exists.
Result<void> write_file_atomically(const std::string& path, Bytes contents, mode_t mode = 0644);

} // namespace kindling::host
