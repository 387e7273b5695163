// SPDX-License-Identifier: MIT
#include "bootctl/storage.hpp"

#include "bootctl/parked_read.hpp"
#include "host/error.hpp"
#include "host/files.hpp"

#include <cerrno>
#include <unistd.h>

namespace kindling {

Result<void> FileStorage::check(std::uint64_t offset, std::uint64_t size_bytes) const {
    if (offset > size_bytes_ || size_bytes > size_bytes_ - offset)
        return Error{Errc::truncated, "range leaves the partition", offset};
    return {};
}

Result<void> FileStorage::read(std::uint64_t offset, MutableBytes into) {
    TRY(check(offset, into.size()));
    if (TRY(parked_read(fd_, offset_ + offset, into)) != into.size())
        return Error{Errc::truncated, "image file ends inside the partition", offset};
    return {};
}

Result<void> FileStorage::write(std::uint64_t offset, Bytes bytes) {
    TRY(check(offset, bytes.size()));
    auto written = host::write_at(fd_, offset_ + offset, bytes);
    // A descriptor that is open for reading only says EBADF, which is no I/O error.
    if (!written && written.error().cause == EBADF)
        return Error{Errc::denied, "image is open for reading only", offset, EBADF};
    return written;
}

Result<void> FileStorage::sync() {
    if (::fsync(fd_) < 0) return host::last_error("cannot write to disk");
    return {};
}

} // namespace kindling
