// SPDX-License-Identifier: MIT
#include "cpio/tool_input.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace kindling::cpio::tool {
namespace {

constexpr std::size_t buffer_size = 256 * 1024;
constexpr int gzip_window_bits = 15 + 16; // the largest window, and a gzip header

struct Compression {
    std::string_view magic;
    const char* what;
};

/// What initrds are compressed with besides gzip.
constexpr std::array<Compression, 6> others{{
    {"\x28\xb5\x2f\xfd", "archive is compressed with zstd"},
    {"\xfd"
     "7zXZ",
     "archive is compressed with xz"},
    {"\x02\x21\x4c\x18", "archive is compressed with lz4"},
    {"\x04\x22\x4d\x18", "archive is compressed with lz4"},
    {"BZh", "archive is compressed with bzip2"},
    {"\x89LZO", "archive is compressed with lzo"},
}};

} // namespace

Result<std::unique_ptr<InputSource>> InputSource::open(const std::string& path,
                                                       std::uint64_t size_max) {
    Fd owned;
    if (path != "-") {
        owned = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!owned) return last_error("cannot open");
    }
    int fd = owned ? owned.get() : STDIN_FILENO;
    struct stat status {};
    if (fstat(fd, &status) < 0) return last_error("cannot read");
    std::unique_ptr<InputSource> source(new InputSource(std::move(owned), fd, size_max));
    off_t at = lseek(fd, 0, SEEK_CUR);
    if (S_ISREG(status.st_mode) && at >= 0 && at <= status.st_size) {
        source->is_seekable_ = true;
        source->file_left_ = static_cast<std::uint64_t>(status.st_size - at);
    }
    return source;
}

InputSource::InputSource(Fd owned, int fd, std::uint64_t size_max)
    : owned_(std::move(owned)), fd_(fd), size_max_(size_max), buffer_(buffer_size) {}

InputSource::~InputSource() {
    if (stream_) inflateEnd(stream_.get());
}

Result<Bytes> InputSource::peek(std::size_t size_min) {
    while (end_ - begin_ < size_min) {
        std::size_t before = end_ - begin_;
        if (begin_ > 0) {
            std::memmove(buffer_.data(), buffer_.data() + begin_, before);
            begin_ = 0;
            end_ = before;
        }
        TRY(fill());
        if (end_ == before && !is_inflating_ && is_at_end_ && packed_begin_ == packed_end_) break;
    }
    return Bytes(buffer_).subspan(begin_, end_ - begin_);
}

void InputSource::consume(std::size_t size_bytes) {
    begin_ += size_bytes;
    inflated_left_ -= std::min(inflated_left_, size_bytes);
}

Result<bool> InputSource::skip(std::uint64_t size_bytes) {
    std::uint64_t here = end_ - begin_;
    if (!is_seekable_ || is_inflating_ || packed_begin_ != packed_end_ || size_bytes <= here)
        return false;
    std::uint64_t beyond = size_bytes - here;
    if (beyond > file_left_) return false; // reading will find where exactly it ends
    if (lseek(fd_, static_cast<off_t>(beyond), SEEK_CUR) < 0) return last_error("cannot seek");
    file_left_ -= beyond;
    consume(here);
    return true;
}

Result<bool> InputSource::begin_archive() {
    if (is_inflating_ || inflated_left_ > 0) return false;
    std::string_view start = to_text(TRY(peek(6)));
    for (const Compression& other : others)
        if (start.starts_with(other.magic)) return Error{Errc::unsupported, other.what};
    if (!start.starts_with("\x1f\x8b")) return false;
    TRY(start_gzip());
    return true;
}

