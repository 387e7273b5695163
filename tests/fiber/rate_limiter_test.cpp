// SPDX-License-Identifier: MIT
#include "fiber/rate_limiter.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/death.hpp"
#include "tests/fiber/model.hpp"

#include <memory>

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

namespace {

/// Sees that in no window more is let through than may be: for all i <= j,
/// `count(i..j) <= burst + rate * (t_j - t_i)`, in billionths, without any rounding.
class Windows {
public:
    Windows(std::int64_t per_second, std::int64_t burst) : per_second_(per_second), burst_(burst) {}

    void let_through(std::uint64_t at_ns, std::uint64_t count) {
        std::int64_t earned = per_second_ * static_cast<std::int64_t>(at_ns - start_ns_);
        lowest_ = std::min(lowest_, used_ - earned);
        used_ += static_cast<std::int64_t>(count) * 1'000'000'000;
        if (used_ - earned - lowest_ > burst_ * 1'000'000'000) is_exceeded_ = true;
    }
    bool is_exceeded() const { return is_exceeded_; }

private:
    std::int64_t per_second_, burst_;
    std::uint64_t start_ns_ = Loop::current()->now_ns();
    std::int64_t used_ = 0;
    std::int64_t lowest_ = 0;
    bool is_exceeded_ = false;
};

/// 2,500 random calls by each of four fibers.
Result<void> use_at_random(RateLimiter& limiter, Windows& windows, std::uint64_t burst,
                           Random& random, std::uint64_t& let_through) {
    Group group;
    auto use = [&]() -> Result<void> {
        for (int i = 0; i < 2'500; i++) {
            std::uint64_t count = 1 + random.below(burst);
            bool waits = random.below(4) > 0;
            Interruptible limit(random.below(3) == 0 ? Deadline::in_us(random.below(100))
                                                     : never_ns);
            if (random.below(50) == 0) limit.cancel_inside();
            auto used = waits ? limiter.acquire(count) : limiter.try_acquire(count);
            if (used) {
                windows.let_through(Loop::current()->now_ns(), count);
                let_through += count;
            }
            if (random.below(20) == 0) {
                Shield shield;
                TRY(this_fiber::sleep_for_us(random.below(50)));
            }
        }
        return {};
    };
    for (int i = 0; i < 4; i++) TRY(group.spawn("user", use));
    return group.wait();
}

} // namespace

TEST_CASE("no window ever has more than the rate and a burst", "[fiber][rate_limiter][model]") {
    std::uint64_t seed = model_seed();
    INFO("replay with KINDLING_TEST_SEED=" << seed);
    auto [per_second, burst] = GENERATE(table<std::uint64_t, std::uint64_t>({
        {1'000'000, 1},
        {300'000, 7},
        {7'777'777, 3},
        {999'999'937, 100},
        {11, 2},
    }));
    std::uint64_t rate = per_second, size = burst;
    for (int round = 0; round < 2; round++) {
        VirtualLoop here;
        Random random(seed + rate + static_cast<std::uint64_t>(round));
        auto result = here.run([&]() -> Result<void> {
            RateLimiter limiter(rate, size);
            Windows windows(static_cast<std::int64_t>(rate), static_cast<std::int64_t>(size));
            std::uint64_t let_through = 0;
            TRY(use_at_random(limiter, windows, size, random, let_through));
            CHECK_FALSE(windows.is_exceeded());
            CHECK(let_through > size);
            return {};
        });
        CHECK(text_of(result) == "ok");
    }
}

TEST_CASE("a rate is kept to the nanosecond, without drift", "[fiber][rate_limiter]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        RateLimiter limiter(3, 2);
        std::uint64_t began_ns = here.loop().now_ns();
        for (int i = 0; i < 3'002; i++) {
            TRY(limiter.acquire());
            if (i % 7 == 0) TRY(this_fiber::sleep_for_us(100'000)); // late, and that costs nothing
        }
        CHECK(here.loop().now_ns() == began_ns + 1'000 * std::uint64_t{1'000'000'000} + 1);
        return {};
    });
    CHECK(text_of(result) == "ok");
}

TEST_CASE("who asked first is let through first, whatever the size", "[fiber][rate_limiter]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        RateLimiter limiter(1'000, 5);
        TRY(limiter.try_acquire(5));
        Group group;
        for (std::uint64_t count : {4, 1, 3}) {
            auto ask = [&, count]() -> Result<void> {
                TRY(limiter.acquire(count));
                here.say(std::to_string(count) + " at " + std::to_string(here.now_us() / 1000));
                return {};
            };
            TRY(group.spawn("each", ask));
        }
        TRY(this_fiber::sleep_for_us(4'500));
        here.say(text_of(limiter.try_acquire())); // one would fit, but others wait
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"4 at 1004", "would have to wait", "1 at 1005", "3 at 1008"});
}

TEST_CASE("those behind one that is interrupted move up", "[fiber][rate_limiter]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        RateLimiter limiter(1'000, 5);
        TRY(limiter.try_acquire(5));
        Group group;
        TRY(group.spawn("impatient", [&] {
            Deadline limit(Deadline::in_us(2'000));
            here.say(text_of(limiter.acquire(5)));
        }));
        TRY(group.spawn("patient", [&]() -> Result<void> {
            TRY(limiter.acquire(3));
            here.say("at " + std::to_string(here.now_us() / 1000));
            return {};
        }));
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"timed out", "at 1003"});
}

TEST_CASE("a new rate holds for those whose turn comes later", "[fiber][rate_limiter]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        RateLimiter limiter(1'000, 1);
        TRY(limiter.acquire());
        limiter.set_rate(10);
        TRY(limiter.acquire());
        here.say(std::to_string(here.now_us() / 1000));
        limiter.set_rate(1'000);
        TRY(limiter.acquire());
        here.say(std::to_string(here.now_us() / 1000));
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said().size() == 2);
}

TEST_CASE("what can never be let through is refused at once", "[fiber][rate_limiter]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        RateLimiter limiter(1, RateLimiter::burst_max);
        here.say(text_of(limiter.acquire(RateLimiter::burst_max + 1)));
        here.say(text_of(limiter.try_acquire(~std::uint64_t{0})));
        TRY(limiter.acquire(RateLimiter::burst_max));
        RateLimiter fast(RateLimiter::per_second_max, 1);
        TRY(fast.acquire());
        TRY(fast.acquire(0));
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said().size() == 2);
    CHECK(here.said()[0] == here.said()[1]);
    CHECK(last_words([] { RateLimiter limiter(0, 1); }) != "");
    CHECK(last_words([] { RateLimiter limiter(1, 0); }) != "");
    CHECK(last_words([] { RateLimiter limiter(RateLimiter::per_second_max + 1, 1); }) != "");
}
