// SPDX-License-Identifier: MIT
#include "fiber/process.hpp"
#include "fiber/stream.hpp"
#include "tests/fiber/poller_loop.hpp"

#include <array>
#include <csignal>
#include <fcntl.h>

using namespace kindling;
using namespace kindling::fiber;

namespace {

Pipe a_pipe(int mode = 0) {
    Pipe pipe = make_pipe().value();
    REQUIRE(::fcntl(pipe.read_end.get(), F_SETFL, mode) == 0);
    REQUIRE(::fcntl(pipe.write_end.get(), F_SETFL, mode) == 0);
    return pipe;
}

/// Bytes that tell where they belong.
std::vector<std::byte> pattern(std::size_t size) {
    std::vector<std::byte> bytes(size);
    for (std::size_t i = 0; i < size; i++) bytes[i] = static_cast<std::byte>(i * 7 + i / 256);
    return bytes;
}

/// Writes all and closes.
Result<void> write_and_close(host::Fd& end, Bytes bytes) {
    TRY(write_all(end.get(), bytes));
    end = host::Fd();
    return {};
}

std::string line_of(LineReader& reader) {
    auto line = reader.read_line();
    if (!line) return to_text(line.error().code);
    return *line ? "'" + std::string(**line) + "'" : "end";
}

} // namespace

