// SPDX-License-Identifier: MIT
#include "fiber/process.hpp"
#include "fiber/stream.hpp"
#include "tests/fiber/children.hpp"
#include "tests/fiber/log_lines.hpp"
#include "tests/fiber/poller_loop.hpp"

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>

using namespace kindling;
using namespace kindling::fiber;

namespace {

/// "exit 3" or "signal 15".
std::string text_of(const Result<ExitStatus>& status) {
    if (!status) return to_text(status.error().code);
    return status->signal ? "signal " + std::to_string(status->signal)
                          : "exit " + std::to_string(status->code);
}

/// A child that ends when the pipe, its input, is closed.
Command that_waits(const Pipe& input) {
    Command command = shell("read line; exit 7");
    command.descriptors = {{input.read_end.get(), 0}};
    return command;
}

} // namespace

TEST_CASE("a child gives its exit status", "[fiber][process]") {
    on_each_poller([]() -> Result<void> {
        Process child = TRY(Process::spawn(shell("exit 42")));
        CHECK(text_of(child.wait()) == "exit 42");
        CHECK(text_of(child.wait()) == "exit 42"); // and again
        CHECK(child.signal(SIGTERM).error().code == Errc::not_found);
        for (int code : {10, 11, 12}) {
            Process next = TRY(Process::spawn(shell("exit " + std::to_string(code))));
            CHECK(text_of(next.wait()) == "exit " + std::to_string(code));
        }
        return {};
    });
    CHECK_FALSE(has_children());
}

TEST_CASE("fibers wait for their children at the same time", "[fiber][process]") {
    on_each_poller([]() -> Result<void> {
        int good = 0;
        Pipe gate = TRY(make_pipe());
        Group group;
        for (int code = 20; code < 70; code++)
            TRY(group.spawn("parent", [&, code]() -> Result<void> {
                Command command = shell("read line; exit " + std::to_string(code));
                command.descriptors = {{gate.read_end.get(), 0}};
                Process child = TRY(Process::spawn(command));
                good += text_of(child.wait()) == "exit " + std::to_string(code);
                return {};
            }));
        // All are there before the first can end.
        TRY(this_fiber::yield());
        TRY(this_fiber::yield());
        CHECK(good == 0);
        gate.write_end = host::Fd();
        TRY(group.wait());
        CHECK(good == 50);
        return {};
    });
    CHECK_FALSE(has_children());
}

TEST_CASE("a child that was killed says by what", "[fiber][process]") {
    on_each_poller([]() -> Result<void> {
        Process suicidal = TRY(Process::spawn(shell("kill -KILL $$")));
        CHECK(text_of(suicidal.wait()) == "signal 9");
        Pipe input = TRY(make_pipe());
        Process child = TRY(Process::spawn(that_waits(input)));
        TRY(child.signal(SIGTERM));
        CHECK(text_of(child.wait()) == "signal 15");
        return {};
    });
    CHECK_FALSE(has_children());
}

TEST_CASE("what cannot be started says why, and leaves nothing", "[fiber][process]") {
    on_each_poller([]() -> Result<void> {
        auto before = open_descriptors_count();
        auto cause_of = [](const Command& command) {
            auto child = Process::spawn(command);
            REQUIRE_FALSE(child);
            return child.error().cause;
        };
        Command missing, closed = shell("exit"), nowhere = shell("exit"), text;
        missing.arguments = {"/no/such/program"};
        CHECK(cause_of(missing) == ENOENT);
        CHECK(Process::spawn(missing).error().code == Errc::not_found);
        missing.arguments = {"no-such-program"};
        CHECK(cause_of(missing) == ENOENT);
        text.arguments = {"/etc/passwd"};
        CHECK(cause_of(text) == EACCES);
        nowhere.directory = "/no/such/directory";
        CHECK(cause_of(nowhere) == ENOENT);
        closed.descriptors = {{9999, 3}};
        CHECK(cause_of(closed) == EBADF);
        CHECK(open_descriptors_count() == before);
        CHECK_FALSE(has_children());
        return {};
    });
}

