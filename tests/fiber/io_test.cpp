// SPDX-License-Identifier: MIT
#include "fiber/io.hpp"
#include "tests/fiber/poller_loop.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <pty.h>
#include <sys/un.h>

using namespace kindling;
using namespace kindling::fiber;

namespace {

struct Pair {
    host::Fd first, second;
};

Pair make_pipe(int flags = 0) {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC | flags) == 0);
    return {host::Fd(ends[0]), host::Fd(ends[1])};
}

Pair make_sockets(int type = SOCK_STREAM) {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) == 0);
    return {host::Fd(ends[0]), host::Fd(ends[1])};
}

host::Fd listen_on(const Address& address, int backlog) {
    host::Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::bind(listener.get(), address.get(), address.size_bytes) == 0);
    REQUIRE(::listen(listener.get(), backlog) == 0);
    return listener;
}

Address own_address(const char* name) {
    return unix_address("@kindling-test-" + std::to_string(::getpid()) + "-" + name).value();
}

Bytes bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

/// Reads once; the text, or the name of the error.
std::string read_text(int fd) {
    std::array<std::byte, 100> into;
    auto size = read(fd, into);
    if (!size) return to_text(size.error().code);
    return std::string(reinterpret_cast<const char*>(into.data()), *size);
}

std::string recv_text(int fd, int flags = 0) {
    std::array<std::byte, 100> into;
    auto size = recv(fd, into, flags);
    if (!size) return to_text(size.error().code);
    return std::string(reinterpret_cast<const char*>(into.data()), *size);
}

bool blocks(int fd) {
    return (::fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
}

} // namespace

TEST_CASE("what is there is read at once", "[fiber][io]") {
    on_each_poller([] {
        auto reader_writer = make_pipe();
        host::Fd &reader = reader_writer.first, &writer = reader_writer.second;
        CHECK(write(writer.get(), bytes_of("hello")).value() == 5);
        CHECK(read_text(reader.get()) == "hello");
    });
}

TEST_CASE("a read waits for a writer while others run", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        auto pair = GENERATE(0, O_NONBLOCK);
        auto reader_writer = make_pipe(pair);
        host::Fd &reader = reader_writer.first, &writer = reader_writer.second;
        std::string order;
        Group group;
        TRY(group.spawn("reader", [&] {
            order += '0';
            CHECK(read_text(reader.get()) == "data");
            order += '2';
        }));
        TRY(group.spawn("writer", [&] {
            order += '1';
            CHECK(write(writer.get(), bytes_of("data")).has_value());
        }));
        TRY(group.wait());
        CHECK(order == "012");
        CHECK(blocks(reader.get()) == (pair == 0));
        return {};
    });
}

TEST_CASE("each of several readers gets its own", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        std::array<Pair, 3> pipes{make_pipe(), make_pipe(), make_pipe()};
        std::array<std::string, 3> got;
        Group group;
        for (std::size_t i = 0; i < 3; i++)
            TRY(group.spawn("reader", [&, i] { got[i] = read_text(pipes[i].first.get()); }));
        TRY(this_fiber::yield());
        for (std::size_t i = 3; i-- > 0;)
            TRY(write(pipes[i].second.get(), bytes_of(std::string(1, static_cast<char>('a' + i)))));
        TRY(group.wait());
        CHECK(got == std::array<std::string, 3>{"a", "b", "c"});
        return {};
    });
}

TEST_CASE("three fibers read from one descriptor, a byte each", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        auto near_far = GENERATE(0, 1) ? make_sockets() : make_pipe();
        host::Fd &near = near_far.first, &far = near_far.second;
        std::string got;
        Group group;
        for (int i = 0; i < 3; i++)
            TRY(group.spawn("reader", [&]() -> Result<void> {
                std::array<std::byte, 1> one;
                TRY(read(near.get(), one));
                got += static_cast<char>(one[0]);
                return {};
            }));
        TRY(this_fiber::sleep_for_us(10));
        TRY(write(far.get(), bytes_of("xyz")));
        TRY(group.wait());
        std::ranges::sort(got);
        CHECK(got == "xyz");
        return {};
    });
}

