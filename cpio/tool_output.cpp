// SPDX-License-Identifier: MIT
#include "cpio/tool_output.hpp"

#include "base/hex.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace kindling::cpio::tool {
namespace {

constexpr std::size_t buffer_size = 256 * 1024;
constexpr std::size_t small_file_max = 64 * 1024; // below that a copy costs less than a call
constexpr int gzip_window_bits = 15 + 16;
constexpr int gzip_memory_level = 8;

std::string directory_of(const std::string& path) {
    std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

/// A name beside `path` that nobody else will choose.
std::string temporary_name(const std::string& path) {
    std::uint64_t number = 0;
    if (getrandom(&number, sizeof number, 0) < 0) number = static_cast<std::uint64_t>(getpid());
    return directory_of(path) + "/.kindling-cpio-" + to_hex(std::as_bytes(std::span(&number, 1)));
}

/// Gives an unnamed file its first name.
int link_unnamed(int fd, const std::string& name) {
    if (linkat(fd, "", AT_FDCWD, name.c_str(), AT_EMPTY_PATH) == 0) return 0; // root's way
    std::string path = "/proc/self/fd/" + std::to_string(fd);
    return linkat(AT_FDCWD, path.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW);
}

} // namespace

OutputSink::OutputSink(std::string path, bool use_gzip)
    : path_(std::move(path)), buffer_(buffer_size) {
    if (use_gzip) packed_.resize(buffer_size);
}

Result<std::unique_ptr<OutputSink>> OutputSink::create(const std::string& path, bool use_gzip) {
    std::unique_ptr<OutputSink> sink(new OutputSink(path, use_gzip));
    TRY(sink->open());
    if (!use_gzip) return sink;
    sink->stream_ = std::make_unique<z_stream>();
    if (deflateInit2(sink->stream_.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window_bits,
                     gzip_memory_level, Z_DEFAULT_STRATEGY) != Z_OK) {
        sink->stream_.reset();
        return Error{Errc::no_memory, "no memory to compress"};
    }
    return sink;
}

OutputSink::~OutputSink() {
    if (stream_) deflateEnd(stream_.get());
    if (!temporary_.empty()) unlink(temporary_.c_str());
}

Result<void> OutputSink::open() {
    struct stat status {};
    if (path_ == "-") {
        fd_ = STDOUT_FILENO;
        if (fstat(fd_, &status) < 0) return last_error(write_failed);
        remember(fd_);
        return {};
    }
    bool exists = stat(path_.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return last_error("cannot create");
    }
    if (exists && !S_ISREG(status.st_mode)) {
        owned_ = Fd(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
    } else {
        if (exists) outputs_.push_back({status.st_dev, status.st_ino});
        TRY(create_temporary());
    }
    if (!owned_) return last_error("cannot create");
    fd_ = owned_.get();
    remember(fd_);
    return {};
}

Result<void> OutputSink::create_temporary() {
    // Without a name, nothing is left behind whatever kills us. FAT, for one, cannot do that.
    replaces_ = true;
    owned_ = Fd(::open(directory_of(path_).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666));
    if (owned_) return {};
    temporary_ = temporary_name(path_);
    owned_ = Fd(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (owned_) return {};
    temporary_.clear();
    return last_error("cannot create");
}

void OutputSink::remember(int fd) {
    struct stat status {};
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        outputs_.push_back({status.st_dev, status.st_ino});
}

bool OutputSink::is_output(dev_t device, ino_t inode) const {
    return std::any_of(outputs_.begin(), outputs_.end(), [&](const Identity& output) {
        return output.device == device && output.inode == inode;
    });
}

Result<void> OutputSink::deflate_some(Bytes bytes, bool is_last) {
    z_stream& stream = *stream_;
    // zlib does not write to its input, but says so only when asked at compile time.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    while (true) {
        stream.next_out = reinterpret_cast<Bytef*>(packed_.data());
        stream.avail_out = static_cast<uInt>(packed_.size());
        int status = deflate(&stream, is_last ? Z_FINISH : Z_NO_FLUSH);
        ASSERT(status != Z_STREAM_ERROR);
        TRY(write_full(fd_, Bytes(packed_).first(packed_.size() - stream.avail_out)));
        if (is_last ? status == Z_STREAM_END : stream.avail_out > 0) return {};
    }
}

Result<void> OutputSink::flush() {
    Bytes bytes = Bytes(buffer_).first(used_);
    used_ = 0;
    return stream_ ? deflate_some(bytes, false) : write_full(fd_, bytes);
}

Result<void> OutputSink::write(Bytes bytes) {
    if (!stream_ && bytes.size() >= buffer_.size()) {
        TRY(flush());
        return write_full(fd_, bytes);
    }
    while (!bytes.empty()) {
        std::size_t count = std::min(bytes.size(), buffer_.size() - used_);
        std::memcpy(buffer_.data() + used_, bytes.data(), count);
        used_ += count;
        bytes = bytes.subspan(count);
        if (used_ == buffer_.size()) TRY(flush());
    }
    return {};
}

Result<std::uint64_t> OutputSink::copy_in_kernel(int fd, std::uint64_t size_bytes) {
    TRY(flush());
    std::uint64_t done = 0;
    while (done < size_bytes) {
        ssize_t count = copy_file_range(fd, nullptr, fd_, nullptr, size_bytes - done, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EIO || errno == EFBIG))
            return last_error(write_failed);
        if (count <= 0) break; // pipes, other file systems, odd files: read and write instead
        done += static_cast<std::uint64_t>(count);
    }
    return done;
}

Result<void> OutputSink::send_file(int fd, std::uint64_t size_bytes) {
    if (!stream_ && size_bytes > small_file_max) size_bytes -= TRY(copy_in_kernel(fd, size_bytes));
    while (size_bytes > 0) {
        if (used_ == buffer_.size()) TRY(flush());
        std::size_t room = std::min<std::uint64_t>(buffer_.size() - used_, size_bytes);
        std::size_t count = TRY(read_full(fd, MutableBytes(buffer_).subspan(used_, room)));
        if (count == 0) return Error{Errc::truncated, "file became shorter while it was read"};
        used_ += count;
        size_bytes -= count;
    }
    return {};
}

Result<void> OutputSink::commit() {
    TRY(flush());
    if (stream_) TRY(deflate_some({}, true));
    if (!replaces_) return {};
    if (fsync(fd_) < 0) return last_error(write_failed);
    if (temporary_.empty()) {
        std::string name = temporary_name(path_);
        if (link_unnamed(fd_, name) < 0) return last_error("cannot name");
        temporary_ = name;
    }
    if (rename(temporary_.c_str(), path_.c_str()) < 0) return last_error("cannot rename");
    temporary_.clear();
    Fd directory(::open(directory_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory) fsync(directory.get());
    return {};
}

} // namespace kindling::cpio::tool