TEST_CASE("all is read up to the end while the writer runs", "[fiber][stream]") {
    on_each_poller([]() -> Result<void> {
        int mode = GENERATE(0, O_NONBLOCK);
        Pipe pipe = a_pipe(mode);
        std::vector<std::byte> bytes = pattern(300'000), got;
        Group group;
        TRY(group.spawn("reader", [&]() -> Result<void> {
            got = TRY(read_all(pipe.read_end.get(), bytes.size()));
            return {};
        }));
        TRY(group.spawn("writer", [&] { return write_and_close(pipe.write_end, bytes); }));
        TRY(group.wait());
        CHECK(got == bytes);
        CHECK((::fcntl(pipe.read_end.get(), F_GETFL) & O_NONBLOCK) == mode);
        return {};
    });
}

TEST_CASE("an input that is longer than allowed is refused", "[fiber][stream]") {
    on_each_poller([]() -> Result<void> {
        Pipe pipe = a_pipe();
        TRY(write_and_close(pipe.write_end, to_bytes("12345")));
        auto all = read_all(pipe.read_end.get(), 4);
        REQUIRE_FALSE(all);
        CHECK(all.error().code == Errc::too_large);
        CHECK(all.error().where == 5);
        return {};
    });
}

TEST_CASE("a short input is truncated, and says how long it was", "[fiber][stream]") {
    on_each_poller([]() -> Result<void> {
        Pipe pipe = a_pipe();
        std::array<std::byte, 4> whole;
        std::array<std::byte, 10> into;
        TRY(write_and_close(pipe.write_end, to_bytes("wholeend")));
        TRY(read_exact(pipe.read_end.get(), whole));
        CHECK(to_text(whole) == "whol");
        auto rest = read_exact(pipe.read_end.get(), into);
        REQUIRE_FALSE(rest);
        CHECK(rest.error().code == Errc::truncated);
        CHECK(rest.error().where == 4);
        CHECK(to_text(Bytes(into).first(4)) == "eend");
        return {};
    });
}

TEST_CASE("a write that nobody reads times out, and says how far it came", "[fiber][stream]") {
    on_each_poller([]() -> Result<void> {
        Pipe pipe = a_pipe(GENERATE(0, O_NONBLOCK));
        int capacity = ::fcntl(pipe.write_end.get(), F_GETPIPE_SZ);
        std::vector<std::byte> bytes = pattern(300'000);
        std::uint64_t done = 0;
        {
            Deadline soon(Deadline::in_us(1000));
            auto written = write_all(pipe.write_end.get(), bytes);
            REQUIRE_FALSE(written);
            CHECK(written.error().code == Errc::timed_out);
            done = written.error().where;
        }
        CHECK(done == static_cast<std::uint64_t>(capacity));
        // Just so many bytes are there.
        Group group;
        TRY(group.spawn(
            "writer", [&] { return write_and_close(pipe.write_end, Bytes(bytes).subspan(done)); }));
        auto got = TRY(read_all(pipe.read_end.get(), bytes.size()));
        CHECK(got == bytes);
        return group.wait();
    });
}

TEST_CASE("a write to a full pipe goes on when it is drained", "[fiber][stream]") {
    on_each_poller([]() -> Result<void> {
        Pipe pipe = a_pipe(GENERATE(0, O_NONBLOCK));
        auto filling =
            pattern(static_cast<std::size_t>(::fcntl(pipe.write_end.get(), F_GETPIPE_SZ)));
        TRY(write_all(pipe.write_end.get(), filling));
        bool is_written = false;
        Group group;
        TRY(group.spawn("writer", [&]() -> Result<void> {
            TRY(write_and_close(pipe.write_end, to_bytes("more")));
            is_written = true;
            return {};
        }));
        TRY(this_fiber::sleep_for_us(10));
        CHECK_FALSE(is_written);
        auto all = TRY(read_all(pipe.read_end.get(), 1 << 20));
        CHECK(all.size() == filling.size() + 4);
        return group.wait();
    });
}

TEST_CASE("off a fiber streams simply block, or would have to", "[fiber][stream]") {
    Pipe pipe = a_pipe(O_NONBLOCK);
    std::array<std::byte, 4> into;
    CHECK(write_all(pipe.write_end.get(), to_bytes("abc")).has_value());
    auto read = read_exact(pipe.read_end.get(), into);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Errc::would_block);
    CHECK(read.error().where == 3);
    CHECK(write_and_close(pipe.write_end, to_bytes("line\n")).has_value());
    LineReader lines(pipe.read_end.get());
    CHECK(line_of(lines) == "'line'");
    CHECK(line_of(lines) == "end");
    Pipe from = a_pipe(), to = a_pipe();
    CHECK(write_and_close(from.write_end, to_bytes("copied")).has_value());
    CHECK(copy(from.read_end.get(), to.write_end.get()).value() == 6);
}

TEST_CASE("lines come one by one, however they were written", "[fiber][stream]") {
    on_each_poller([]() -> Result<void> {
        std::string longest(10'000, 'x');
        std::string text = "first\n\n" + longest + "\nlast";
        std::size_t step = GENERATE(1u, 7u, 5000u, 100'000u);
        Pipe pipe = a_pipe();
        Group group;
        TRY(group.spawn("writer", [&]() -> Result<void> {
            for (std::size_t at = 0; at < text.size(); at += step)
                TRY(write_all(pipe.write_end.get(), to_bytes(text.substr(at, step))));
            pipe.write_end = host::Fd();
            return {};
        }));
        LineReader reader(pipe.read_end.get(), longest.size());
        CHECK(line_of(reader) == "'first'");
        CHECK(line_of(reader) == "''");
        CHECK(line_of(reader) == "'" + longest + "'");
        CHECK(line_of(reader) == "'last'");
        CHECK(line_of(reader) == "end");
        CHECK(line_of(reader) == "end");
        return group.wait();
    });
}

TEST_CASE("a line that is too long is refused, with or without its end", "[fiber][stream]") {
    on_each_poller([]() -> Result<void> {
        const char* text = GENERATE("123\n12345\n", "123\n12345", "123\n123456789");
        Pipe pipe = a_pipe();
        TRY(write_and_close(pipe.write_end, to_bytes(text)));
        LineReader reader(pipe.read_end.get(), 4);
        CHECK(line_of(reader) == "'123'");
        CHECK(line_of(reader) == "too large");
        CHECK(line_of(reader) == "too large");
        return {};
    });
}

TEST_CASE("an interrupted line is not lost", "[fiber][stream]") {
    on_each_poller([]() -> Result<void> {
        Pipe pipe = a_pipe();
        LineReader reader(pipe.read_end.get());
        TRY(write_all(pipe.write_end.get(), to_bytes("one\nha")));
        CHECK(line_of(reader) == "'one'");
        {
            Deadline soon(Deadline::in_us(100));
            CHECK(line_of(reader) == "timed out");
        }
        TRY(write_all(pipe.write_end.get(), to_bytes("lf\n")));
        CHECK(line_of(reader) == "'half'");
        return {};
    });
}

namespace {

/// One end to write to, the other to read from, of some kind of file.
Pipe a_way(const std::string& kind) {
    if (kind == "pipe") return a_pipe();
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    return {host::Fd(ends[0]), host::Fd(ends[1])};
}

} // namespace

TEST_CASE("what one end gives is copied to the other", "[fiber][stream]") {
    on_each_poller([]() -> Result<void> {
        Pipe from = a_way(GENERATE("pipe", "socket")), to = a_way(GENERATE("pipe", "socket"));
        std::vector<std::byte> bytes = pattern(500'000), got;
        Group group;
        TRY(group.spawn("copier", [&]() -> Result<void> {
            CHECK(TRY(copy(from.read_end.get(), to.write_end.get())) == bytes.size());
            to.write_end = host::Fd();
            return {};
        }));
        TRY(group.spawn("writer", [&] { return write_and_close(from.write_end, bytes); }));
        got = TRY(read_all(to.read_end.get(), bytes.size()));
        CHECK(got == bytes);
        return group.wait();
    });
}

TEST_CASE("a file is copied from where it stands", "[fiber][stream]") {
    on_each_poller([]() -> Result<void> {
        host::Fd from(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
        host::Fd to(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
        auto bytes = pattern(200'000);
        TRY(write_all(from.get(), bytes));
        REQUIRE(::lseek(from.get(), 1000, SEEK_SET) == 1000);
        CHECK(TRY(copy(from.get(), to.get())) == bytes.size() - 1000);
        REQUIRE(::lseek(to.get(), 0, SEEK_SET) == 0);
        auto got = TRY(read_all(to.get(), bytes.size()));
        CHECK(std::ranges::equal(got, Bytes(bytes).subspan(1000)));
        return {};
    });
}

TEST_CASE("a copy that is interrupted says how much has arrived", "[fiber][stream]") {
    on_each_poller([]() -> Result<void> {
        Pipe from = a_pipe(), to = a_pipe();
        TRY(write_all(from.write_end.get(), to_bytes("waits for more")));
        Deadline soon(Deadline::in_us(1000));
        auto copied = copy(from.read_end.get(), to.write_end.get());
        REQUIRE_FALSE(copied);
        CHECK(copied.error().code == Errc::timed_out);
        CHECK(copied.error().where == 14);
        return {};
    });
}

TEST_CASE("a copy to a pipe that nobody reads says closed", "[fiber][stream]") {
    auto before = ::signal(SIGPIPE, SIG_IGN);
    on_each_poller([]() -> Result<void> {
        Pipe from = a_way(GENERATE("pipe", "socket")), to = a_pipe();
        to.read_end = host::Fd();
        TRY(write_and_close(from.write_end, to_bytes("lost")));
        auto copied = copy(from.read_end.get(), to.write_end.get());
        REQUIRE_FALSE(copied);
        CHECK(copied.error().code == Errc::closed);
        CHECK(copied.error().where == 0);
        return {};
    });
    ::signal(SIGPIPE, before);
}