TEST_CASE("a parked call is cancelled, and has had no effect", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        auto near_far = make_sockets();
        host::Fd &near = near_far.first, &far = near_far.second;
        auto full_other = make_sockets();
        host::Fd& full = full_other.first;
        while (::send(full.get(), "x", 1, MSG_DONTWAIT) == 1) {
        }
        std::vector<std::string> got;
        Group group(Policy::all_settled);
        TRY(group.spawn("read", [&] { got.push_back(read_text(near.get())); }));
        TRY(group.spawn("recv", [&] { got.push_back(recv_text(near.get())); }));
        TRY(group.spawn("send", [&] {
            auto sent = send(full.get(), bytes_of("y"));
            got.push_back(sent ? "sent" : to_text(sent.error().code));
        }));
        TRY(group.spawn("poll", [&] {
            auto polled = poll(near.get(), POLLIN);
            got.push_back(polled ? "polled" : to_text(polled.error().code));
        }));
        TRY(this_fiber::sleep_for_us(10));
        group.cancel();
        (void)group.wait();
        CHECK(got == std::vector<std::string>(4, "cancelled"));
        TRY(write(far.get(), bytes_of("kept")));
        CHECK(read_text(near.get()) == "kept");
        return {};
    });
}

TEST_CASE("an interruption that is there beats data that is there", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        auto reader_writer = make_pipe();
        host::Fd &reader = reader_writer.first, &writer = reader_writer.second;
        TRY(write(writer.get(), bytes_of("byte")));
        {
            Deadline passed(0);
            CHECK(read_text(reader.get()) == "timed out");
        }
        CHECK(read_text(reader.get()) == "byte");
        return {};
    });
}

TEST_CASE("a deadline ends a read that waits", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        auto near_far = make_sockets();
        host::Fd &near = near_far.first, &far = near_far.second;
        {
            Deadline soon(Deadline::in_us(1000));
            CHECK(recv_text(near.get()) == "timed out");
            CHECK(soon.has_expired());
        }
        TRY(send(far.get(), bytes_of("later")));
        CHECK(recv_text(near.get()) == "later");
        return {};
    });
}

TEST_CASE("off a fiber the calls simply block", "[fiber][io]") {
    auto near_far = make_sockets();
    host::Fd &near = near_far.first, &far = near_far.second;
    CHECK(send(far.get(), bytes_of("abc")).value() == 3);
    CHECK(recv_text(near.get()) == "abc");
    auto reader_writer = make_pipe(O_NONBLOCK);
    host::Fd& reader = reader_writer.first;
    CHECK(read_text(reader.get()) == "would have to wait");
    pollfd entry{reader.get(), POLLIN, 0};
    CHECK(ppoll({&entry, 1}, 0).value() == 0);
}

TEST_CASE("vectors are read and written in order", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        auto reader_writer = make_pipe();
        host::Fd &reader = reader_writer.first, &writer = reader_writer.second;
        char first[6] = "", second[6] = "";
        iovec into[] = {{first, 5}, {second, 5}};
        char one[] = "hello", two[] = "world";
        iovec from[] = {{one, 5}, {two, 5}};
        Group group;
        TRY(group.spawn("reader", [&] { CHECK(readv(reader.get(), into).value() == 10); }));
        TRY(this_fiber::yield());
        CHECK(writev(writer.get(), from).value() == 10);
        TRY(group.wait());
        CHECK(std::string(first) + second == "helloworld");
        return {};
    });
}

TEST_CASE("a peek leaves the bytes for the next receive", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        auto near_far = make_sockets();
        host::Fd &near = near_far.first, &far = near_far.second;
        Group group;
        TRY(group.spawn("receiver", [&] {
            CHECK(recv_text(near.get(), MSG_PEEK) == "peek");
            CHECK(recv_text(near.get()) == "peek");
        }));
        TRY(this_fiber::yield());
        TRY(send(far.get(), bytes_of("peek")));
        return group.wait();
    });
}

