// SPDX-License-Identifier: MIT
//
// Files as the tool sees them: descriptors that close themselves, and paths that cannot lead out
// of a directory.
#pragma once

#include "base/bytes.hpp"

#include <string>
#include <utility>

namespace kindling::cpio::tool {

/// An open file; closed when it goes out of scope.
class Fd {
public:
    Fd() = default;
    explicit Fd(int fd) : fd_(fd) {}
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Fd();

    int get() const { return fd_; }
    bool is_open() const { return fd_ >= 0; }

private:
    int fd_ = -1;
};

/// What a failed write is called; tells it from a failure to read the file being packed.
constexpr const char* write_failed = "cannot write";

/// The Error for errno as the last call left it.
Error last_error(const char* what);

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
