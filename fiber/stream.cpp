// SPDX-License-Identifier: MIT
#include "fiber/stream.hpp"

#include "fiber/loop.hpp"
#include "host/error.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

namespace kindling::fiber {

namespace {

constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::size_t line_piece_bytes = 4096;

Error after(std::uint64_t done, Error error) {
    error.where = done;
    return error;
}

bool is_pipe(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
}

/// Waits until both ends are ready, or have failed.
Result<void> wait_for_pipes(int from, int to) {
    TRY(poll(from, POLLIN));
    TRY(poll(to, POLLOUT));
    return {};
}

/// Pipes are the one kind that keeps to SPLICE_F_NONBLOCK on both sides: sockets look at the mode
/// of their descriptor, and files wait for their disk.
Result<std::uint64_t> copy_between_pipes(int from, int to) {
    std::uint64_t done = 0;
    for (;;) {
        if (auto free = check_interruption(); !free) return after(done, free.error());
        ssize_t moved =
            ::splice(from, nullptr, to, nullptr, transfer_max, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
        if (moved == 0) return done;
        if (moved > 0) {
            done += static_cast<std::uint64_t>(moved);
            continue;
        }
        int error = errno;
        if (error == EINTR) continue;
        if (error != EAGAIN) {
            Error failed = host::error_from(error, "cannot copy from pipe to pipe");
            if (error == EPIPE) failed.code = Errc::closed;
            return after(done, failed);
        }
        if (auto ready = wait_for_pipes(from, to); !ready) return after(done, ready.error());
    }
}

} // namespace

Result<void> read_exact(int fd, MutableBytes into) {
    for (std::size_t done = 0; done < into.size();) {
        auto size = read(fd, into.subspan(done));
        if (!size) return after(done, size.error());
        if (*size == 0) return Error{Errc::truncated, "the input ends too early", done};
        done += *size;
    }
    return {};
}

Result<std::vector<std::byte>> read_all(int fd, std::size_t bytes_max) {
    std::vector<std::byte> all;
    for (;;) {
        // One byte more than there may be tells a longer input from one of just that length.
        std::size_t done = all.size();
        all.resize(done + std::min(piece_bytes, bytes_max - done + 1));
        auto size = read(fd, MutableBytes(all).subspan(done));
        if (!size) return after(done, size.error());
        all.resize(done + *size);
        if (*size == 0) return all;
        if (all.size() > bytes_max)
            return Error{Errc::too_large, "the input is too long", all.size()};
    }
}

Result<void> write_all(int fd, Bytes from) {
    for (std::size_t done = 0; done < from.size();) {
        auto size = write(fd, from.subspan(done));
        if (!size) return after(done, size.error());
        done += *size;
    }
    return {};
}

Result<std::uint64_t> copy(int from, int to) {
    if (is_pipe(from) && is_pipe(to)) return copy_between_pipes(from, to);
    std::vector<std::byte> piece(piece_bytes);
    for (std::uint64_t done = 0;;) {
        auto size = read(from, piece);
        if (!size) return after(done, size.error());
        if (*size == 0) return done;
        auto written = write_all(to, Bytes(piece).first(*size));
        if (!written) return after(done + written.error().where, written.error());
        done += *size;
    }
}

Result<void> LineReader::read_more() {
    held_.erase(0, given_);
    searched_ -= given_;
    given_ = 0;
    std::size_t before = held_.size();
    held_.resize(before + line_piece_bytes);
    auto size = read(fd_, std::as_writable_bytes(std::span(held_)).subspan(before));
    held_.resize(before + (size ? *size : 0));
    if (!size) return size.error();
    is_at_end_ = *size == 0;
    return {};
}

Result<std::optional<std::string_view>> LineReader::read_line() {
    for (;;) {
        std::size_t end = held_.find('\n', searched_);
        bool has_end = end != std::string::npos;
        if (!has_end) end = searched_ = held_.size();
        std::string_view line = std::string_view(held_).substr(given_, end - given_);
        if (line.size() > line_bytes_max_) return Error{Errc::too_large, "a line is too long"};
        if (has_end) {
            given_ = searched_ = end + 1;
            return std::optional(line);
        }
        if (is_at_end_) {
            given_ = end;
            return line.empty() ? std::nullopt : std::optional(line);
        }
        TRY(read_more());
    }
}

} // namespace kindling::fiber
