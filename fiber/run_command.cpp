// SPDX-License-Identifier: MIT
//
// A command with its input and its outputs, all moved at the same time: whoever waited for one of
// the three first could wait for ever.
#include "fiber/io.hpp"
#include "fiber/process.hpp"
#include "host/error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>

namespace kindling::fiber {

namespace {

constexpr std::size_t piece_bytes = 64 * 1024;

/// Writes to a pipe without SIGPIPE if nobody reads it: blocks the signal, and takes away the one
/// that came of the write. A count or minus an errno.
ssize_t write_without_signal(int fd, Bytes from) {
    sigset_t broken_pipe, before, pending;
    ::sigemptyset(&broken_pipe);
    ::sigaddset(&broken_pipe, SIGPIPE);
    ::sigpending(&pending);
    ::pthread_sigmask(SIG_BLOCK, &broken_pipe, &before);
    ssize_t written = ::write(fd, from.data(), from.size());
    if (written < 0) written = -errno;
    timespec at_once{};
    if (written == -EPIPE && !::sigismember(&pending, SIGPIPE))
        ::sigtimedwait(&broken_pipe, nullptr, &at_once);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return written;
}

bool must_wait(ssize_t result) {
    return result == -EAGAIN || result == -EINTR;
}

/// The input of a command, on its way.
struct Feed {
    host::Fd end; ///< none once all is written
    Bytes left;

    Result<void> move() {
        ssize_t size =
            write_without_signal(end.get(), left.first(std::min(left.size(), piece_bytes)));
        if (must_wait(size)) return {};
        if (size < 0 && size != -EPIPE)
            return host::error_from(static_cast<int>(-size), "cannot write to a command");
        // Nobody has to read all of it.
        left = size < 0 ? Bytes() : left.subspan(static_cast<std::size_t>(size));
        if (left.empty()) end = host::Fd();
        return {};
    }
};

/// An output of a command, on its way.
struct Capture {
    host::Fd end; ///< none once all is read
    std::string& into;
    std::size_t bytes_max;

    Result<void> move() {
        std::size_t before = into.size();
        into.resize(before + std::min(piece_bytes, bytes_max - before + 1));
        ssize_t size = ::read(end.get(), into.data() + before, into.size() - before);
        if (size < 0) size = -errno;
        into.resize(before + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        if (must_wait(size)) return {};
        if (size < 0) return host::error_from(static_cast<int>(-size), "cannot read of a command");
        if (size == 0) end = host::Fd();
        if (into.size() > bytes_max)
            return Error{Errc::too_large, "a command says too much", into.size()};
        return {};
    }
};

/// Moves all three until each has come to its end.
Result<void> exchange(Feed& input, Capture& output, Capture& error) {
    if (input.left.empty()) input.end = host::Fd();
    while (input.end || output.end || error.end) {
        std::array<pollfd, 3> entries{{{input.end.get(), POLLOUT, 0},
                                       {output.end.get(), POLLIN, 0},
                                       {error.end.get(), POLLIN, 0}}};
        TRY(ppoll(entries, std::nullopt));
        if (entries[0].revents) TRY(input.move());
        if (entries[1].revents) TRY(output.move());
        if (entries[2].revents) TRY(error.move());
    }
    return {};
}

} // namespace

Result<CommandOutput> run(const Command& command, Bytes input, std::size_t output_bytes_max) {
    CommandOutput result;
    Pipe fed = TRY(make_pipe()), said = TRY(make_pipe()), complained = TRY(make_pipe());
    TRY(keep_from_blocking(fed.write_end.get()));
    Command connected = command;
    connected.descriptors.insert(
        connected.descriptors.begin(),
        {{fed.read_end.get(), 0}, {said.write_end.get(), 1}, {complained.write_end.get(), 2}});
    Process child = TRY(Process::spawn(connected));
    // Whoever holds the other ends keeps them from coming to an end.
    for (host::Fd* end : {&fed.read_end, &said.write_end, &complained.write_end}) *end = host::Fd();
    Feed feed{std::move(fed.write_end), input};
    Capture output{std::move(said.read_end), result.standard_output, output_bytes_max};
    Capture error{std::move(complained.read_end), result.standard_error, output_bytes_max};
    TRY(exchange(feed, output, error));
    result.status = TRY(child.wait());
    return result;
}

} // namespace kindling::fiber