TEST_CASE("a command that makes no sense is refused", "[fiber][process]") {
    using namespace std::string_literals;
    Command empty, zero = shell("a\0b"s), far = shell("exit"), negative = shell("exit");
    far.descriptors = {{0, 256}};
    negative.descriptors = {{-1, 3}};
    Command folder = shell("exit"), variable = shell("exit");
    folder.directory = "/\0x"s;
    variable.environment = {"A=\0"s};
    for (const Command& command : {empty, zero, far, negative, folder, variable})
        CHECK(Process::spawn(command).error().code == Errc::invalid);
}

TEST_CASE("a wait that is interrupted leaves the child as it is", "[fiber][process]") {
    on_each_poller([]() -> Result<void> {
        Pipe input = TRY(make_pipe());
        Process child = TRY(Process::spawn(that_waits(input)));
        {
            Deadline soon(Deadline::in_us(1000));
            CHECK(text_of(child.wait()) == "timed out");
        }
        Group group(Policy::all_settled);
        std::string ended;
        TRY(group.spawn("waiter", [&] { ended = text_of(child.wait()); }));
        TRY(this_fiber::yield());
        group.cancel();
        (void)group.wait();
        CHECK(ended == "cancelled");
        input.write_end = host::Fd();
        CHECK(text_of(child.wait()) == "exit 7");
        return {};
    });
    CHECK_FALSE(has_children());
}

TEST_CASE("two fibers wait for one child", "[fiber][process]") {
    on_each_poller([]() -> Result<void> {
        Pipe input = TRY(make_pipe());
        Process child = TRY(Process::spawn(that_waits(input)));
        std::string ended;
        Group group;
        for (int i = 0; i < 2; i++)
            TRY(group.spawn("waiter", [&] { ended += text_of(child.wait()) + ";"; }));
        TRY(this_fiber::yield());
        input.write_end = host::Fd();
        TRY(group.wait());
        CHECK(ended == "exit 7;exit 7;");
        return {};
    });
}

TEST_CASE("a child that does not end when asked is killed", "[fiber][process]") {
    on_each_poller([]() -> Result<void> {
        Pipe input = TRY(make_pipe()), output = TRY(make_pipe());
        Command command = shell("trap '' TERM; echo ready; read line");
        command.descriptors = {{input.read_end.get(), 0}, {output.write_end.get(), 1}};
        command.grace_us = 1000;
        Process child = TRY(Process::spawn(command));
        LineReader lines(output.read_end.get());
        CHECK(TRY(lines.read_line()) == "ready");
        CHECK(text_of(kill_and_wait(child, 1000)) == "signal 9");
        pid_t id = 0;
        {
            // The owner does it too, whatever interrupts the fiber.
            Deadline passed(0);
            Shield shield(never_ns);
            Process owned = TRY(Process::spawn(command));
            id = owned.id();
            CHECK(TRY(lines.read_line()) == "ready");
        }
        CHECK(::kill(id, 0) == -1);
        return {};
    });
    CHECK_FALSE(has_children());
}

TEST_CASE("a killed child that is held by its tracer is given up, and named", "[fiber][process]") {
    LogLines lines;
    on_each_poller([&]() -> Result<void> {
        Pipe input = TRY(make_pipe());
        Process child = TRY(Process::spawn(that_waits(input)));
        Tracer tracer(child.id());
        if (!tracer.is_attached()) {
            skip("no tracing here");
            return {};
        }
        CHECK(text_of(kill_and_wait(child, 0, 1000)) == "timed out");
        CHECK(lines.count("child " + std::to_string(child.id()) + " was killed") == 1);
        tracer.end();
        CHECK(text_of(child.wait()) == "signal 9");
        return {};
    });
    CHECK_FALSE(has_children());
}

TEST_CASE("an owner that is cancelled ends its child", "[fiber][process]") {
    on_each_poller([]() -> Result<void> {
        Pipe input = TRY(make_pipe());
        Group group(Policy::all_settled);
        TRY(group.spawn("owner", [&]() -> Result<void> {
            Process child = TRY(Process::spawn(that_waits(input)));
            TRY(child.wait());
            return {};
        }));
        TRY(this_fiber::yield());
        CHECK(has_children());
        group.cancel();
        (void)group.wait();
        CHECK_FALSE(has_children());
        return {};
    });
}

