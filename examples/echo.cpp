// SPDX-License-Identifier: MIT
//
// Sends back what it is sent: a server of fibers, one for each connection.
//
//     echo /run/user/1000/echo.sock      a Unix socket
//     echo 7007                          port 7007 of this machine; 0 takes one that is free
//     echo --idle=5s --connections=100 --grace=1s 7007
//
// It shows
//   - deadlines: a connection that is silent for --idle, or does not take its answer, is closed;
//   - back-pressure: beyond --connections nobody is served, and new ones wait in the queue of the
//     socket instead of in our memory;
//   - a graceful stop: after SIGINT or SIGTERM the socket is gone at once, connections may go on
//     for --grace, those that are left then are closed, and the exit status is 0.
#include "base/text.hpp"
#include "fiber/fiber.hpp"
#include "fiber/group.hpp"
#include "fiber/io.hpp"
#include "fiber/run.hpp"
#include "host/error.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>
#include <optional>
#include <options/option.hpp>
#include <string>
#include <unistd.h>

using namespace kindling;

COMMAND("echo", "[OPTION...] PATH|PORT", "Send back what is sent to a socket.", nullptr, nullptr,
        "With a '/' in it the argument is the path of a Unix socket, else a TCP port.");

namespace {

constexpr int queue_max = 64;                        // of connections that nobody has accepted yet
constexpr std::uint64_t shortage_pause_us = 100'000; // until descriptors are free again

struct Arguments {
    std::string address;
    std::uint64_t idle_us = 60'000'000, grace_us = 5'000'000, connections_max = 1000;
};

/// A socket that listens; its file is gone when it is closed.
class Listener {
public:
    static Result<Listener> open(const std::string& address);
    Listener(Listener&&) = default;
    Listener& operator=(Listener&&) = delete;
    ~Listener() { close(); }

    int fd() const { return socket_.get(); }
    /// As a client names it.
    Result<std::string> name() const;

    void close() {
        if (socket_ && !path_.empty()) ::unlink(path_.c_str());
        socket_ = {};
    }

private:
    Listener(host::Fd socket, std::string path)
        : socket_(std::move(socket)), path_(std::move(path)) {}

    host::Fd socket_;
    std::string path_; ///< of a Unix socket
};

Result<fiber::Address> port_address(const std::string& text) {
    auto port = parse_decimal(text, UINT16_MAX);
    if (!port) return Error{Errc::invalid, "neither a path nor a port"};
    fiber::Address address;
    auto* tcp = reinterpret_cast<sockaddr_in*>(&address.storage);
    tcp->sin_family = AF_INET;
    tcp->sin_port = htons(static_cast<std::uint16_t>(*port));
    tcp->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.size_bytes = sizeof(sockaddr_in);
    return address;
}

Result<Listener> Listener::open(const std::string& address) {
    bool is_path = address.find('/') != std::string::npos;
    fiber::Address to = is_path ? TRY(fiber::unix_address(address)) : TRY(port_address(address));
    host::Fd socket(::socket(to.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) return host::last_error("cannot make a socket");
    int yes = 1;
    if (!is_path) ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (::bind(socket.get(), to.get(), to.size_bytes) != 0) return host::last_error("cannot bind");
    Listener listener(std::move(socket), is_path ? address : "");
    if (::listen(listener.fd(), queue_max) != 0) return host::last_error("cannot listen");
    return listener;
}

Result<std::string> Listener::name() const {
    if (!path_.empty()) return path_;
    sockaddr_in bound{};
    socklen_t size = sizeof(bound);
    if (::getsockname(fd(), reinterpret_cast<sockaddr*>(&bound), &size) != 0)
        return host::last_error("cannot get the port");
    return "port " + std::to_string(ntohs(bound.sin_port));
}

Result<void> echo(const host::Fd& connection, std::uint64_t idle_us) {
    std::array<std::byte, 4096> buffer;
    for (;;) {
        fiber::Deadline limit(fiber::Deadline::in_us(idle_us));
        std::size_t size = TRY(fiber::recv(connection.get(), buffer));
        if (size == 0) return {};
        Bytes rest = Bytes(buffer).first(size);
        while (!rest.empty()) rest = rest.subspan(TRY(fiber::send(connection.get(), rest)));
    }
}

bool is_shortage(const Error& error) {
    return error.cause == EMFILE || error.cause == ENFILE || error.cause == ENOBUFS ||
           error.cause == ENOMEM;
}

/// Accepts until something ends that; what did.
Error accept_all(const Listener& listener, fiber::Group& clients, const Arguments& arguments) {
    for (;;) {
        auto connection = fiber::accept(listener.fd());
        if (!connection && is_shortage(connection.error())) {
            if (auto slept = fiber::this_fiber::sleep_for_us(shortage_pause_us); !slept)
                return slept.error();
            continue;
        }
        if (!connection) return connection.error();
        // How a connection ends is its own affair, so nothing is returned.
        auto serve = [connection = std::move(*connection), idle_us = arguments.idle_us] {
            (void)echo(connection, idle_us);
        };
        auto spawned = clients.spawn("connection", std::move(serve));
        if (!spawned) return spawned.error();
    }
}

Result<void> serve(const Arguments& arguments) {
    Listener listener = TRY(Listener::open(arguments.address));
    std::printf("listening on %s\n", TRY(listener.name()).c_str());
    std::fflush(stdout);
    fiber::Group clients{{.policy = fiber::Policy::all_settled,
                          .running_max = static_cast<std::size_t>(arguments.connections_max)}};
    Error why = accept_all(listener, clients, arguments);
    listener.close();
    if (why.code != Errc::cancelled) return why;
    // The end of the shield cancels those that are left.
    fiber::Shield grace(fiber::Deadline::in_us(arguments.grace_us));
    (void)clients.wait();
    return {};
}

/// The exit status if there is nothing more to do.
// clang-format off
std::optional<int> parse(options::Parser& parser, Arguments& arguments) {
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION_LONG_TYPED("idle", "TIME", "duration", "Close what is silent so long, 1min by default"):
            arguments.idle_us = parser.duration_us();
            break;
        OPTION_LONG_TYPED("connections", "N", "uint:1..100000", "Serve so many at once, 1000 by default"):
            arguments.connections_max = parser.number();
            break;
        OPTION_LONG_TYPED("grace", "TIME", "duration", "Time to finish after a signal, 5s by default"):
            arguments.grace_us = parser.duration_us();
            break;
        OPTION_COMMON_HELP:
            return options::print_help(parser, COMMAND_TABLE);
        }
    }
    if (!parser.expect_positionals(1, 1)) return options::print_error(parser);
    arguments.address = parser.positionals()[0];
    return std::nullopt;
}
// clang-format on

} // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    options::Parser parser(OPTION_TABLE, argc, argv);
    if (std::optional<int> status = parse(parser, arguments)) return *status;
    fiber::Outcome outcome = fiber::run("echo", [&] { return serve(arguments); });
    if (!outcome.result && !outcome.was_stopped()) {
        const Error& error = outcome.result.error();
        const char* cause = host::cause_text(error);
        std::fprintf(stderr, "error: %s%s%s\n", error.what, *cause ? ": " : "", cause);
    }
    return outcome.exit_status();
}
