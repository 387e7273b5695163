// SPDX-License-Identifier: MIT
//
// A new archive on its way to a file or a pipe. A file appears under its name only when it is
// whole and on the disk.
#pragma once

#include "cpio/tool_file.hpp"
#include "cpio/writer.hpp"

#include <memory>
#include <string>
#include <sys/types.h>

struct z_stream_s;

namespace kindling::cpio::tool {

class OutputSink final : public Sink {
public:
    /// "-" is standard output. An existing file that is not a regular one, such as a pipe, is
    /// written to as it is.
    static Result<std::unique_ptr<OutputSink>> create(const std::string& path, bool use_gzip);
    ~OutputSink() override;

    Result<void> write(Bytes bytes) override;

    /// Sends `size_bytes` from the place of `fd`; the kernel copies where it can.
    ///
    /// Errors: also truncated (the file is shorter than that).
    Result<void> send_file(int fd, std::uint64_t size_bytes);

    /// Writes out what is buffered, waits for the disk and gives the file its name.
    Result<void> commit();

    /// True for the file we write, and for the one it replaces: neither belongs into the archive.
    bool is_output(dev_t device, ino_t inode) const;

private:
    OutputSink(std::string path, bool use_gzip);
    Result<void> open();
    Result<void> create_temporary();
    Result<void> flush();
    Result<void> deflate_some(Bytes bytes, bool is_last);
    Result<std::uint64_t> copy_in_kernel(int fd, std::uint64_t size_bytes);
    void remember(int fd);

    std::string path_;
    std::string temporary_; ///< a name to be unlinked on failure, or empty
    bool replaces_ = false; ///< the file gets its name with `commit`
    Fd owned_;
    int fd_ = -1;
    std::vector<std::byte> buffer_;
    std::size_t used_ = 0;
    std::vector<std::byte> packed_;
    std::unique_ptr<z_stream_s> stream_;
    struct Identity {
        dev_t device;
        ino_t inode;
    };
    std::vector<Identity> outputs_;
};

} // namespace kindling::cpio::tool
