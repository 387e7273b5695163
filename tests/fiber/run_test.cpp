// SPDX-License-Identifier: MIT
#include "fiber/event.hpp"
#include "fiber/fiber.hpp"
#include "fiber/group.hpp"
#include "fiber/io.hpp"
#include "fiber/poller.hpp"
#include "fiber/run.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/log_lines.hpp"
#include "tests/skip.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

using namespace kindling;
using namespace kindling::fiber;

namespace {

constexpr unsigned life_max_s = 60; ///< of a child that hangs

/// A process that talks to the test one character at a time, and that the test sends signals to.
class Child {
public:
    /// What the process does; what it returns is its exit status.
    using Work = int (*)(Child& self);

    explicit Child(Work work) {
        int down[2], up[2];
        REQUIRE(::pipe(down) == 0);
        REQUIRE(::pipe(up) == 0);
        pid_ = ::fork();
        REQUIRE(pid_ >= 0);
        bool is_child = pid_ == 0;
        in_ = host::Fd(is_child ? down[0] : up[0]);
        out_ = host::Fd(is_child ? up[1] : down[1]);
        ::close(is_child ? up[0] : down[0]);
        ::close(is_child ? down[1] : up[1]);
        if (!is_child) return;
        // What the test framework does at a signal is not for this process.
        for (int number : {SIGINT, SIGTERM}) std::signal(number, SIG_DFL);
        ::alarm(life_max_s);
        ::_exit(work(*this));
    }
    Child(const Child&) = delete;
    ~Child() {
        if (pid_ > 0) end();
    }

    void say(char c) const { (void)!::write(out_.get(), &c, 1); }
    /// '-' at the end.
    char hear() const {
        char c = '-';
        (void)!::read(in_.get(), &c, 1);
        return c;
    }
    int input() const { return in_.get(); }

    void send(int signal) const { ::kill(pid_, signal); }

    /// "exit 3" or "signal 15".
    std::string end() {
        int status = 0;
        while (::waitpid(std::exchange(pid_, -1), &status, 0) < 0 && errno == EINTR) {
        }
        return WIFEXITED(status) ? "exit " + std::to_string(WEXITSTATUS(status))
                                 : "signal " + std::to_string(WTERMSIG(status));
    }

private:
    pid_t pid_ = -1;
    host::Fd in_, out_;
};

/// Waits for what the test never says.
Result<void> wait_for_nothing(const Child& self) {
    std::byte byte;
    TRY(read(self.input(), {&byte, 1}));
    return Error{Errc::invalid, "the test spoke"};
}

/// Runs the rest of the test on each poller that the kernel allows.
bool choose_poller() {
    std::string name = GENERATE("", "epoll", "io_uring");
    INFO(name);
    if (name == "io_uring" && !create_io_uring_poller()) {
        skip("no io_uring here");
        return false;
    }
    ::setenv("KINDLING_POLLER", name.c_str(), 1);
    return true;
}

struct Unset {
    ~Unset() { ::unsetenv("KINDLING_POLLER"); }
};

} // namespace

TEST_CASE("a run gives what its function returned", "[fiber][run]") {
    Unset unset;
    if (!choose_poller()) return;
    std::string name;
    Outcome good = run("verb", [&]() -> Result<void> {
        name = this_fiber::name();
        return this_fiber::sleep_for_us(1);
    });
    CHECK(name == "verb");
    CHECK(good.result.has_value());
    CHECK(good.exit_status() == 0);
    Outcome bad = run("verb", []() -> Result<void> { return Error{Errc::io, "broken"}; });
    REQUIRE_FALSE(bad.result);
    CHECK(bad.result.error().code == Errc::io);
    CHECK(bad.signal == 0);
    CHECK_FALSE(bad.was_stopped());
    CHECK(bad.exit_status() == 1);
}

TEST_CASE("a verb that waits for what never comes is told so, though signals are waited for",
          "[fiber][run]") {
    LogLines log;
    Event never;
    Outcome outcome = run("stuck", [&] { return never.wait(); });
    REQUIRE_FALSE(outcome.result);
    CHECK(outcome.result.error().code == Errc::deadlock);
    CHECK(outcome.exit_status() == EXIT_FAILURE);
    CHECK(LogLines::count("stuck") > 0);
}

TEST_CASE("an unknown poller is an error, and nothing runs", "[fiber][run]") {
    Unset unset;
    ::setenv("KINDLING_POLLER", "kqueue", 1);
    bool has_run = false;
    Outcome outcome = run("verb", [&]() -> Result<void> {
        has_run = true;
        return {};
    });
    REQUIRE_FALSE(outcome.result);
    CHECK(outcome.result.error().code == Errc::invalid);
    CHECK_FALSE(has_run);
}

