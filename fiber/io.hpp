// SPDX-License-Identifier: MIT
//
// Reading, writing and connecting: a call that would block parks its fiber instead. Off a fiber the
// same calls simply block.
//
// Common to all: an interruption that is there already is reported before anything happens; a call
// that fails with `cancelled` or `timed_out` has had no effect; what has happened is reported, also
// to a fiber that was cancelled meanwhile. Whether a descriptor blocks is never changed, for others
// may share it: each call says so for itself.
//
// Errors of all: cancelled, timed_out; closed (the descriptor was closed by another fiber, or the
// other side is gone); would_block (off a fiber, of a descriptor that does not block); else as
// errno says.
#pragma once

#include "base/bytes.hpp"
#include "host/fd.hpp"

#include <cstdint>
#include <optional>
#include <poll.h>
#include <span>
#include <sys/socket.h>
#include <sys/uio.h>

namespace kindling::fiber {

/// At most so many bytes are moved by one call to read or write, so that others get their turn.
constexpr std::size_t transfer_max = 1 << 20;

/// The number of bytes read; 0 is the end.
Result<std::size_t> read(int fd, MutableBytes into);
Result<std::size_t> readv(int fd, std::span<const iovec> into);
/// The number of bytes written, which may be fewer than given. A socket does not raise SIGPIPE.
Result<std::size_t> write(int fd, Bytes from);
Result<std::size_t> writev(int fd, std::span<const iovec> from);

/// The same at `offset` of a file; its position stays. Disks do not stop other fibers.
Result<std::size_t> pread(int fd, MutableBytes into, std::uint64_t offset);
Result<std::size_t> pwrite(int fd, Bytes from, std::uint64_t offset);

/// `flags` as for recv(2) and send(2); nothing here raises SIGPIPE.
Result<std::size_t> recv(int fd, MutableBytes into, int flags = 0);
Result<std::size_t> send(int fd, Bytes from, int flags = 0);
/// Descriptors and credentials travel in the control part of `message`.
Result<std::size_t> recvmsg(int fd, msghdr& message, int flags = 0);
Result<std::size_t> sendmsg(int fd, const msghdr& message, int flags = 0);

/// A socket address and its size.
struct Address {
    sockaddr_storage storage{};
    socklen_t size_bytes = sizeof(sockaddr_storage);

    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

/// The address of a Unix socket; a leading '@' is a name that is in no file system.
///
/// Errors: too_large (it does not fit); invalid (empty).
Result<Address> unix_address(std::string_view path);

Result<std::size_t> recvfrom(int fd, MutableBytes into, Address& from, int flags = 0);
Result<std::size_t> sendto(int fd, Bytes from, const Address& to, int flags = 0);

/// The next connection, close-on-exec. A connection that was aborted meanwhile is skipped. `peer`
/// may be null. Errors: io with EMFILE or ENFILE, at once, when there are no more descriptors.
Result<host::Fd> accept(int fd, Address* peer = nullptr, int flags = SOCK_CLOEXEC);

/// A Unix socket whose queue is full is tried again, with growing pauses.
Result<void> connect(int fd, const Address& address);

/// Waits until one of `events` of poll(2) holds, or an error. Gives what holds.
Result<short> poll(int fd, short events);

/// Like poll(2), with the time in microseconds; absent is no limit. The number of entries with an
/// event; 0 when the time is over. An entry with a negative descriptor is skipped.
///
/// Errors: invalid (nothing could ever end it).
Result<std::size_t> ppoll(std::span<pollfd> entries, std::optional<std::uint64_t> timeout_us);

/// Makes a descriptor non-blocking whose open file nobody else has, nor will have: an end of a pipe
/// that was just made. Reads and writes then need no call of their own kind to be tried, which for
/// a pipe is a third dearer, or impossible before Linux 6.4. To be called on the thread that uses
/// it. Holds until it is closed, by `close` or its host::Fd: after a plain close(2) the number
/// would be taken for one that never blocks.
///
/// Errors: as errno says.
Result<void> keep_from_blocking(int fd);

/// Closes a descriptor that other fibers may wait for: they fail with `closed` first. A host::Fd
/// that goes out of scope does the same.
void close(int fd);

} // namespace kindling::fiber
