// SPDX-License-Identifier: MIT
#include "fiber/io.hpp"

#include "fiber/fiber.hpp"
#include "fiber/offload.hpp"
#include "host/error.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kindling::fiber {

namespace {

using Kind = Operation::Kind;

/// What a system call returned, as it leaves this library; minus an errno for a failure.
Result<std::size_t> outcome(long result, const char* what) {
    if (result >= 0) return static_cast<std::size_t>(result);
    Error error = host::error_from(static_cast<int>(-result), what);
    if (result == -EPIPE || result == -ECONNRESET || result == -EBADF) error.code = Errc::closed;
    if (result == -EAGAIN) error.code = Errc::would_block;
    if (result == -ECANCELED) error.code = Errc::io; // Nobody asked for it.
    return error;
}

/// What a system call returned, with minus its errno for a failure.
long or_errno(long result) {
    if (result < 0) [[unlikely]]
        return -errno;
    return result;
}

/// How a call is tried: without blocking, for there is a fiber to park; or for good.
enum class Mode : std::uint8_t { try_only, may_block };

/// A system call on a descriptor; the same for all that moves bytes.
class Call {
public:
    Operation operation;
    short events = POLLIN;
    const char* what = "";
    int message_flags = 0;

    /// The result or minus an errno. -EAGAIN: it would block; -EOPNOTSUPP: it cannot be tried.
    long attempt(Mode mode) const {
        long result = 0;
        do result = attempt_once(mode);
        while (result < 0 && errno == EINTR);
        return or_errno(result);
    }

private:
    long attempt_once(Mode mode) const;
    long move(const iovec* vectors, std::size_t count, Mode mode) const;
};

long Call::move(const iovec* vectors, std::size_t count, Mode mode) const {
    int fd = operation.descriptor;
    auto offset = static_cast<off_t>(operation.offset); // all ones: at the position
    int flags = mode == Mode::try_only ? RWF_NOWAIT : 0;
    bool is_write = operation.kind == Kind::write || operation.kind == Kind::writev;
    return is_write ? ::pwritev2(fd, vectors, static_cast<int>(count), offset, flags)
                    : ::preadv2(fd, vectors, static_cast<int>(count), offset, flags);
}

long Call::attempt_once(Mode mode) const {
    int fd = operation.descriptor;
    void* address = const_cast<void*>(operation.address);
    int flags = message_flags | (mode == Mode::try_only ? MSG_DONTWAIT : 0);
    switch (operation.kind) {
    case Kind::read:
    case Kind::write: {
        iovec whole{address, operation.length};
        return move(&whole, 1, mode);
    }
    case Kind::readv:
    case Kind::writev:
        return move(static_cast<iovec*>(address), operation.length, mode);
    case Kind::recv:
        return ::recv(fd, address, operation.length, flags);
    case Kind::send:
        return ::send(fd, address, operation.length, flags);
    case Kind::recvmsg:
        return ::recvmsg(fd, static_cast<msghdr*>(address), flags);
    case Kind::sendmsg:
        return ::sendmsg(fd, static_cast<msghdr*>(address), flags);
    case Kind::accept:
        if (mode == Mode::may_block)
            return ::accept4(fd, static_cast<sockaddr*>(address),
                             static_cast<socklen_t*>(const_cast<void*>(operation.second)),
                             message_flags);
        [[fallthrough]];
    default:
        errno = EOPNOTSUPP;
        return -1;
    }
}

/// A ready pipe has room for so much; a longer write blocks.
Call no_longer_than_room(Call call) {
    if (call.operation.kind == Kind::writev) {
        auto* vectors = static_cast<const iovec*>(call.operation.address);
        std::size_t used = 0; // Nothing comes of writing nothing.
        while (used + 1 < call.operation.length && vectors[used].iov_len == 0) used++;
        iovec first = vectors[used];
        call.operation.kind = Kind::write;
        call.operation.address = first.iov_base;
        call.operation.length =
            static_cast<std::uint32_t>(std::min<std::size_t>(first.iov_len, PIPE_BUF));
    }
    if (call.operation.kind == Kind::write)
        call.operation.length = std::min<std::uint32_t>(call.operation.length, PIPE_BUF);
    return call;
}

/// On another thread, for the call may block for good.
Result<std::size_t> block_elsewhere(const Call& call) {
    return offload([&] { return outcome(call.attempt(Mode::may_block), call.what); });
}

bool is_refused(Trial trial) {
    return trial == Trial::refused || trial == Trial::refused_by_file;
}

/// How a call is made that must not block: by itself where it cannot.
Mode mode_for(Trial trial) {
    return trial == Trial::never_blocks ? Mode::may_block : Mode::try_only;
}

/// Tries a call that may be ready. What cannot be tried is looked at first, or it could block: what
/// made it ready may have gone to another fiber.
long attempt_ready(const Call& call, Trial trial) {
    if (!is_refused(trial)) return call.attempt(mode_for(trial));
    pollfd entry{call.operation.descriptor, call.events, 0};
    return ::poll(&entry, 1, 0) > 0 ? call.attempt(Mode::may_block) : -EAGAIN;
}

/// Waits until the call can be tried with success, and tries it, until it need not wait.
Result<std::size_t> wait_until_ready(Loop& loop, const Call& call, Trial trial) {
    int fd = call.operation.descriptor;
    Call ready_call = is_refused(trial) ? no_longer_than_room(call) : call;
    if (is_refused(trial)) {
        long result = attempt_ready(ready_call, trial);
        if (result != -EAGAIN) return outcome(result, call.what);
    }
    for (;;) {
        TRY(check_interruption());
        Operation ready;
        ready.descriptor = fd;
        ready.flags = static_cast<std::uint32_t>(call.events);
        ready.is_exclusive = true;
        TRY(loop.perform(ready, call.what));
        if (ready.result == -EPERM) return block_elsewhere(call); // a file that is not in memory
        if (ready.result < 0) return outcome(ready.result, call.what);
        long result = attempt_ready(ready_call, trial);
        if (result == -EAGAIN) continue; // another was faster
        loop.poller().pass_on(fd, ready.flags);
        return outcome(result, call.what);
    }
}

Result<std::size_t> park(Loop& loop, const Call& call, Trial trial) {
    // Where the descriptor never blocks, the system would not wait either.
    while (trial != Trial::never_blocks && loop.poller().can_do(call.operation.kind)) {
        Operation operation = call.operation;
        TRY(loop.perform(operation, call.what));
        if (operation.result == -EAGAIN) break; // the descriptor itself must not block
        if (operation.result != -EINTR) return outcome(operation.result, call.what);
        TRY(check_interruption());
    }
    if (trial == Trial::refused_by_file) return block_elsewhere(call);
    return wait_until_ready(loop, call, trial);
}

/// What a descriptor is on which a call cannot be tried.
Trial look_at(int fd) {
    struct stat status {};
    bool is_file =
        ::fstat(fd, &status) == 0 && (S_ISREG(status.st_mode) || S_ISBLK(status.st_mode));
    return is_file ? Trial::refused_by_file : Trial::refused;
}

/// What follows a first try that gave `result`.
[[gnu::noinline]] Result<std::size_t> carry_on(Loop& loop, const Call& call, long result) {
    if (result != -EAGAIN && result != -EOPNOTSUPP) return outcome(result, call.what);
    int fd = call.operation.descriptor;
    if (result == -EOPNOTSUPP) loop.remember(fd, look_at(fd));
    return park(loop, call, loop.trial(fd));
}

Result<std::size_t> carry_out(const Call& call) {
    Loop* loop = Loop::of_fiber();
    if (!loop) return outcome(call.attempt(Mode::may_block), call.what);
    TRY(check_interruption());
    if (call.operation.kind == Kind::accept) return park(*loop, call, Trial::refused);
    Trial trial = loop->trial(call.operation.descriptor);
    if (is_refused(trial)) return park(*loop, call, trial);
    return carry_on(*loop, call, call.attempt(mode_for(trial)));
}

Call transfer(Kind kind, int fd, const void* address, std::size_t length, const char* what,
              std::uint64_t offset = Operation::at_position) {
    Call call;
    call.operation.kind = kind;
    call.operation.descriptor = fd;
    call.operation.address = address;
    call.operation.length = static_cast<std::uint32_t>(length);
    call.operation.offset = offset;
    bool is_write = kind == Kind::write || kind == Kind::writev;
    call.events = is_write ? POLLOUT : POLLIN;
    call.what = what;
    return call;
}

Call message(Kind kind, int fd, const void* address, std::size_t length, int flags,
             const char* what) {
    Call call = transfer(kind, fd, address, length, what, 0);
    bool is_send = kind == Kind::send || kind == Kind::sendmsg;
    if (is_send) flags |= MSG_NOSIGNAL;
    call.operation.flags = static_cast<std::uint32_t>(flags);
    call.message_flags = flags;
    call.events = is_send ? POLLOUT : POLLIN;
    return call;
}

/// A part of a file or a stream, as read and write are given it.
struct Part {
    int fd;
    std::byte* address;
    std::size_t length; ///< at most `transfer_max`
};

/// Read and write of a socket, which have no message of no bytes.
template <Kind kind>
long try_as_message(const Part& part) {
    if constexpr (kind == Kind::read)
        return ::recv(part.fd, part.address, part.length, MSG_DONTWAIT);
    return ::send(part.fd, part.address, part.length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/// A read or write at the position, as a call that can be made again.
template <Kind kind>
Call call_of(const Part& part, Trial trial) {
    const char* what = kind == Kind::read ? "read" : "write";
    if (trial != Trial::as_message || part.length == 0)
        return transfer(kind, part.fd, part.address, part.length, what);
    return message(kind == Kind::read ? Kind::recv : Kind::send, part.fd, part.address, part.length,
                   0, what);
}

/// What follows a first try by read or write that brought nothing.
template <Kind kind>
[[gnu::noinline, gnu::cold]] Result<std::size_t> carry_on(Loop& loop, const Part& part,
                                                          long result) {
    Trial trial = loop.trial(part.fd);
    Call call = call_of<kind>(part, trial);
    return carry_on(loop, call, result == -EINTR ? call.attempt(mode_for(trial)) : result);
}

/// Without a loop, or for what cannot be tried.
template <Kind kind>
[[gnu::noinline, gnu::cold]] Result<std::size_t> carry_out(const Part& part) {
    return carry_out(call_of<kind>(part, Trial::unknown));
}

/// Finds out whether a descriptor is a socket. The result of the first try, or minus an errno.
template <Kind kind>
[[gnu::noinline, gnu::cold]] long try_unknown(Loop& loop, const Part& part) {
    long result = try_as_message<kind>(part);
    bool is_socket = result >= 0 || errno != ENOTSOCK;
    result = or_errno(result);
    if (result != -EBADF) loop.remember(part.fd, is_socket ? Trial::as_message : Trial::possible);
    return is_socket ? result : call_of<kind>(part, Trial::possible).attempt(Mode::try_only);
}

/// The two that programs call most: what is ready costs little more than the plain call, because
/// nothing is made ready for what would follow if it were not.
template <Kind kind>
Result<std::size_t> move_bytes(const Part& part) {
    Loop* loop = Loop::of_fiber();
    if (!loop || part.length == 0) [[unlikely]]
        return carry_out<kind>(part);
    TRY(loop->check_interruption(*loop->running()));
    Trial trial = loop->trial(part.fd);
    long result = 0;
    if (trial == Trial::as_message) {
        result = try_as_message<kind>(part);
        if (result < 0) [[unlikely]]
            result = errno == ENOTSOCK ? try_unknown<kind>(*loop, part) : -errno;
    } else if (trial == Trial::possible) {
        iovec whole{part.address, part.length};
        result = or_errno(kind == Kind::read ? ::preadv2(part.fd, &whole, 1, -1, RWF_NOWAIT)
                                             : ::pwritev2(part.fd, &whole, 1, -1, RWF_NOWAIT));
    } else if (trial == Trial::never_blocks) {
        result = or_errno(kind == Kind::read ? ::read(part.fd, part.address, part.length)
                                             : ::write(part.fd, part.address, part.length));
    } else if (trial == Trial::unknown) {
        result = try_unknown<kind>(*loop, part);
    } else {
        return park(*loop, call_of<kind>(part, trial), trial);
    }
    if (result < 0) [[unlikely]]
        return carry_on<kind>(*loop, part, result);
    return static_cast<std::size_t>(result);
}

} // namespace

Result<std::size_t> read(int fd, MutableBytes into) {
    return move_bytes<Kind::read>({fd, into.data(), std::min(into.size(), transfer_max)});
}

Result<std::size_t> write(int fd, Bytes from) {
    return move_bytes<Kind::write>(
        {fd, const_cast<std::byte*>(from.data()), std::min(from.size(), transfer_max)});
}

Result<std::size_t> pread(int fd, MutableBytes into, std::uint64_t offset) {
    return carry_out(
        transfer(Kind::read, fd, into.data(), std::min(into.size(), transfer_max), "read", offset));
}

Result<std::size_t> pwrite(int fd, Bytes from, std::uint64_t offset) {
    return carry_out(transfer(Kind::write, fd, from.data(), std::min(from.size(), transfer_max),
                              "write", offset));
}

Result<std::size_t> readv(int fd, std::span<const iovec> into) {
    return carry_out(transfer(Kind::readv, fd, into.data(), into.size(), "readv"));
}

Result<std::size_t> writev(int fd, std::span<const iovec> from) {
    return carry_out(transfer(Kind::writev, fd, from.data(), from.size(), "writev"));
}

Result<std::size_t> recv(int fd, MutableBytes into, int flags) {
    return carry_out(message(Kind::recv, fd, into.data(), into.size(), flags, "recv"));
}

Result<std::size_t> send(int fd, Bytes from, int flags) {
    return carry_out(message(Kind::send, fd, from.data(), from.size(), flags, "send"));
}

Result<std::size_t> recvmsg(int fd, msghdr& header, int flags) {
    return carry_out(message(Kind::recvmsg, fd, &header, 1, flags, "recvmsg"));
}

Result<std::size_t> sendmsg(int fd, const msghdr& header, int flags) {
    return carry_out(message(Kind::sendmsg, fd, &header, 1, flags, "sendmsg"));
}

Result<std::size_t> recvfrom(int fd, MutableBytes into, Address& from, int flags) {
    iovec vector{into.data(), into.size()};
    msghdr header{};
    header.msg_name = from.get();
    header.msg_namelen = sizeof(from.storage);
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    std::size_t size = TRY(recvmsg(fd, header, flags));
    from.size_bytes = header.msg_namelen;
    return size;
}

Result<std::size_t> sendto(int fd, Bytes from, const Address& to, int flags) {
    iovec vector{const_cast<std::byte*>(from.data()), from.size()};
    msghdr header{};
    header.msg_name = const_cast<sockaddr*>(to.get());
    header.msg_namelen = to.size_bytes;
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    return sendmsg(fd, header, flags);
}

Result<host::Fd> accept(int fd, Address* peer, int flags) {
    for (;;) {
        Call call = message(Kind::accept, fd, peer ? peer->get() : nullptr, 0, flags, "accept");
        if (peer) peer->size_bytes = sizeof(peer->storage);
        call.operation.second = peer ? &peer->size_bytes : nullptr;
        auto accepted = carry_out(call);
        if (accepted) return host::Fd(static_cast<int>(*accepted));
        if (accepted.error().cause != ECONNABORTED) return accepted.error();
    }
}

Result<void> keep_from_blocking(int fd) {
    int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
        return host::last_error("cannot set the mode of a descriptor");
    struct stat status {};
    // A socket has calls that need no mode, and that raise no signal.
    bool is_socket = ::fstat(fd, &status) != 0 || S_ISSOCK(status.st_mode);
    Loop* loop = Loop::current();
    if (loop && !is_socket) loop->remember(fd, Trial::never_blocks);
    return {};
}

void close(int fd) {
    Loop* loop = Loop::current();
    if (loop) return loop->close(fd);
    ::close(fd);
}

} // namespace kindling::fiber
