// SPDX-License-Identifier: MIT
#include "fiber/callback.hpp"
#include "fiber/future.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/virtual_loop.hpp"

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

namespace {

/// Says a word, and that it runs on no fiber.
auto word(VirtualLoop& here, std::string text) {
    return FunctionCallback([&here, text = std::move(text)] {
        here.say(text + (here.loop().running() ? " on a fiber" : ""));
    });
}

} // namespace

TEST_CASE("a callback runs later and once, whether the result is there or not",
          "[fiber][callback]") {
    bool is_early = GENERATE(true, false);
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Future<int> future;
        Promise<int> promise(future);
        if (is_early) promise.resolve(1);
        auto first = word(here, "first"), second = word(here, "second");
        future.notify(first);
        future.notify(second);
        CHECK(first.is_registered());
        if (!is_early) {
            TRY(this_fiber::yield());
            promise.resolve(1);
        }
        here.say("resolved");
        TRY(this_fiber::yield());
        CHECK_FALSE(first.is_registered());
        TRY(this_fiber::sleep_for_us(10));
        return {};
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"resolved", "first", "second"});
}

TEST_CASE("a callback that is destroyed before it is due never runs", "[fiber][callback]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Future<int> future;
        Promise<int> promise(future);
        auto first = word(here, "first"), third = word(here, "third");
        future.notify(first);
        {
            auto waiting = word(here, "waiting");
            future.notify(waiting);
        }
        auto say_due = [&] { here.say("due"); };
        std::optional<FunctionCallback<decltype(say_due)>> due(std::in_place, say_due);
        future.notify(*due);
        future.notify(third);
        promise.resolve(1);
        due.reset();
        return this_fiber::yield();
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"first", "third"});
}

TEST_CASE("a callback has the priority of the fiber that registered it", "[fiber][callback]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Future<int> future;
        Promise<int> promise(future);
        auto low = word(here, "low"), high = word(here, "high");
        Group group;
        TRY(group.spawn(
            "low", [&] { future.notify(low); }, 6));
        TRY(group.spawn(
            "high", [&] { future.notify(high); }, 1));
        TRY(group.wait());
        Group others;
        for (Priority priority : {Priority{5}, Priority{7}, Priority{0}})
            TRY(others.spawn(
                "other", [&, priority] { here.say(std::to_string(priority)); }, priority));
        promise.resolve(1);
        return others.wait();
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"0", "high", "5", "low", "7"});
}

TEST_CASE("a callback runs once also when the loop ends", "[fiber][callback]") {
    enum class Moment { before, between, after };
    Moment exit = GENERATE(Moment::before, Moment::between, Moment::after);
    bool is_early = GENERATE(true, false);
    VirtualLoop here;
    auto last = word(here, "last");
    auto outcome = here.run([&]() -> Result<void> {
        Future<int> future;
        Promise<int> promise(future);
        if (exit == Moment::before) here.loop().request_exit();
        if (is_early) promise.resolve(1);
        future.notify(last);
        if (exit == Moment::between) here.loop().request_exit();
        if (!is_early) promise.resolve(1);
        if (exit == Moment::after) here.loop().request_exit();
        here.say("returns");
        return {};
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"returns", "last"});
}

TEST_CASE("a callback may destroy the future, itself, and others", "[fiber][callback]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        std::optional<Future<int>> future(std::in_place);
        Promise<int> promise(*future);
        struct Erased : Callback {
            explicit Erased(std::unique_ptr<Callback>& owner) : owner_(owner) {}
            void run() override { owner_.reset(); }
            std::unique_ptr<Callback>& owner_;
        };
        std::unique_ptr<Callback> self, other;
        self = std::make_unique<Erased>(self);
        other = std::make_unique<Erased>(other);
        FunctionCallback all([&] {
            here.say("all");
            future.reset();
            other.reset();
        });
        future->notify(all);
        future->notify(*self);
        future->notify(*other);
        promise.resolve(1);
        TRY(this_fiber::yield());
        CHECK_FALSE(self);
        return {};
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"all"});
}

TEST_CASE("callbacks that make each other due do not stop the clock", "[fiber][callback]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Future<int> future;
        Promise<int>(future).resolve(1);
        struct Again : Callback {
            Again(Future<int>& resolved, VirtualLoop& loop) : future(resolved), here(loop) {}
            void run() override {
                here.poller().advance_ns(1000);
                if (++count < 1000) future.notify(*this);
            }
            Future<int>& future;
            VirtualLoop& here;
            int count = 0;
        } again(future, here);
        future.notify(again);
        TRY(this_fiber::sleep_for_us(500));
        here.say(again.count < 900 ? "in time" : "late");
        TRY(this_fiber::sleep_for_us(1000));
        CHECK(again.count == 1000);
        return {};
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"in time"});
}

TEST_CASE("a future can be made of another", "[fiber][future]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Group group{Policy::all_settled};
        auto number = TRY(group.spawn_future("number", []() -> Result<int> {
            TRY(this_fiber::yield());
            return 20;
        }));
        auto text = then(then(std::move(number), [](Result<int> value) { return *value + 1; }),
                         [&](Result<int> value) -> Result<std::string> {
                             CHECK_FALSE(here.loop().running());
                             return std::to_string(TRY(value));
                         });
        here.say(TRY(join(std::move(text))));

        auto failing = TRY(group.spawn_future("failing", []() -> Result<int> {
            return Error{Errc::io, "broken"};
        }));
        auto handled = then(std::move(failing), [](Result<int> value) -> Result<void> {
            TRY(value);
            return {};
        });
        here.say(text_of(join(std::move(handled))));

        auto slow = TRY(group.spawn_future("slow", []() -> Result<int> {
            TRY(this_fiber::sleep_for_us(1000));
            return 1;
        }));
        {
            auto abandoned = then(std::move(slow), [&](Result<int> value) {
                here.say(value ? "a value" : to_text(value.error().code));
            });
            TRY(this_fiber::sleep_for_us(1));
        }
        here.say("gone");
        return {};
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"21", "input/output error", "cancelled", "gone"});
    CHECK(here.now_us() == 1'000'000 + 1);
}
