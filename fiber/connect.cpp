// SPDX-License-Identifier: MIT
//
// Connecting, where what blocks is the call itself and cannot be tried.
#include "fiber/fiber.hpp"
#include "fiber/io.hpp"
#include "fiber/loop.hpp"
#include "host/error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/time.h>
#include <sys/un.h>

namespace kindling::fiber {

namespace {

constexpr std::uint64_t pause_us_min = 1000, pause_us_max = 50'000;

/// Connects without waiting for the other side, whether the socket blocks or not: a limit on
/// sending, which counts for connecting too, makes it give up within a tick of the clock. The limit
/// is put back; the mode of the socket is not touched. 0 or an errno.
int begin_connect(int fd, const Address& address) {
    timeval before{}, tick{0, 1};
    socklen_t size = sizeof(before);
    bool has_limit = ::getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &before, &size) == 0 &&
                     ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tick, sizeof(tick)) == 0;
    int error = ::connect(fd, address.get(), address.size_bytes) == 0 ? 0 : errno;
    if (has_limit) ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &before, sizeof(before));
    return error;
}

/// Waits for the outcome of a connection that is being made. 0 or an errno.
Result<int> finish_connect(int fd) {
    TRY(poll(fd, POLLOUT));
    int error = 0;
    socklen_t size = sizeof(error);
    if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
    return error;
}

Result<int> connect_once(Loop& loop, int fd, const Address& address) {
    int error = 0;
    if (loop.poller().can_do(Operation::Kind::connect)) {
        Operation operation;
        operation.kind = Operation::Kind::connect;
        operation.descriptor = fd;
        operation.address = address.get();
        operation.offset = address.size_bytes;
        TRY(loop.perform(operation, "connect"));
        error = -operation.result;
    } else {
        error = begin_connect(fd, address);
    }
    if (error == EINPROGRESS || error == EALREADY) return finish_connect(fd);
    return error;
}

} // namespace

Result<void> connect(int fd, const Address& address) {
    Loop* loop = Loop::of_fiber();
    if (!loop) {
        if (::connect(fd, address.get(), address.size_bytes) == 0) return {};
        return host::last_error("cannot connect");
    }
    TRY(check_interruption());
    for (std::uint64_t pause_us = pause_us_min;; pause_us = std::min(2 * pause_us, pause_us_max)) {
        int error = TRY(connect_once(*loop, fd, address));
        if (error == 0 || error == EISCONN) return {};
        // The queue of a Unix socket is full, or a signal came between.
        if (error != EAGAIN && error != EINTR) return host::error_from(error, "cannot connect");
        TRY(this_fiber::sleep_for_us(pause_us));
    }
}

Result<Address> unix_address(std::string_view path) {
    Address address;
    auto& name = reinterpret_cast<sockaddr_un&>(address.storage);
    if (path.empty()) return Error{Errc::invalid, "the address of a socket is empty"};
    if (path.size() >= sizeof(name.sun_path))
        return Error{Errc::too_large, "the address of a socket is too long"};
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, path.data(), path.size());
    bool is_abstract = path.front() == '@';
    if (is_abstract) name.sun_path[0] = '\0';
    // The name of an abstract one ends with the address, others with a zero byte.
    address.size_bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() +
                                                (is_abstract ? 0 : 1));
    return address;
}

} // namespace kindling::fiber
