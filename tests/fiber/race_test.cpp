// SPDX-License-Identifier: MIT
#include "fiber/race.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/virtual_loop.hpp"

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

namespace {

template <class T>
std::string text_of(const Result<T>& result) {
    return result ? std::to_string(*result) : to_text(result.error().code);
}

/// Sleeps and then gives the result, unless it is cancelled.
auto after(std::uint64_t us, Result<int> result) {
    return [us, result]() -> Result<int> {
        TRY(this_fiber::sleep_for_us(us));
        return result;
    };
}

const Error io_error{Errc::io, "broken"};

} // namespace

TEST_CASE("waiting for all ends with the last, or at the first error", "[fiber][race]") {
    bool has_error = GENERATE(true, false);
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Group group{Policy::all_settled};
        auto ten = TRY(group.spawn_future("ten", after(10, 1)));
        auto twenty = TRY(group.spawn_future(
            "twenty", after(20, has_error ? Result<int>(io_error) : Result<int>(2))));
        auto thirty = TRY(group.spawn_future("thirty", after(30, 3)));
        here.say(fiber::text_of(when_all(thirty, ten, twenty)));
        for (Future<int>* each : {&ten, &twenty, &thirty}) here.say(text_of(each->result()));
        return {};
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == (has_error
                              ? Said{"input/output error", "1", "input/output error", "cancelled"}
                              : Said{"ok", "1", "2", "3"}));
    CHECK(here.now_us() == 1'000'000 + (has_error ? 20 : 30));
}

TEST_CASE("waiting for any ends with the first, and the others are cancelled", "[fiber][race]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Group group{Policy::all_settled};
        auto thirty = TRY(group.spawn_future("thirty", after(30, 3)));
        auto ten = TRY(group.spawn_future("ten", after(10, io_error)));
        here.say(text_of(when_any(thirty, ten)));
        here.say(text_of(thirty.result()));
        here.say(text_of(ten.result()));
        return {};
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"1", "cancelled", "input/output error"});
    CHECK(here.now_us() == 1'000'000 + 10);
}

TEST_CASE("an interrupted wait for some futures cancels them", "[fiber][race]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Group group{Policy::all_settled};
        for (bool is_any : {true, false}) {
            auto slow = TRY(group.spawn_future("slow", after(1000, 1)));
            auto slower = TRY(group.spawn_future("slower", after(2000, 1)));
            Deadline limit(Deadline::in_us(10));
            if (is_any)
                here.say(text_of(when_any(slow, slower)));
            else
                here.say(fiber::text_of(when_all(slow, slower)));
            here.say(text_of(slow.result()) + ", " + text_of(slower.result()));
        }
        return {};
    });
    CHECK(outcome.has_value());
    CHECK(here.said() ==
          Said{"timed out", "cancelled, cancelled", "timed out", "cancelled, cancelled"});
    CHECK(here.now_us() == 1'000'000 + 20);
}

TEST_CASE("a race has the result of the first to end", "[fiber][race]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        here.say(text_of(race(after(30, 3), after(10, 1), after(20, 2))));
        here.say(text_of(race(after(10, io_error), after(20, 2))));
        here.say(text_of(race([] { return 5; })));
        Deadline limit(Deadline::in_us(10));
        here.say(text_of(race(after(10'000, 1), after(20'000, 2))));
        here.say(text_of(race([] { return 5; })));
        return {};
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"1", "input/output error", "5", "timed out", "timed out"});
    CHECK(here.now_us() == 1'000'000 + 30);
}