TEST_CASE("a datagram comes with the address of its sender", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        Address to = own_address("datagram"), from = own_address("sender");
        host::Fd receiver(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        host::Fd sender(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        REQUIRE(::bind(receiver.get(), to.get(), to.size_bytes) == 0);
        REQUIRE(::bind(sender.get(), from.get(), from.size_bytes) == 0);
        Group group;
        TRY(group.spawn("receiver", [&]() -> Result<void> {
            std::array<std::byte, 20> into;
            Address seen;
            CHECK(TRY(recvfrom(receiver.get(), into, seen)) == 8);
            CHECK(seen.size_bytes == from.size_bytes);
            CHECK(std::memcmp(&seen.storage, &from.storage, from.size_bytes) == 0);
            return {};
        }));
        TRY(this_fiber::yield());
        CHECK(TRY(sendto(sender.get(), bytes_of("datagram"), to)) == 8);
        return group.wait();
    });
}

namespace {

/// A message of one descriptor.
struct Parcel {
    char text[8] = "";
    iovec vector{text, sizeof(text) - 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr header{};

    Parcel() {
        header.msg_iov = &vector;
        header.msg_iovlen = 1;
        header.msg_control = control;
        header.msg_controllen = sizeof(control);
    }
};

} // namespace

TEST_CASE("a descriptor travels in a message and can be used", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        auto near_far = make_sockets();
        host::Fd &near = near_far.first, &far = near_far.second;
        auto reader_writer = make_pipe();
        host::Fd &reader = reader_writer.first, &writer = reader_writer.second;
        host::Fd got;
        Group group;
        TRY(group.spawn("receiver", [&]() -> Result<void> {
            Parcel parcel;
            CHECK(TRY(recvmsg(near.get(), parcel.header)) == 7);
            int number = -1;
            std::memcpy(&number, CMSG_DATA(CMSG_FIRSTHDR(&parcel.header)), sizeof(number));
            got = host::Fd(number);
            return {};
        }));
        TRY(this_fiber::yield());
        Parcel parcel;
        std::memcpy(parcel.text, "message", 7);
        cmsghdr* control = CMSG_FIRSTHDR(&parcel.header);
        control->cmsg_level = SOL_SOCKET;
        control->cmsg_type = SCM_RIGHTS;
        control->cmsg_len = CMSG_LEN(sizeof(int));
        int number = writer.get();
        std::memcpy(CMSG_DATA(control), &number, sizeof(number));
        CHECK(TRY(sendmsg(far.get(), parcel.header)) == 7);
        TRY(group.wait());
        TRY(write(got.get(), bytes_of("through")));
        CHECK(read_text(reader.get()) == "through");
        return {};
    });
}

TEST_CASE("connections are made and accepted", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        Address address = own_address("accept");
        host::Fd listener = listen_on(address, 8);
        Group group;
        TRY(group.spawn("server", [&]() -> Result<void> {
            for (int i = 0; i < 3; i++) {
                host::Fd connection = TRY(accept(listener.get()));
                CHECK((::fcntl(connection.get(), F_GETFD) & FD_CLOEXEC) != 0);
                CHECK(read_text(connection.get()) == "hi");
            }
            return {};
        }));
        for (int i = 0; i < 3; i++) {
            host::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
            TRY(connect(socket.get(), address));
            CHECK(blocks(socket.get()));
            TRY(send(socket.get(), bytes_of("hi")));
        }
        TRY(group.wait());
        CHECK(blocks(listener.get()));
        return {};
    });
}

TEST_CASE("several fibers accept from one listener, and only a fiber waits", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        Address address = own_address("accepters");
        host::Fd listener = listen_on(address, 8);
        Group group;
        std::size_t count = 0;
        for (int i = 0; i < 3; i++)
            TRY(group.spawn("accepter", [&]() -> Result<void> {
                host::Fd connection = TRY(accept(listener.get()));
                count++;
                return {};
            }));
        for (std::size_t i = 1; i <= 3; i++) {
            TRY(this_fiber::sleep_for_us(10));
            host::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
            TRY(connect(socket.get(), address));
            while (count < i) TRY(this_fiber::sleep_for_us(10));
        }
        return group.wait();
    });
}

