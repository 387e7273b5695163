// SPDX-License-Identifier: MIT
#include "fiber/signals.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/poller_loop.hpp"

#include <array>

using namespace kindling;
using namespace kindling::fiber;

namespace {

bool is_blocked(int number) {
    sigset_t mask;
    ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
    return ::sigismember(&mask, number) == 1;
}

constexpr std::array user_signals{SIGUSR1, SIGUSR2};

} // namespace

TEST_CASE("a signal that is there already is given at once", "[fiber][signals]") {
    on_each_poller([]() -> Result<void> {
        SignalSet signals = TRY(SignalSet::create(user_signals));
        ::raise(SIGUSR2);
        CHECK(TRY(signals.next()) == SIGUSR2);
        return {};
    });
}

TEST_CASE("a fiber waits for a signal while others run", "[fiber][signals]") {
    on_each_poller([]() -> Result<void> {
        SignalSet signals = TRY(SignalSet::create(user_signals));
        std::vector<int> got;
        Group group;
        TRY(group.spawn("signals", [&]() -> Result<void> {
            for (int i = 0; i < 3; i++) got.push_back(TRY(signals.next()));
            return {};
        }));
        TRY(this_fiber::sleep_for_us(10));
        for (int number : {SIGUSR1, SIGUSR2, SIGUSR1}) {
            CHECK(group.running_count() == 1);
            ::raise(number);
            TRY(this_fiber::sleep_for_us(10));
        }
        TRY(group.wait());
        CHECK(got.size() == 3);
        return {};
    });
}

TEST_CASE("who waits for a signal can be interrupted, and takes none", "[fiber][signals]") {
    on_each_poller([]() -> Result<void> {
        SignalSet signals = TRY(SignalSet::create(user_signals));
        {
            Deadline soon(Deadline::in_us(50));
            CHECK(signals.next().error().code == Errc::timed_out);
            ::raise(SIGUSR1);
            CHECK(signals.next().error().code == Errc::timed_out);
        }
        CHECK(TRY(signals.next()) == SIGUSR1);
        return {};
    });
}

TEST_CASE("signals are blocked as long as the set lives, and no longer", "[fiber][signals]") {
    REQUIRE_FALSE(is_blocked(SIGUSR1));
    sigset_t mask;
    ::sigemptyset(&mask);
    ::sigaddset(&mask, SIGUSR2);
    ::pthread_sigmask(SIG_BLOCK, &mask, nullptr);
    {
        auto signals = SignalSet::create(user_signals);
        REQUIRE(signals);
        CHECK(is_blocked(SIGUSR1));
        CHECK_FALSE(is_blocked(SIGCHLD));
        SignalSet moved(std::move(*signals));
        CHECK(is_blocked(SIGUSR1));
    }
    CHECK_FALSE(is_blocked(SIGUSR1));
    CHECK(is_blocked(SIGUSR2)); // It was before.
    ::pthread_sigmask(SIG_UNBLOCK, &mask, nullptr);
}

TEST_CASE("off a fiber waiting for a signal blocks", "[fiber][signals]") {
    auto signals = SignalSet::create(user_signals);
    REQUIRE(signals);
    ::raise(SIGUSR1);
    auto got = signals->next();
    REQUIRE(got);
    CHECK(*got == SIGUSR1);
}

TEST_CASE("signals that cannot be waited for are refused", "[fiber][signals]") {
    auto refused = GENERATE(std::vector<int>{}, std::vector<int>{SIGUSR1, SIGCHLD},
                            std::vector<int>{SIGKILL}, std::vector<int>{SIGSTOP},
                            std::vector<int>{0}, std::vector<int>{-1}, std::vector<int>{1000});
    auto signals = SignalSet::create(refused);
    REQUIRE_FALSE(signals);
    CHECK(signals.error().code == Errc::invalid);
    CHECK_FALSE(is_blocked(SIGUSR1));
}
