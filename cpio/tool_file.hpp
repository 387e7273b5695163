// SPDX-License-Identifier: MIT
//
// Files as the tool sees them: read and written as streams, and opened by paths that cannot lead
// out of a directory.
#pragma once

#include "base/bytes.hpp"
#include "host/error.hpp"
#include "host/fd.hpp"

#include <string>

namespace kindling::cpio::tool {

using host::Fd;
using host::last_error;

/// What a failed write is called; tells it from a failure to read the file being packed.
constexpr const char* write_failed = "cannot write";

/// Reads until `to` is full or the file ends; returns the number of bytes.
Result<std::size_t> read_full(int fd, MutableBytes to);

Result<void> write_full(int fd, Bytes bytes);

/// Opens `path` below `directory` without following any symbolic link on the way or at the end.
/// `path` is relative and has no ".." component; "." is the directory itself.
///
/// Errors: as openat(2); invalid (a component is a symbolic link).
Result<Fd> open_beneath(int directory, const std::string& path, int flags);

/// The same, component by component: for kernels without openat2(2).
Result<Fd> open_beneath_stepwise(int directory, const std::string& path, int flags);

} // namespace kindling::cpio::tool
