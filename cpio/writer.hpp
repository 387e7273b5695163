// SPDX-License-Identifier: MIT
//
// Writes a newc archive of any tree, member by member, as a stream.
#pragma once

#include "cpio/newc.hpp"

#include <vector>

namespace kindling::cpio {

/// Where an archive goes.
class Sink {
public:
    virtual ~Sink() = default;
    virtual Result<void> write(Bytes bytes) = 0;
};

/// What a member has besides path and contents.
struct Attributes {
    std::uint32_t permissions = 0; ///< 07777 at most
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::uint32_t mtime_s = 0; ///< since 1970
};

/// What a device node stands for.
struct Device {
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
};

/// Numbers the members from 1, so that archives depend on nothing but what is added.
///
/// Paths are relative, 1 to `name_max` bytes, without NUL; parents must be added before their
/// children.
///
/// Errors of all functions: invalid (path empty, absolute, with NUL or a ".." component, or the
/// name of the trailer), too_large (path or contents), and what the sink reports.
class Writer {
public:
    explicit Writer(Sink& sink) : sink_(sink) {}

    Result<void> add_directory(std::string_view path, const Attributes& attributes);

    /// Contents: at most 4 GiB - 1; borrowed for the call.
    Result<void> add_file(std::string_view path, const Attributes& attributes, Bytes contents);

    Result<void> add_symlink(std::string_view path, const Attributes& attributes,
                             std::string_view target);

    /// A fifo, socket or device node; `type` is one of the `type_` constants.
    Result<void> add_node(std::string_view path, const Attributes& attributes, std::uint32_t type,
                          Device device);

    /// A file whose contents the caller sends to the sink on its own: exactly `size_bytes` between
    /// this and the next call.
    Result<void> begin_file(std::string_view path, const Attributes& attributes,
                            std::uint64_t size_bytes);

    /// One name of a file with several. All of them are added with the `inode` that the first
    /// call, with `inode` 0, returns, and with the same `links`; contents follow the last one, sent
    /// by the caller, and `size_bytes` is 0 for the others.
    Result<std::uint32_t> begin_link(std::string_view path, const Attributes& attributes,
                                     std::uint32_t links, std::uint32_t inode,
                                     std::uint64_t size_bytes);

    /// The trailer. Nothing may be added afterwards.
    Result<void> finish();

    /// Bytes of the archive so far, with contents that the caller has yet to send.
    std::uint64_t size_bytes() const { return size_bytes_; }

private:
    Result<void> add_header(std::string_view path, Header header, std::uint64_t contents_size);
    Result<void> add_padding();

    Sink& sink_;
    std::vector<std::byte> buffer_;
    std::uint64_t size_bytes_ = 0;
    std::uint32_t inode_ = 0;
};

} // namespace kindling::cpio