TEST_CASE("a child that is replaced is ended, one that is moved lives on", "[fiber][process]") {
    Pipe input = make_pipe().value();
    Process first = Process::spawn(that_waits(input)).value();
    pid_t id = first.id();
    Process second = std::move(first);
    CHECK(::kill(id, 0) == 0);
    second = Process::spawn(that_waits(input)).value();
    CHECK(::kill(id, 0) == -1);
    CHECK(text_of(kill_and_wait(second, 60'000'000)) == "signal 15");
    CHECK_FALSE(has_children());
}

TEST_CASE("a child has the descriptors it was given and no others", "[fiber][process]") {
    Pipe output = make_pipe().value();
    // Two of ours that would survive an exec, one of them between those that are given.
    host::Fd low(::fcntl(output.read_end.get(), F_DUPFD, 3));
    host::Fd high(::fcntl(output.read_end.get(), F_DUPFD, 500));
    Command command;
    command.arguments = {"ls", "/proc/self/fd"};
    command.descriptors = {{output.write_end.get(), 1}, {output.write_end.get(), 200}};
    Process child = Process::spawn(command).value();
    output.write_end = host::Fd();
    auto listed = read_all(output.read_end.get(), 1000).value();
    // The one with number 3 is the folder itself.
    CHECK(to_text(listed) == "0\n1\n2\n200\n3\n");
    CHECK(text_of(child.wait()) == "exit 0");
}

TEST_CASE("descriptors may change their numbers with each other", "[fiber][process]") {
    Pipe first = make_pipe().value(), second = make_pipe().value();
    int one = first.write_end.get(), two = second.write_end.get();
    Command command = shell("echo to-one >/dev/fd/" + std::to_string(one) +
                            "; echo to-two >/dev/fd/" + std::to_string(two));
    command.descriptors = {{one, two}, {two, one}};
    Process child = Process::spawn(command).value();
    first.write_end = host::Fd();
    second.write_end = host::Fd();
    CHECK(to_text(read_all(first.read_end.get(), 100).value()) == "to-two\n");
    CHECK(to_text(read_all(second.read_end.get(), 100).value()) == "to-one\n");
    CHECK(text_of(child.wait()) == "exit 0");
}

TEST_CASE("signals that we block or ignore are as usual in the child", "[fiber][process]") {
    sigset_t blocked, before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    auto ignored = ::signal(SIGPIPE, SIG_IGN);
    Pipe output = make_pipe().value();
    Command command;
    command.arguments = {"grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"};
    command.descriptors = {{output.write_end.get(), 1}};
    Process child = Process::spawn(command).value();
    ::signal(SIGPIPE, ignored);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    LineReader lines(output.read_end.get());
    std::string blocked_line(lines.read_line().value().value());
    std::string ignored_line(lines.read_line().value().value());
    constexpr std::uint64_t usual = 0x7fffffff; // the signals 1 to 31; the C library has some above
    CHECK(std::stoull(blocked_line.substr(8), nullptr, 16) == 0);
    CHECK((std::stoull(ignored_line.substr(8), nullptr, 16) & usual) == 0);
    CHECK(text_of(child.wait()) == "exit 0");
}

namespace {

/// Lets the process have no more descriptors than it has, but for a few.
class Shortage {
public:
    explicit Shortage(int left) {
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
        host::Fd next(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        rlimit limit = before_;
        limit.rlim_cur = static_cast<rlim_t>(next.get() + left);
        next = host::Fd();
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
    }
    ~Shortage() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

} // namespace

TEST_CASE("a lack of descriptors leaves nothing open and no child", "[fiber][process]") {
    on_each_poller([]() -> Result<void> {
        auto before = open_descriptors_count();
        int failed = 0;
        bool has_run = false;
        for (int left = 0; !has_run; left++) {
            REQUIRE(left < 20);
            std::optional<Shortage> shortage(left);
            auto result = run(shell("exit 3"));
            shortage.reset();
            CHECK(open_descriptors_count() == before);
            CHECK_FALSE(has_children());
            has_run = result.has_value();
            if (has_run) continue;
            failed++;
            CHECK(result.error().cause == EMFILE);
        }
        CHECK(failed >= 7); // six for the pipes, one for the child
        return {};
    });
}
