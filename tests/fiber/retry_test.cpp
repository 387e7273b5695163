// SPDX-License-Identifier: MIT
#include "fiber/retry.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/virtual_loop.hpp"

#include <set>

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

namespace {

const RetryPolicy policy{.attempts_max = 4, .pause_us = 100, .pause_max_us = 300};

/// Fails so often before it succeeds.
struct Flaky {
    Result<int> operator()() {
        times_us.push_back(Loop::current()->now_ns() / 1000);
        if (times_us.size() > failures) return 7;
        return Error{Errc::io, "not yet", times_us.size()};
    }
    std::size_t failures;
    std::vector<std::uint64_t> times_us{};
};

} // namespace

TEST_CASE("what fails for a while is tried until it succeeds", "[fiber][retry]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Flaky flaky{.failures = 3};
        int value = TRY(retry(policy, std::ref(flaky)));
        CHECK(value == 7);
        REQUIRE(flaky.times_us.size() == 4);
        // 100, 200, then 300 and not 400, each at least half of that
        for (std::size_t i = 0; i < 3; i++) {
            std::uint64_t pause = flaky.times_us[i + 1] - flaky.times_us[i];
            CHECK(pause >= 50 * (i + 1));
            CHECK(pause <= 100 * (i + 1));
        }
        return {};
    });
    CHECK(text_of(result) == "ok");
}

TEST_CASE("the error of the last attempt is returned", "[fiber][retry]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Flaky flaky{.failures = 100};
        auto value = retry(policy, std::ref(flaky));
        REQUIRE_FALSE(value);
        CHECK(value.error().code == Errc::io);
        CHECK(value.error().where == 4);
        CHECK(flaky.times_us.size() == 4);
        return {};
    });
    CHECK(text_of(result) == "ok");
}

TEST_CASE("trying again never goes beyond a deadline, nor waits for it", "[fiber][retry]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Flaky flaky{.failures = 100};
        std::uint64_t began_us = here.now_us();
        auto value = with_deadline(120, [&] { return retry(policy, std::ref(flaky)); });
        REQUIRE_FALSE(value);
        CHECK(value.error().code == Errc::io);
        CHECK(flaky.times_us.size() == 2);
        CHECK(here.now_us() == flaky.times_us.back());
        CHECK(here.now_us() < began_us + 120);
        auto none = with_deadline(0, [&] { return retry(policy, std::ref(flaky)); });
        CHECK(none.error().code == Errc::timed_out);
        CHECK(flaky.times_us.size() == 2);
        return {};
    });
    CHECK(text_of(result) == "ok");
}

TEST_CASE("a cancellation ends the pause and the attempts", "[fiber][retry]") {
    VirtualLoop here;
    Flaky flaky{.failures = 100};
    auto result = here.run([&]() -> Result<void> {
        Group group{Policy::all_settled};
        TRY(group.spawn("child", [&]() -> Result<void> {
            TRY(retry(policy, std::ref(flaky)));
            return {};
        }));
        TRY(this_fiber::sleep_for_us(10));
        group.cancel();
        std::uint64_t cancelled_us = here.now_us();
        (void)group.wait();
        CHECK(here.now_us() == cancelled_us);
        return {};
    });
    CHECK(text_of(result) == "ok");
    CHECK(flaky.times_us.size() == 1);
}

TEST_CASE("pauses are spread by the random numbers of the loop", "[fiber][retry]") {
    auto times_by_seed = [](std::uint64_t seed) {
        VirtualLoop here;
        here.loop().random() = Random(seed);
        Flaky flaky{.failures = 100};
        (void)here.run([&] { (void)retry(policy, std::ref(flaky)); });
        return flaky.times_us;
    };
    CHECK(times_by_seed(1) == times_by_seed(1));
    std::set<std::vector<std::uint64_t>> different;
    for (std::uint64_t seed = 0; seed < 20; seed++) different.insert(times_by_seed(seed));
    CHECK(different.size() > 10);
}

TEST_CASE("a deadline around a function bounds what it waits for", "[fiber][scope]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        here.say(text_of(with_deadline(10, [] { return this_fiber::sleep_for_us(5); })));
        here.say(text_of(with_deadline(10, [] { return this_fiber::sleep_for_us(50); })));
        return this_fiber::yield();
    });
    CHECK(text_of(result) == "ok");
    CHECK(here.said() == Said{"ok", "timed out"});
}