Result<void> InputSource::start_gzip() {
    // What was read already is gzip data; it goes before what may still lie in `packed_`.
    std::vector<std::byte> packed(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
                                  buffer_.begin() + static_cast<std::ptrdiff_t>(end_));
    packed.insert(packed.end(), packed_.begin() + static_cast<std::ptrdiff_t>(packed_begin_),
                  packed_.begin() + static_cast<std::ptrdiff_t>(packed_end_));
    packed_begin_ = 0;
    packed_end_ = packed.size();
    packed.resize(std::max(packed.size(), buffer_size));
    packed_ = std::move(packed);
    begin_ = end_ = 0;
    is_inflating_ = true;
    if (stream_) {
        inflateReset(stream_.get());
        return {};
    }
    stream_ = std::make_unique<z_stream>();
    if (inflateInit2(stream_.get(), gzip_window_bits) != Z_OK) {
        stream_.reset();
        return Error{Errc::no_memory, "no memory to unpack"};
    }
    return {};
}

Result<void> InputSource::fill_packed() {
    if (packed_begin_ > 0) {
        std::memmove(packed_.data(), packed_.data() + packed_begin_, packed_end_ - packed_begin_);
        packed_end_ -= packed_begin_;
        packed_begin_ = 0;
    }
    MutableBytes room = MutableBytes(packed_).subspan(packed_end_);
    std::size_t count = TRY(read_full(fd_, room));
    if (count < room.size()) is_at_end_ = true;
    packed_end_ += count;
    file_left_ -= std::min<std::uint64_t>(file_left_, count);
    return {};
}

Result<void> InputSource::end_gzip_member() {
    if (packed_end_ - packed_begin_ < 2 && !is_at_end_) TRY(fill_packed());
    std::string_view next =
        to_text(Bytes(packed_).subspan(packed_begin_, packed_end_ - packed_begin_));
    // A gzip file may have several members; they are one stream.
    if (next.starts_with("\x1f\x8b"))
        inflateReset(stream_.get());
    else
        is_inflating_ = false;
    return {};
}

Result<void> InputSource::inflate_some() {
    if (packed_begin_ == packed_end_) {
        if (!is_at_end_) TRY(fill_packed());
        if (packed_begin_ == packed_end_)
            return Error{Errc::truncated, "gzip data ends early", inflated_size_};
    }
    z_stream& stream = *stream_;
    stream.next_in = reinterpret_cast<Bytef*>(packed_.data() + packed_begin_);
    stream.avail_in = static_cast<uInt>(packed_end_ - packed_begin_);
    stream.next_out = reinterpret_cast<Bytef*>(buffer_.data() + end_);
    stream.avail_out = static_cast<uInt>(buffer_.size() - end_);
    int status = inflate(&stream, Z_NO_FLUSH);
    packed_begin_ = packed_end_ - stream.avail_in;
    std::size_t count = buffer_.size() - end_ - stream.avail_out;
    end_ += count;
    inflated_left_ = end_ - begin_;
    inflated_size_ += count;
    if (inflated_size_ > size_max_)
        return Error{Errc::too_large, "archive unpacks to more than the limit", inflated_size_};
    if (status == Z_STREAM_END) return end_gzip_member();
    if (status == Z_MEM_ERROR) return Error{Errc::no_memory, "no memory to unpack"};
    if (status != Z_OK && status != Z_BUF_ERROR)
        return Error{Errc::invalid, "gzip data is damaged", inflated_size_};
    return {};
}

Result<void> InputSource::fill() {
    if (is_inflating_) return inflate_some();
    MutableBytes room = MutableBytes(buffer_).subspan(end_);
    if (packed_begin_ < packed_end_) {
        std::size_t count = std::min(room.size(), packed_end_ - packed_begin_);
        std::memcpy(room.data(), packed_.data() + packed_begin_, count);
        packed_begin_ += count;
        end_ += count;
        return {};
    }
    if (is_at_end_) return {};
    std::size_t count = TRY(read_full(fd_, room));
    if (count < room.size()) is_at_end_ = true;
    file_left_ -= std::min<std::uint64_t>(file_left_, count);
    end_ += count;
    return {};
}

} // namespace kindling::cpio::tool
