// SPDX-License-Identifier: MIT
//
// Archives in a file or a pipe, plain or gzip, as the kernel takes them: also a plain archive with
// a compressed one behind it.
#pragma once

#include "cpio/reader.hpp"
#include "cpio/tool_file.hpp"

#include <memory>
#include <string>

struct z_stream_s;

namespace kindling::cpio::tool {

/// Never holds more than two buffers of 256 KiB.
///
/// Errors: invalid and truncated (gzip data), too_large (unpacks to more than `size_max`),
/// unsupported (another compression), and what reading reports.
class InputSource final : public Source {
public:
    /// "-" is standard input.
    static Result<std::unique_ptr<InputSource>> open(const std::string& path,
                                                     std::uint64_t size_max);
    ~InputSource() override;

    Result<Bytes> peek(std::size_t size_min) override;
    void consume(std::size_t size_bytes) override;
    Result<bool> skip(std::uint64_t size_bytes) override;
    Result<bool> begin_archive() override;

private:
    InputSource(Fd owned, int fd, std::uint64_t size_max);
    Result<void> fill();
    Result<void> fill_packed();
    Result<void> inflate_some();
    Result<void> end_gzip_member();
    Result<void> start_gzip();

    Fd owned_;
    int fd_;
    std::uint64_t size_max_;
    std::uint64_t file_left_ = 0; ///< unread bytes, if seekable
    bool is_seekable_ = false;
    bool is_inflating_ = false;
    bool is_at_end_ = false;        ///< the file gave its last byte
    std::vector<std::byte> buffer_; ///< what `peek` shows lies in it
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t inflated_left_ = 0; ///< how many of these bytes came out of gzip
    std::vector<std::byte> packed_; ///< gzip data, and what follows it
    std::size_t packed_begin_ = 0;
    std::size_t packed_end_ = 0;
    std::uint64_t inflated_size_ = 0;
    std::unique_ptr<z_stream_s> stream_;
};

} // namespace kindling::cpio::tool
