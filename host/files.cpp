// SPDX-License-Identifier: MIT
#include "host/files.hpp"

#include "host/error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kindling::host {

namespace {

constexpr std::size_t piece_size_bytes = 256 * 1024;
constexpr int temporary_name_attempts_max = 16;

/// A file under a temporary name; removed unless it was given its real one.
class TemporaryFile {
public:
    TemporaryFile(int directory, std::string name, Fd fd)
        : directory_(directory), name_(std::move(name)), fd_(std::move(fd)) {}
    TemporaryFile(TemporaryFile&& other) noexcept
        : directory_(other.directory_), name_(std::exchange(other.name_, {})),
          fd_(std::move(other.fd_)) {}
    ~TemporaryFile() {
        if (!name_.empty()) ::unlinkat(directory_, name_.c_str(), 0);
    }

    int fd() const { return fd_.get(); }

    Result<void> rename_to(const std::string& name) {
        if (::renameat(directory_, name_.c_str(), directory_, name.c_str()) < 0)
            return last_error("cannot rename the new file");
        name_.clear();
        return {};
    }

private:
    int directory_;
    std::string name_;
    Fd fd_;
};

Result<TemporaryFile> create_temporary(int directory, mode_t mode) {
    for (int attempt = 0; attempt < temporary_name_attempts_max; attempt++) {
        std::uint64_t number = 0;
        if (::getrandom(&number, sizeof number, 0) < 0)
            return last_error("cannot get random bytes");
        std::array<char, 16> digits{};
        char* end = std::to_chars(digits.begin(), digits.end(), number, 16).ptr;
        std::string name = ".new-" + std::string(digits.data(), end);
        auto fd = open_at(directory, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
        if (fd) return TemporaryFile(directory, std::move(name), std::move(*fd));
        if (fd.error().code != Errc::exists) return fd.error();
    }
    return Error{Errc::exists, "cannot find a free temporary name"};
}

Result<void> verify(int fd, Bytes contents) {
    if (TRY(size_of(fd)) != contents.size())
        return Error{Errc::io, "the file is not as long as written"};
    std::vector<std::byte> piece(std::min(piece_size_bytes, contents.size()));
    for (std::size_t offset = 0; offset < contents.size(); offset += piece.size()) {
        Bytes expected = contents.subspan(offset, std::min(piece.size(), contents.size() - offset));
        std::size_t size = TRY(read_at(fd, offset, MutableBytes(piece).first(expected.size())));
        if (!equal(Bytes(piece).first(size), expected))
            return Error{Errc::io, "the file does not read back as written", offset};
    }
    return {};
}

} // namespace

Result<Fd> open_at(int directory, const std::string& path, int flags, mode_t mode) {
    int fd = ::openat(directory, path.c_str(), flags | O_CLOEXEC, mode);
    if (fd < 0) return last_error("cannot open");
    return Fd(fd);
}

Result<std::uint64_t> size_of(int fd) {
    struct stat status {};
    if (::fstat(fd, &status) < 0) return last_error("cannot get file status");
    if (S_ISREG(status.st_mode)) return static_cast<std::uint64_t>(status.st_size);
    if (!S_ISBLK(status.st_mode)) return Error{Errc::invalid, "not a regular file"};
    std::uint64_t size_bytes = 0;
    if (::ioctl(fd, BLKGETSIZE64, &size_bytes) < 0) return last_error("cannot get device size");
    return size_bytes;
}

Result<std::size_t> read_at(int fd, std::uint64_t offset, MutableBytes into) {
    std::size_t done = 0;
    while (done < into.size()) {
        ssize_t size =
            ::pread(fd, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return last_error("cannot read");
        if (size == 0) break;
        done += static_cast<std::size_t>(size);
    }
    return done;
}

Result<void> write_at(int fd, std::uint64_t offset, Bytes bytes) {
    while (!bytes.empty()) {
        ssize_t size = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return last_error("cannot write");
        if (size == 0) return Error{Errc::io, "cannot write"};
        bytes = bytes.subspan(static_cast<std::size_t>(size));
        offset += static_cast<std::uint64_t>(size);
    }
    return {};
}

Result<std::vector<std::byte>> read_file(int fd, std::uint64_t size_max) {
    struct stat status {};
    if (::fstat(fd, &status) < 0) return last_error("cannot get file status");
    if (!S_ISREG(status.st_mode)) return Error{Errc::invalid, "not a regular file"};
    auto size_bytes = static_cast<std::uint64_t>(status.st_size);
    if (size_bytes > size_max) return Error{Errc::too_large, "file is too large", size_bytes};
    std::vector<std::byte> contents(static_cast<std::size_t>(size_bytes));
    contents.resize(TRY(read_at(fd, 0, contents)));
    return contents;
}

Result<std::vector<std::byte>> read_file(const std::string& path, std::uint64_t size_max) {
    // O_NONBLOCK: a pipe in the place of a file must not stop us for ever.
    Fd fd = TRY(open_at(AT_FDCWD, path, O_RDONLY | O_NONBLOCK));
    return read_file(fd.get(), size_max);
}

Result<std::vector<std::byte>> read_stream(int fd, std::uint64_t size_max) {
    std::vector<std::byte> contents;
    for (;;) {
        std::size_t used = contents.size();
        contents.resize(used + piece_size_bytes);
        ssize_t size = ::read(fd, contents.data() + used, piece_size_bytes);
        if (size < 0 && errno == EINTR)
            size = 0;
        else if (size < 0)
            return last_error("cannot read");
        else if (size == 0) {
            contents.resize(used);
            return contents;
        }
        contents.resize(used + static_cast<std::size_t>(size));
        if (contents.size() > size_max)
            return Error{Errc::too_large, "input is too large", contents.size()};
    }
}

Result<void> write_file_atomically(const Fd& directory, const std::string& name, Bytes contents,
                                   mode_t mode) {
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos)
        return Error{Errc::invalid, "not a file name"};
    TemporaryFile file = TRY(create_temporary(directory.get(), mode));
    TRY(write_at(file.fd(), 0, contents));
    if (::fsync(file.fd()) < 0) return last_error("cannot write to disk");
    TRY(verify(file.fd(), contents));
    TRY(file.rename_to(name));
    if (::fsync(directory.get()) < 0) return last_error("cannot write the directory to disk");
    return {};
}

Result<void> write_file_atomically(const std::string& path, Bytes contents, mode_t mode) {
    std::size_t slash = path.rfind('/');
    std::string parent = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    Fd directory = TRY(open_at(AT_FDCWD, parent, O_RDONLY | O_DIRECTORY));
    return write_file_atomically(directory, name, contents, mode);
}

} // namespace kindling::host