TEST_CASE("an accept that waits is cancelled, and takes no connection", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        Address address = own_address("cancelled-accept");
        host::Fd listener = listen_on(address, 8);
        {
            Deadline soon(Deadline::in_us(100));
            CHECK(accept(listener.get()).error().code == Errc::timed_out);
        }
        host::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        TRY(connect(socket.get(), address));
        CHECK(accept(listener.get()).has_value());
        return {};
    });
}

TEST_CASE("a connection waits for room in the queue of a Unix socket", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        Address address = own_address("backlog");
        host::Fd listener = listen_on(address, 0);
        std::vector<host::Fd> sockets;
        for (int i = 0; i < 3; i++)
            sockets.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        int connected = 0;
        Group group;
        for (const host::Fd& socket : sockets)
            TRY(group.spawn("client", [&]() -> Result<void> {
                TRY(connect(socket.get(), address));
                connected++;
                return {};
            }));
        TRY(this_fiber::sleep_for_us(100));
        CHECK(connected < 3);
        for (int i = 0; i < 3; i++) CHECK(accept(listener.get()).has_value());
        return group.wait();
    });
}

TEST_CASE("a refused connection says so", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        host::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        auto refused = connect(socket.get(), own_address("nobody"));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().cause == ECONNREFUSED);
        return {};
    });
}

TEST_CASE("closing a descriptor ends the waits for it", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        auto near_far = make_sockets();
        host::Fd& near = near_far.first;
        std::vector<std::string> got;
        Group group;
        for (int i = 0; i < 2; i++)
            TRY(group.spawn("reader", [&] { got.push_back(read_text(near.get())); }));
        TRY(this_fiber::sleep_for_us(10));
        int number = near.get();
        near = host::Fd();
        // The number is used again at once; nobody waits for that one.
        auto reader_writer = make_pipe();
        host::Fd &reader = reader_writer.first, &writer = reader_writer.second;
        CHECK(reader.get() == number);
        TRY(write(writer.get(), bytes_of("new")));
        TRY(group.wait());
        CHECK(got == std::vector<std::string>(2, "closed"));
        CHECK(read_text(reader.get()) == "new");
        return {};
    });
}

TEST_CASE("a writer whose reader is gone is told so, without a signal", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        auto near_far = make_sockets();
        host::Fd &near = near_far.first, &far = near_far.second;
        far = host::Fd();
        CHECK(send(near.get(), bytes_of("x")).error().code == Errc::closed);
        CHECK(read_text(near.get()) == "");
        return {};
    });
}

TEST_CASE("a full pipe makes its writer wait for the reader", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        auto reader_writer = make_pipe();
        host::Fd &reader = reader_writer.first, &writer = reader_writer.second;
        std::vector<std::byte> block(200'000), got;
        for (std::size_t i = 0; i < block.size(); i++) block[i] = static_cast<std::byte>(i * 7);
        Group group;
        TRY(group.spawn("writer", [&]() -> Result<void> {
            for (std::size_t done = 0; done < block.size();)
                done += TRY(write(writer.get(), Bytes(block).subspan(done)));
            writer = host::Fd();
            return {};
        }));
        std::array<std::byte, 5000> part;
        for (;;) {
            std::size_t size = TRY(read(reader.get(), part));
            if (size == 0) break;
            got.insert(got.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(size));
        }
        CHECK(got == block);
        return group.wait();
    });
}

TEST_CASE("files are read and written at a place", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        host::Fd file(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
        REQUIRE(file);
        CHECK(TRY(pwrite(file.get(), bytes_of("0123456789"), 5)) == 10);
        std::array<std::byte, 4> into;
        CHECK(TRY(pread(file.get(), into, 8)) == 4);
        CHECK(std::memcmp(into.data(), "3456", 4) == 0);
        CHECK(TRY(pread(file.get(), into, 15)) == 0);
        CHECK(::lseek(file.get(), 0, SEEK_CUR) == 0);
        CHECK(TRY(write(file.get(), bytes_of("ab"))) == 2);
        CHECK(::lseek(file.get(), 0, SEEK_CUR) == 2);
        return {};
    });
}

