// SPDX-License-Identifier: MIT
#include "fiber/dump.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/child_process.hpp"
#include "tests/fiber/log_lines.hpp"
#include "tests/fiber/virtual_loop.hpp"

#include <atomic>
#include <csignal>
#include <thread>

using namespace kindling;
using namespace kindling::fiber;

namespace {

/// The signal does what it did before when this ends.
class DumpOn {
public:
    explicit DumpOn(int signal) : signal_(signal) {
        ::sigaction(signal, nullptr, &before_);
        is_installed_ = dump_on_signal(signal).has_value();
    }
    ~DumpOn() { ::sigaction(signal_, &before_, nullptr); }
    bool is_installed() const { return is_installed_; }

private:
    int signal_;
    struct sigaction before_ = {};
    bool is_installed_;
};

} // namespace

TEST_CASE("a signal makes the loop dump when its turn ends", "[fiber][dump]") {
    DumpOn usr1(SIGUSR1);
    REQUIRE(usr1.is_installed());
    VirtualLoop here;
    LogLines lines;
    std::size_t at_once = 0, after_wait = 0;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        TRY(group.spawn("sleeper", [] { return this_fiber::sleep_for_us(1000); }));
        TRY(this_fiber::yield());
        ::raise(SIGUSR1);
        at_once = lines.all().size();
        TRY(this_fiber::yield());
        after_wait = lines.all().size();
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(at_once == 0);
    CHECK(after_wait > at_once);
    CHECK(lines.count("loop of 2 fibers") == 1);
    CHECK(lines.count("waits for sleep") == 1);
}

TEST_CASE("a fiber that runs when the signal comes is named at once", "[fiber][dump]") {
    Ended ended = end_of_child([] {
        DumpOn usr1(SIGUSR1);
        VirtualLoop here;
        static_cast<void>(here.run([] {
            ::raise(SIGUSR1);
            ::_exit(0); // It never comes back to the loop.
        }));
    });
    CHECK(ended.signal == 0);
    CHECK(ended.said == "fiber first runs; the dump follows when its turn ends\n");
}

TEST_CASE("a signal to the program reaches the loops of all threads", "[fiber][dump]") {
    DumpOn usr1(SIGUSR1);
    static std::atomic<int> dumps;
    dumps = 0;
    LogSink before = set_log_sink([](std::string_view line) {
        if (line.starts_with("loop of ")) dumps++;
    });
    std::atomic<int> running = 0;
    auto turn_until_dumped = [&] {
        VirtualLoop here;
        running++;
        CHECK(here.run([]() -> Result<void> {
                      while (dumps < 2) TRY(this_fiber::yield());
                      return {};
                  })
                  .has_value());
    };
    std::thread one(turn_until_dumped), other(turn_until_dumped);
    while (running < 2) std::this_thread::yield();
    ::kill(::getpid(), SIGUSR1);
    one.join();
    other.join();
    set_log_sink(before);
    CHECK(dumps == 2);
}

TEST_CASE("a signal that cannot be caught is refused", "[fiber][dump]") {
    for (int signal : {SIGKILL, 0, 1000}) {
        auto done = dump_on_signal(signal);
        REQUIRE_FALSE(done);
        CHECK(done.error().code == Errc::invalid);
    }
}
