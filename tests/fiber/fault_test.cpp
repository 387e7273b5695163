// SPDX-License-Identifier: MIT
//
// What the system can refuse: each is made to happen in a child, by a filter of system calls, a
// storm of signals, or limits.
#include "fiber/io.hpp"
#include "fiber/process.hpp"
#include "tests/fiber/poller_loop.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace kindling;
using namespace kindling::fiber;

namespace {

/// From now on the system call fails with `error`. With `is_sixth_needed` only if its sixth
/// argument is not 0: the flags of preadv2.
bool refuse(long number, int error, bool is_sixth_needed = false) {
    auto wanted = static_cast<std::uint32_t>(number);
    std::uint32_t sixth = offsetof(seccomp_data, args) + 5 * sizeof(std::uint64_t);
    sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, wanted, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, sixth),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, static_cast<std::uint8_t>(is_sixth_needed), 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    sock_fprog program{sizeof(filter) / sizeof(filter[0]), filter};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/// The exit status of a child that runs `function`; 128 and more for a signal.
template <class Function>
int in_child(Function function) {
    pid_t child = ::fork();
    if (child == 0) {
        ::alarm(60);
        ::_exit(function());
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Moves bytes through a pipe between two fibers; true if all arrive.
bool moves_bytes(const PollerChoice& choice) {
    auto poller = make_poller(choice);
    if (!poller) return false;
    Loop loop(*poller);
    constexpr std::size_t count = 300'000;
    std::size_t got = 0;
    auto result = loop.run("first", [&]() -> Result<void> {
        int ends[2];
        if (::pipe(ends) != 0) return Error{Errc::io, "no pipe"};
        host::Fd reader(ends[0]), writer(ends[1]);
        Group group;
        TRY(group.spawn("writer", [&]() -> Result<void> {
            std::array<std::byte, 100'000> block{};
            for (std::size_t done = 0; done < count;)
                done += TRY(
                    write(writer.get(), Bytes(block).first(std::min(block.size(), count - done))));
            writer = host::Fd();
            return {};
        }));
        std::array<std::byte, 700> part{};
        for (;;) {
            std::size_t size = TRY(read(reader.get(), part));
            if (size == 0) break;
            got += size;
            if (got % 7 == 0) TRY(this_fiber::sleep_for_us(1));
        }
        return group.wait();
    });
    return result && got == count;
}

constexpr PollerChoice real_pollers[] = {
    {"epoll"}, {"epoll", "epoll_pwait2"}, {"io_uring"}, {"io_uring", "defer_taskrun"}};

} // namespace

TEST_CASE("epoll is used where the kernel refuses io_uring", "[fiber][fault]") {
    int error = GENERATE(EPERM, ENOSYS, ENOMEM, EINVAL);
    CHECK(in_child([&] {
              if (!refuse(SYS_io_uring_setup, error)) return 77;
              auto asked = create_io_uring_poller();
              if (asked || asked.error().code != Errc::unsupported) return 1;
              auto poller = create_poller();
              return poller && (*poller)->describe().starts_with("epoll") ? 0 : 2;
          }) == 0);
}

TEST_CASE("what cannot be tried without blocking is waited for first", "[fiber][fault]") {
    auto choice = GENERATE(from_range(std::begin(real_pollers), std::end(real_pollers)));
    INFO(choice);
    if (!make_poller(choice)) return;
    CHECK(in_child([&] {
              if (!refuse(SYS_preadv2, EOPNOTSUPP, true) || !refuse(SYS_pwritev2, EOPNOTSUPP, true))
                  return 77;
              return moves_bytes(choice) ? 0 : 1;
          }) == 0);
}

TEST_CASE("an old kernel without a wait in nanoseconds is no obstacle", "[fiber][fault]") {
    int error = GENERATE(ENOSYS, EPERM);
    CHECK(in_child([&] {
              if (!refuse(SYS_epoll_pwait2, error)) return 77;
              return moves_bytes({"epoll"}) ? 0 : 1;
          }) == 0);
}

TEST_CASE("a storm of signals loses nothing", "[fiber][fault]") {
    auto choice = GENERATE(from_range(std::begin(real_pollers), std::end(real_pollers)));
    INFO(choice);
    if (!make_poller(choice)) return;
    CHECK(in_child([&] {
              struct sigaction action {};
              action.sa_handler = [](int) {};
              ::sigaction(SIGALRM, &action, nullptr); // without SA_RESTART
              itimerval often{{0, 200}, {0, 200}};
              ::setitimer(ITIMER_REAL, &often, nullptr);
              bool moved = moves_bytes(choice);
              ::setitimer(ITIMER_REAL, nullptr, nullptr);
              return moved ? 0 : 1;
          }) == 0);
}

TEST_CASE("an accept without descriptors left says so, and goes on later", "[fiber][fault]") {
    on_each_poller([]() -> Result<void> {
        Address address = TRY(unix_address("@kindling-fault-" + std::to_string(::getpid())));
        host::Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        REQUIRE(::bind(listener.get(), address.get(), address.size_bytes) == 0);
        REQUIRE(::listen(listener.get(), 8) == 0);
        host::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        TRY(connect(socket.get(), address));
        rlimit before{};
        ::getrlimit(RLIMIT_NOFILE, &before);
        host::Fd next_free(::dup(0));
        rlimit none{static_cast<rlim_t>(next_free.get()), before.rlim_max};
        next_free = host::Fd();
        ::setrlimit(RLIMIT_NOFILE, &none);
        auto refused = accept(listener.get());
        ::setrlimit(RLIMIT_NOFILE, &before);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().cause == EMFILE);
        CHECK(accept(listener.get()).has_value());
        return {};
    });
}

namespace {

/// The last line that this program says when it runs `cases` without io_uring.
std::string last_line_without_io_uring(const char* cases) {
    Pipe output = make_pipe().value();
    CHECK(in_child([&] {
              if (!refuse(SYS_io_uring_setup, EPERM)) return 77;
              ::dup2(output.write_end.get(), STDOUT_FILENO);
              return ::execl("/proc/self/exe", "fiber-test", cases, nullptr);
          }) == 0);
    output.write_end = host::Fd();
    std::string text(1 << 16, '\0');
    std::size_t size = read(output.read_end.get(), std::as_writable_bytes(std::span(text))).value();
    text.resize(size);
    std::size_t start = text.rfind('\n', size - 2);
    return text.substr(start + 1);
}

} // namespace

TEST_CASE("what would run on a poller that is refused counts as skipped", "[fiber][fault]") {
    CHECK(last_line_without_io_uring("a poll that nothing can end is refused,"
                                     "the smallest class with room is chosen") ==
          "1 passed, 0 failed, 1 skipped\n");
}