namespace {

/// A terminal: its far end is what a program reads.
Pair make_terminal() {
    int master = -1, slave = -1;
    termios raw{};
    ::cfmakeraw(&raw);
    REQUIRE(::openpty(&master, &slave, nullptr, &raw, nullptr) == 0);
    return {host::Fd(slave), host::Fd(master)};
}

} // namespace

TEST_CASE("the mode of a descriptor stays as it is, also while a read waits", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        int kind = GENERATE(0, 1, 2);
        int mode = GENERATE(0, O_NONBLOCK);
        Pair ends = kind == 0 ? make_pipe() : kind == 1 ? make_sockets() : make_terminal();
        int fd = ends.first.get();
        ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | mode);
        int before = ::fcntl(fd, F_GETFL);
        Group group;
        TRY(group.spawn("reader", [&] { CHECK(read_text(fd) == "seen"); }));
        TRY(this_fiber::sleep_for_us(100));
        CHECK(::fcntl(fd, F_GETFL) == before);
        TRY(write(ends.second.get(), bytes_of("seen")));
        TRY(group.wait());
        CHECK(::fcntl(fd, F_GETFL) == before);
        return {};
    });
}

TEST_CASE("a pipe of one's own is read and written by calls that cannot block", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        auto reader_writer = make_pipe();
        int reader = reader_writer.first.get(), writer = reader_writer.second.get();
        for (int end : {reader, writer}) {
            TRY(keep_from_blocking(end));
            CHECK(!blocks(end));
        }
        const std::string text(300'000, 'x'); // more than a pipe holds
        std::size_t got = 0;
        Group group;
        TRY(group.spawn("reader", [&]() -> Result<void> {
            std::vector<std::byte> into(50'000);
            while (std::size_t size = TRY(read(reader, into))) got += size;
            return {};
        }));
        TRY(this_fiber::sleep_for_us(10));
        for (std::size_t sent = 0; sent < text.size();)
            sent += TRY(write(writer, bytes_of(text).subspan(sent)));
        reader_writer.second = host::Fd();
        TRY(group.wait());
        CHECK(got == text.size());
        return {};
    });
}

TEST_CASE("a number that is used again is not taken for what it was", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        int number = -1;
        {
            auto own = make_pipe();
            number = own.first.get();
            TRY(keep_from_blocking(number));
        }
        auto shared = make_pipe();
        REQUIRE(shared.first.get() == number);
        Group group;
        std::string got;
        TRY(group.spawn("reader", [&] { got = read_text(number); }));
        TRY(this_fiber::sleep_for_us(10)); // A read that blocks would never let us come back.
        TRY(write(shared.second.get(), bytes_of("later")));
        TRY(group.wait());
        CHECK(got == "later");
        CHECK(blocks(number));
        return {};
    });
}

TEST_CASE("a socket stays without a signal when it is kept from blocking", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        auto ends = make_sockets();
        TRY(keep_from_blocking(ends.first.get()));
        ends.second = host::Fd();
        auto written = write(ends.first.get(), bytes_of("x"));
        CHECK(written.error().code == Errc::closed);
        return {};
    });
    CHECK(keep_from_blocking(-1).error().cause == EBADF);
}

TEST_CASE("many operations are under way at once, more than the ring has places", "[fiber][io]") {
    on_each_poller([]() -> Result<void> {
        std::vector<Pair> pairs;
        for (int i = 0; i < 400; i++) pairs.push_back(make_sockets());
        int got = 0;
        Group group;
        for (Pair& pair : pairs)
            TRY(group.spawn("reader", [&] { got += recv_text(pair.first.get()) == "z"; }));
        TRY(this_fiber::sleep_for_us(10));
        for (Pair& pair : pairs) TRY(send(pair.second.get(), bytes_of("z")));
        TRY(group.wait());
        CHECK(got == 400);
        return {};
    });
}
