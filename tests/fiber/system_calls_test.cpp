// SPDX-License-Identifier: MIT
//
// How many system calls things cost, counted by tracing a child.
#include "fiber/io.hpp"
#include "fiber/process.hpp"
#include "tests/fiber/poller_loop.hpp"

#include <array>
#include <csignal>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace kindling;
using namespace kindling::fiber;

namespace {

/// Begins and ends what is counted; nothing else calls it.
void mark() {
    ::syscall(SYS_getppid);
}

using Calls = std::vector<long>;

/// Whether the thread sanitizer makes the call `number` for itself: it maps its shadow when it
/// comes to need it.
bool is_of_sanitizer([[maybe_unused]] long number) {
#ifdef __SANITIZE_THREAD__
    return number == SYS_mmap || number == SYS_munmap || number == SYS_madvise;
#else
    return false;
#endif
}

/// The numbers of the system calls that `function` makes between two marks, on a fiber of a child.
template <class Function>
Calls traced(const PollerChoice& choice, Function function) {
    pid_t child = ::fork();
    if (child == 0) {
        auto poller = make_poller(choice);
        if (!poller || ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(1);
        ::raise(SIGSTOP);
        Loop loop(*poller);
        auto result = loop.run("first", function);
        ::_exit(result ? 0 : 2);
    }
    Calls calls;
    int marks = 0, status = 0;
    bool is_entry = true;
    REQUIRE(::waitpid(child, &status, 0) == child);
    ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    while (!WIFEXITED(status) && !WIFSIGNALED(status)) {
        bool is_call = WIFSTOPPED(status) && WSTOPSIG(status) == (SIGTRAP | 0x80);
        if (is_call && is_entry) {
            __ptrace_syscall_info info{};
            ::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info);
            auto number = static_cast<long>(info.entry.nr);
            if (number == SYS_getppid)
                marks++;
            else if (marks == 1 && !is_of_sanitizer(number))
                calls.push_back(number);
        }
        if (is_call) is_entry = !is_entry;
        ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
        REQUIRE(::waitpid(child, &status, 0) == child);
    }
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    CHECK(marks == 2);
    return calls;
}

constexpr PollerChoice real_pollers[] = {{"epoll"}, {"io_uring"}};

/// What `function` makes on each of the real pollers that the kernel allows.
template <class Function, class Check>
void on_each_real_poller(Function function, Check check) {
    auto choice = GENERATE(from_range(std::begin(real_pollers), std::end(real_pollers)));
    INFO(choice);
    if (make_poller(choice)) check(traced(choice, function));
}

} // namespace

TEST_CASE("a read of what is ready is one system call", "[fiber][calls]") {
    auto function = []() -> Result<void> {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return Error{Errc::io, "no sockets"};
        std::array<std::byte, 1> one{};
        TRY(send(ends[0], one));
        mark();
        TRY(recv(ends[1], one));
        mark();
        return {};
    };
    on_each_real_poller(function, [](const Calls& calls) { CHECK(calls == Calls{SYS_recvfrom}); });
}

TEST_CASE("a pipe of one's own is read by the plain call", "[fiber][calls]") {
    auto function = []() -> Result<void> {
        int ends[2];
        if (::pipe(ends) != 0) return Error{Errc::io, "no pipe"};
        TRY(keep_from_blocking(ends[0]));
        std::array<std::byte, 1> one{};
        TRY(write(ends[1], one));
        mark();
        TRY(read(ends[0], one));
        mark();
        return {};
    };
    on_each_real_poller(function, [](const Calls& calls) { CHECK(calls == Calls{SYS_read}); });
}

TEST_CASE("a read that waits is at most three system calls", "[fiber][calls]") {
    auto function = []() -> Result<void> {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return Error{Errc::io, "no sockets"};
        Group group;
        TRY(group.spawn("reader", [&]() -> Result<void> {
            std::array<std::byte, 1> one{};
            TRY(recv(ends[1], one)); // the first one makes the descriptor known
            mark();
            TRY(recv(ends[1], one));
            mark();
            return {};
        }));
        std::array<std::byte, 1> one{};
        for (int i = 0; i < 2; i++) {
            TRY(this_fiber::sleep_for_us(1000));
            TRY(send(ends[0], one));
        }
        return group.wait();
    };
    // One more is that of the fiber that sends, and one the sleep that lets the other wait.
    on_each_real_poller(function, [](const Calls& calls) { CHECK(calls.size() <= 3 + 2); });
}

TEST_CASE("an idle turn is one system call", "[fiber][calls]") {
    auto function = []() -> Result<void> {
        TRY(this_fiber::sleep_for_us(1000)); // what is set up once is set up then
        mark();
        // So long that it is not over before the loop comes to wait, on a busy machine either.
        TRY(this_fiber::sleep_for_us(100'000));
        mark();
        return {};
    };
    on_each_real_poller(function, [](const Calls& calls) { CHECK(calls.size() == 1); });
}

TEST_CASE("switching makes no system call", "[fiber][calls]") {
    auto function = []() -> Result<void> {
        Group group;
        for (int i = 0; i < 8; i++)
            TRY(group.spawn("child", [i]() -> Result<void> {
                for (int turn = 0; turn < 100; turn++) {
                    if (i == 0 && (turn == 1 || turn == 99)) mark();
                    TRY(this_fiber::yield());
                }
                return {};
            }));
        return group.wait();
    };
    on_each_real_poller(function, [](const Calls& calls) { CHECK(calls.empty()); });
}

TEST_CASE("a wait for a child is one system call where the ring can do it", "[fiber][calls]") {
    auto [choice, calls_max] = GENERATE(table<PollerChoice, std::size_t>(
        {{{"io_uring"}, 1}, {{"io_uring", "waitid"}, 4}, {{"epoll"}, 5}}));
    INFO(choice);
    auto poller = make_poller(choice);
    if (!poller) return;
    if (calls_max == 1 && !poller->can_do(Operation::Kind::waitid))
        return skip("no IORING_OP_WAITID here");
    auto calls = traced(choice, []() -> Result<void> {
        Pipe input = TRY(make_pipe());
        Command command;
        command.arguments = {"cat"};
        command.descriptors = {{input.read_end.get(), 0}};
        Process child = TRY(Process::spawn(command));
        TRY(this_fiber::sleep_for_us(1)); // what is set up once is set up then
        Group group;
        TRY(group.spawn("parent", [&]() -> Result<void> {
            mark();
            TRY(child.wait());
            mark();
            return {};
        }));
        // Two more calls: the idle turn that lets the other fiber wait, and closing.
        TRY(this_fiber::sleep_for_us(1000));
        input.write_end = host::Fd();
        return group.wait();
    });
    CAPTURE(calls);
    CHECK(calls.size() <= calls_max + 2);
}
