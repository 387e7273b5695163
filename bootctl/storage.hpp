// SPDX-License-Identifier: MIT
//
// Bytes that stay: a partition inside an image file, a whole file, or a test's memory.
#pragma once

#include "base/bytes.hpp"
#include "host/fd.hpp"

namespace kindling {

/// A fixed number of bytes that can be read and written at any offset.
class Storage {
public:
    virtual ~Storage() = default;

    virtual std::uint64_t size_bytes() const = 0;

    /// Fills `into` from `offset`. Errors: truncated (leaves the storage; `where` is the offset);
    /// io.
    virtual Result<void> read(std::uint64_t offset, MutableBytes into) = 0;

    /// Errors: truncated (leaves the storage); denied (opened for reading); no_space; io.
    virtual Result<void> write(std::uint64_t offset, Bytes bytes) = 0;

    /// Returns when everything written is on the disk. Errors: io.
    virtual Result<void> sync() = 0;
};

/// A range of an open file.
class FileStorage : public Storage {
public:
    /// fd            borrowed; open for reading, and for writing if `write` is called
    /// offset        of the range in the file
    /// size_bytes    of the range; the caller has checked that it lies in the file
    FileStorage(const host::Fd& fd, std::uint64_t offset, std::uint64_t size_bytes)
        : fd_(fd.get()), offset_(offset), size_bytes_(size_bytes) {}

    std::uint64_t size_bytes() const override { return size_bytes_; }
    Result<void> read(std::uint64_t offset, MutableBytes into) override;
    Result<void> write(std::uint64_t offset, Bytes bytes) override;
    Result<void> sync() override;

private:
    Result<void> check(std::uint64_t offset, std::uint64_t size_bytes) const;

    int fd_;
    std::uint64_t offset_;
    std::uint64_t size_bytes_;
};

} // namespace kindling
