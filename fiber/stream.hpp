// SPDX-License-Identifier: MIT
//
// Whole transfers over descriptors, made of the calls of io.hpp: until a buffer is full, a line has
// come, or the input has ended. Each parks its fiber where it would block; off a fiber it blocks.
//
// Errors of all are those of io.hpp. An interruption can come between two steps, so with every
// error `where` is the number of bytes that were moved before it. Writing to a pipe that nobody
// reads any more raises SIGPIPE, as anywhere.
#pragma once

#include "fiber/io.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kindling::fiber {

/// Fills `into`. Errors: truncated (the input ended before).
Result<void> read_exact(int fd, MutableBytes into);

/// All up to the end of the input. Errors: too_large (it is longer than `bytes_max`).
Result<std::vector<std::byte>> read_all(int fd, std::size_t bytes_max);

/// Writes all of `from`.
Result<void> write_all(int fd, Bytes from);

/// Copies up to the end of the input, from pipe to pipe without touching the bytes; gives how many
/// there were. With an error some that were read, at most 64 KiB, may not have been written.
Result<std::uint64_t> copy(int from, int to);

/// Lines of an input that nobody else reads meanwhile: it reads ahead.
class LineReader {
public:
    /// The descriptor is borrowed. Lines may be so long, without their end.
    explicit LineReader(int fd, std::size_t line_bytes_max = 64 * 1024)
        : fd_(fd), line_bytes_max_(line_bytes_max) {}

    /// The next line without its '\n', or nothing at the end of the input; the last line may lack
    /// its '\n'. It is valid until the next call. A call that fails has lost nothing: the next one
    /// goes on.
    ///
    /// Errors: too_large (the line is longer, now and from now on). `where` is of no use.
    Result<std::optional<std::string_view>> read_line();

private:
    Result<void> read_more();

    int fd_;
    std::size_t line_bytes_max_;
    std::string held_;         ///< what was read
    std::size_t given_ = 0;    ///< bytes at its beginning that belong to earlier lines
    std::size_t searched_ = 0; ///< bytes at its beginning that need not be searched for an end
    bool is_at_end_ = false;
};

} // namespace kindling::fiber
