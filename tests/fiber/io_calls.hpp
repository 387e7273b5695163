// SPDX-License-Identifier: MIT
//
// Calls that wait for the system. What ends their waits is done by plain system calls, so that it
// is the poller that has to see it.
#pragma once

#include "fiber/io.hpp"
#include "fiber/poll_arm.hpp"
#include "fiber/process.hpp"
#include "fiber/signals.hpp"
#include "fiber/stream.hpp"
#include "tests/fiber/arm_calls.hpp"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kindling::fiber {

using Byte = std::array<std::byte, 1>;

inline Pipe make_socket_pair() {
    int ends[2];
    ASSERT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    return {host::Fd(ends[0]), host::Fd(ends[1])};
}

/// What was written into a pipe or a pair of sockets and was not read.
inline std::size_t bytes_between(const Pipe& pipe) {
    int count = 0;
    ASSERT(::ioctl(pipe.read_end.get(), FIONREAD, &count) == 0);
    return static_cast<std::size_t>(count);
}

/// An interruption of a call in several steps says how many bytes were moved: here none.
inline Result<void> moved_none(Result<void> result) {
    ASSERT(result || result.error().where == 0);
    return result;
}

/// A call that takes one byte; a line end, for those that want a line.
struct ByteCall : SuspendingCall {
    explicit ByteCall(Pipe made = make_socket_pair()) : pipe(std::move(made)) {}
    void make_ready() override { complete(); }
    void complete() override { ASSERT(::write(pipe.write_end.get(), "\n", 1) == 1); }
    std::size_t state() const override { return bytes_between(pipe); }
    int fd() const { return pipe.read_end.get(); }

    Pipe pipe;
};

using MoveByte = Result<std::size_t> (*)(int fd, Byte& byte);

template <MoveByte take>
struct TakeCall : ByteCall {
    using ByteCall::ByteCall;
    Result<void> call() override {
        Byte byte;
        ASSERT(TRY(take(fd(), byte)) == 1);
        return {};
    }
};

/// A message of one byte.
struct ByteMessage {
    explicit ByteMessage(Byte& byte) : part{byte.data(), byte.size()} {
        header.msg_iov = &part;
        header.msg_iovlen = 1;
    }
    iovec part;
    msghdr header{};
};

inline Result<std::size_t> by_read(int fd, Byte& byte) {
    return read(fd, byte);
}
inline Result<std::size_t> by_readv(int fd, Byte& byte) {
    return readv(fd, std::array{ByteMessage(byte).part});
}
inline Result<std::size_t> by_recv(int fd, Byte& byte) {
    return recv(fd, byte);
}
inline Result<std::size_t> by_recvmsg(int fd, Byte& byte) {
    ByteMessage message(byte);
    return recvmsg(fd, message.header);
}
inline Result<std::size_t> by_recvfrom(int fd, Byte& byte) {
    Address from;
    return recvfrom(fd, byte, from);
}

struct ReadPipeCall : TakeCall<by_read> {
    ReadPipeCall() : TakeCall(make_pipe().value()) {}
};

struct ReadExactCall : ByteCall {
    Result<void> call() override {
        Byte byte;
        return moved_none(read_exact(fd(), byte));
    }
};

struct ReadLineCall : ByteCall {
    /// Its buffer is made by the first line.
    void block(Group&) override {
        make_ready();
        ASSERT(call().has_value());
    }
    Result<void> call() override {
        ASSERT(TRY(reader.read_line()) == "");
        return {};
    }

    LineReader reader{fd()};
};

/// Nothing is taken: others see the same event.
struct PollCall : ByteCall {
    Result<void> call() override {
        ASSERT(TRY(poll(fd(), POLLIN)) == POLLIN);
        return {};
    }
};

struct PpollCall : ByteCall {
    Result<void> call() override {
        pollfd entries[] = {{-1, 0, 0}, {fd(), POLLIN, 0}};
        auto count = ppoll(entries, std::nullopt);
        ASSERT(entries[1].revents == (count ? POLLIN : 0));
        ASSERT(TRY(count) == 1);
        return {};
    }
};

struct SelectPollCall : ByteCall {
    Result<void> call() override {
        PollArm readable(fd(), POLLIN);
        TRY(select_or_never(readable));
        ASSERT(TRY(readable.result()) == POLLIN);
        return {};
    }
};

/// A call that adds one byte, where there is no room until all has been read.
struct RoomCall : ByteCall {
    using ByteCall::ByteCall;
    void make_ready() override {}
    void block(Group&) override {
        std::array<char, 1024> block{};
        int fd = pipe.write_end.get(), size = 1, mode = ::fcntl(fd, F_GETFL);
        ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
        ::fcntl(fd, F_SETFL, mode | O_NONBLOCK);
        while (::write(fd, block.data(), block.size()) > 0) {
        }
        ::fcntl(fd, F_SETFL, mode);
    }
    void complete() override {
        std::array<char, 1024> block;
        while (bytes_between(pipe) > 0)
            ASSERT(::read(pipe.read_end.get(), block.data(), block.size()) > 0);
    }
    int fd() const { return pipe.write_end.get(); }
};