TEST_CASE("a signal cancels a verb that waits, and the status tells which", "[fiber][run]") {
    Unset unset;
    if (!choose_poller()) return;
    int signal = GENERATE(SIGINT, SIGTERM);
    Child child([](Child& self) {
        Outcome outcome = run("verb", [&]() -> Result<void> {
            self.say('r');
            auto waited = wait_for_nothing(self);
            self.say('u'); // unwinding
            return waited;
        });
        return outcome.exit_status();
    });
    CHECK(child.hear() == 'r');
    child.send(signal);
    CHECK(child.hear() == 'u');
    CHECK(child.end() == "exit " + std::to_string(128 + signal));
}

TEST_CASE("a signal reaches a verb that only computes, where it yields", "[fiber][run]") {
    Unset unset;
    if (!choose_poller()) return;
    Child child([](Child& self) {
        Outcome outcome = run("verb", [&]() -> Result<void> {
            self.say('r');
            for (;;) TRY(this_fiber::yield());
        });
        return outcome.exit_status();
    });
    CHECK(child.hear() == 'r');
    child.send(SIGINT);
    CHECK(child.end() == "exit 130");
}

TEST_CASE("a signal from before the first wait counts", "[fiber][run]") {
    Unset unset;
    if (!choose_poller()) return;
    Child child([](Child& self) {
        Outcome outcome = run("verb", [&]() -> Result<void> {
            ::raise(SIGTERM);
            return wait_for_nothing(self);
        });
        return outcome.exit_status();
    });
    CHECK(child.end() == "exit 143");
}

TEST_CASE("all that a stopped verb started has unwound when the run ends", "[fiber][run]") {
    Unset unset;
    if (!choose_poller()) return;
    Child child([](Child& self) {
        int unwound = 0;
        Outcome outcome = run("verb", [&]() -> Result<void> {
            Group group;
            for (int i = 0; i < 10; i++)
                TRY(group.spawn("deep", [&]() -> Result<void> {
                    auto waited = this_fiber::sleep_for_us(1'000'000'000);
                    Shield shield;
                    TRY(this_fiber::sleep_for_us(1));
                    unwound++;
                    return waited;
                }));
            TRY(this_fiber::yield());
            self.say('r');
            return group.wait();
        });
        return unwound == 10 ? outcome.exit_status() : unwound;
    });
    CHECK(child.hear() == 'r');
    child.send(SIGINT);
    CHECK(child.end() == "exit 130");
}

TEST_CASE("a second signal ends a process that hangs in its clean-up", "[fiber][run]") {
    Unset unset;
    if (!choose_poller()) return;
    int second = GENERATE(SIGINT, SIGTERM);
    Child child([](Child& self) {
        Outcome outcome = run("verb", [&]() -> Result<void> {
            self.say('r');
            auto waited = wait_for_nothing(self);
            Shield shield(never_ns);
            self.say('u');
            TRY(wait_for_nothing(self));
            return waited;
        });
        return outcome.exit_status();
    });
    CHECK(child.hear() == 'r');
    child.send(SIGINT);
    CHECK(child.hear() == 'u');
    child.send(second);
    CHECK(child.end() == "signal " + std::to_string(second));
}

TEST_CASE("a verb that ends in good order after a signal was not stopped", "[fiber][run]") {
    Unset unset;
    if (!choose_poller()) return;
    Child child([](Child& self) {
        Outcome outcome = run("verb", [&]() -> Result<void> {
            self.say('r');
            (void)wait_for_nothing(self);
            return {};
        });
        return outcome.signal == SIGTERM && !outcome.was_stopped() ? outcome.exit_status() : 99;
    });
    CHECK(child.hear() == 'r');
    child.send(SIGTERM);
    CHECK(child.end() == "exit 0");
}

TEST_CASE("a signal that nobody took does its work when the run has ended", "[fiber][run]") {
    Unset unset;
    if (!choose_poller()) return;
    Child child([](Child&) {
        (void)run("verb", []() -> Result<void> {
            ::raise(SIGTERM);
            return {}; // without a wait
        });
        return 99;
    });
    CHECK(child.end() == "signal 15");
}

TEST_CASE("a signal that was ignored before a run stays so", "[fiber][run]") {
    Unset unset;
    if (!choose_poller()) return;
    Child child([](Child& self) {
        std::signal(SIGINT, SIG_IGN);
        Outcome outcome = run("verb", [&]() -> Result<void> {
            self.say('r');
            std::byte byte;
            TRY(read(self.input(), {&byte, 1}));
            return {};
        });
        return outcome.signal == 0 ? outcome.exit_status() : 99;
    });
    CHECK(child.hear() == 'r');
    child.send(SIGINT);
    child.say('g');
    CHECK(child.end() == "exit 0");
}

TEST_CASE("after a run signals do what they did before", "[fiber][run]") {
    Unset unset;
    if (!choose_poller()) return;
    Child child([](Child& self) {
        (void)run("verb", []() -> Result<void> { return this_fiber::yield(); });
        self.say('r');
        self.hear();
        return 99;
    });
    CHECK(child.hear() == 'r');
    child.send(SIGINT);
    CHECK(child.end() == "signal 2");
}
