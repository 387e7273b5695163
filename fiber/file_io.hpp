// SPDX-License-Identifier: MIT
//
// What is done to files by name, and their way to the disk: through io_uring, or on another thread,
// so that a slow disk stops one fiber and not all. Off a fiber the calls simply block. Reading and
// writing is in io.hpp.
//
// Errors of all: cancelled and timed_out, before anything has happened; no_memory (no thread); else
// as errno says. Paths are borrowed for the call.
#pragma once

#include "base/bytes.hpp"
#include "host/fd.hpp"

#include <cstdint>
#include <linux/openat2.h>
#include <sys/stat.h>

namespace kindling::fiber {

/// Opens `path` below `directory`, a descriptor or AT_FDCWD. Close-on-exec is up to `how`, and so
/// is what links may do: RESOLVE_BENEATH and its like. Source: openat2(2).
Result<host::Fd> openat2(int directory, const char* path, const open_how& how);

/// The same, with O_CLOEXEC added to `flags`.
Result<host::Fd> open(int directory, const char* path, int flags, mode_t mode = 0);

/// All that was written is on the disk when this returns; with `data_only` but for times.
Result<void> fsync(int fd, bool data_only = false);

/// `flags` and `mask` as for statx(2).
Result<struct statx> statx(int directory, const char* path, int flags,
                           unsigned mask = STATX_BASIC_STATS);

/// `flags` as for renameat2(2).
Result<void> renameat2(int from_directory, const char* from, int to_directory, const char* to,
                       unsigned flags = 0);

/// `flags` 0, or AT_REMOVEDIR.
Result<void> unlinkat(int directory, const char* path, int flags = 0);

/// Copies up to `length` bytes within the kernel, at most transfer_max of them; the number of
/// bytes, 0 at the end of `from`. Source: copy_file_range(2).
Result<std::size_t> copy_file_range(int from, std::uint64_t from_offset, int to,
                                    std::uint64_t to_offset, std::size_t length);

} // namespace kindling::fiber