template <MoveByte give>
struct GiveCall : RoomCall {
    using RoomCall::RoomCall;
    Result<void> call() override {
        Byte byte{};
        ASSERT(TRY(give(fd(), byte)) == 1);
        return {};
    }
};

inline Result<std::size_t> by_write(int fd, Byte& byte) {
    return write(fd, byte);
}
inline Result<std::size_t> by_writev(int fd, Byte& byte) {
    return writev(fd, std::array{ByteMessage(byte).part});
}
inline Result<std::size_t> by_send(int fd, Byte& byte) {
    return send(fd, byte);
}
inline Result<std::size_t> by_sendmsg(int fd, Byte& byte) {
    return sendmsg(fd, ByteMessage(byte).header);
}
inline Result<std::size_t> by_sendto(int fd, Byte& byte) {
    Address nobody; // of a socket that is connected
    nobody.size_bytes = 0;
    return sendto(fd, byte, nobody);
}

struct WritePipeCall : GiveCall<by_write> {
    WritePipeCall() : GiveCall(make_pipe().value()) {}
};

struct WriteAllCall : RoomCall {
    Result<void> call() override { return moved_none(write_all(fd(), Byte{})); }
};

/// A Unix socket that listens.
struct ListenerCall : SuspendingCall {
    explicit ListenerCall(int queue_max) {
        address.storage.ss_family = AF_UNIX;
        // The kernel chooses a name.
        ASSERT(::bind(listener.get(), address.get(), sizeof(sa_family_t)) == 0);
        ASSERT(::getsockname(listener.get(), address.get(), &address.size_bytes) == 0);
        ASSERT(::listen(listener.get(), queue_max) == 0);
    }

    static host::Fd new_socket(int flags = 0) {
        return host::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
    }
    /// A connection that is to be accepted, whose other side is gone already; false: no room.
    bool connect_plainly() {
        host::Fd socket = new_socket(SOCK_NONBLOCK);
        return ::connect(socket.get(), address.get(), address.size_bytes) == 0;
    }
    /// Takes one out of the queue, if it has one.
    void accept_plainly() {
        pollfd readable{listener.get(), POLLIN, 0};
        if (::poll(&readable, 1, 0) == 1) host::Fd(::accept(listener.get(), nullptr, nullptr));
    }

    host::Fd listener = new_socket();
    Address address;
};

struct AcceptCall : ListenerCall {
    AcceptCall() : ListenerCall(8) {}
    void make_ready() override { complete(); }
    Result<void> call() override {
        host::Fd accepted = TRY(accept(listener.get()));
        return {};
    }
    void complete() override { ASSERT(connect_plainly()); }
    std::size_t state() const override {
        pollfd readable{listener.get(), POLLIN, 0};
        return static_cast<std::size_t>(::poll(&readable, 1, 0));
    }
};

/// The queue of a Unix socket is full: nothing tells of room in it, so that time ends the wait, and
/// who tries next comes first.
struct ConnectCall : ListenerCall {
    ConnectCall() : ListenerCall(0) {}
    void block(Group&) override {
        while (connect_plainly()) {
        }
    }
    Result<void> call() override {
        clock.due_ns = Deadline::in_us(first_pause_us);
        host::Fd socket = new_socket();
        auto connected = connect(socket.get(), address);
        Address peer;
        bool has_peer = ::getpeername(socket.get(), peer.get(), &peer.size_bytes) == 0;
        ASSERT(connected.has_value() == has_peer);
        return connected;
    }
    void complete() override {
        accept_plainly();
        clock.complete();
    }

    static constexpr std::uint64_t first_pause_us = 1'000;
    struct Clock : TimeCall {
        Result<void> call() override { return {}; }
    } clock;
};

/// A real child, and the end of it, which takes real time.
struct ChildCall : SuspendingCall {
    void make_ready() override { complete(); }
    Result<void> call() override {
        ASSERT(TRY(child.wait()).signal == SIGKILL);
        return {};
    }
    void complete() override {
        (void)child.signal(SIGKILL);
        pollfd ended{child.descriptor(), POLLIN, 0};
        ASSERT(::poll(&ended, 1, -1) == 1);
    }
    /// 1 once it is collected.
    std::size_t state() const override {
        siginfo_t info{};
        auto handle = static_cast<id_t>(child.descriptor());
        return ::waitid(P_PIDFD, handle, &info, WEXITED | WNOHANG | WNOWAIT) != 0;
    }

    Process child = Process::spawn({.arguments = {"sleep", "1000"}}).value();
};

/// A signal that does nothing to who does not wait for it.
struct SignalCall : SuspendingCall {
    void make_ready() override { complete(); }
    Result<void> call() override {
        ASSERT(TRY(set.next()) == SIGWINCH);
        return {};
    }
    void complete() override { ::pthread_kill(::pthread_self(), SIGWINCH); }
    std::size_t state() const override {
        sigset_t pending;
        ::sigpending(&pending);
        return static_cast<std::size_t>(::sigismember(&pending, SIGWINCH));
    }

    SignalSet set = SignalSet::create(std::array{SIGWINCH}).value();
};

} // namespace kindling::fiber
