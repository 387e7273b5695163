// SPDX-License-Identifier: MIT
#include "fiber/group.hpp"

#include "fiber/event.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/virtual_loop.hpp"

#include <memory>

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

namespace {

/// A child that sleeps and then ends so.
auto child(std::uint64_t us, Result<void> result, VirtualLoop& here) {
    return [us, result, &here]() -> Result<void> {
        auto slept = this_fiber::sleep_for_us(us);
        here.say(std::to_string(us) + " " + text_of(slept));
        return slept ? result : slept;
    };
}

const Error io_error{Errc::io, "broken"};
const Error other_error{Errc::denied, "locked"};

struct Case {
    Policy policy;
    Result<void> at_10, at_20, at_30;
    std::string outcome;
    Said said;
};

} // namespace

TEST_CASE("each policy makes one outcome of many", "[fiber][group]") {
    const Result<void> good;
    auto [policy, at_10, at_20, at_30, outcome, said] = GENERATE_COPY(values<Case>({
        {Policy::all, good, good, good, "ok", {"10 ok", "20 ok", "30 ok"}},
        {Policy::all,
         good,
         io_error,
         good,
         "input/output error",
         {"10 ok", "20 ok", "30 cancelled"}},
        {Policy::all_settled,
         good,
         io_error,
         other_error,
         "input/output error",
         {"10 ok", "20 ok", "30 ok"}},
        {Policy::all_settled, good, good, good, "ok", {"10 ok", "20 ok", "30 ok"}},
        {Policy::any, good, io_error, good, "ok", {"10 ok", "20 cancelled", "30 cancelled"}},
        {Policy::any,
         io_error,
         good,
         good,
         "input/output error",
         {"10 ok", "20 cancelled", "30 cancelled"}},
        {Policy::any_success, io_error, good, good, "ok", {"10 ok", "20 ok", "30 cancelled"}},
        {Policy::any_success,
         io_error,
         other_error,
         other_error,
         "input/output error",
         {"10 ok", "20 ok", "30 ok"}},
    }));
    VirtualLoop here;
    Result<void> results[] = {at_10, at_20, at_30};
    auto group_policy = policy;
    auto result = here.run([&]() -> Result<void> {
        Group group{group_policy};
        // The last to end is spawned first.
        for (std::uint64_t i = 3; i-- > 0;)
            TRY(group.spawn("child", child(10 * (i + 1), results[i], here)));
        auto first = group.wait();
        CHECK(text_of(group.wait()) == text_of(first));
        CHECK(group.running_count() == 0);
        return first;
    });
    CHECK(text_of(result) == outcome);
    Said sorted = here.said(), expected = said;
    std::sort(sorted.begin(), sorted.end());
    CHECK(sorted == expected);
}

TEST_CASE("failures are listed by name, in the order of their end", "[fiber][group]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Group group{Policy::all_settled};
        TRY(group.spawn("late", child(30, io_error, here)));
        TRY(group.spawn("good", child(20, {}, here)));
        TRY(group.spawn("early", child(10, other_error, here)));
        auto outcome = group.wait();
        for (const Failure& failure : group.failures())
            here.say(std::string(failure.name) + ": " + failure.error.what);
        return outcome;
    });
    CHECK(text_of(result) == "not permitted");
    CHECK(here.said() == Said{"10 ok", "20 ok", "30 ok", "early: locked", "late: broken"});
}

TEST_CASE("a group that goes out of scope takes its fibers along", "[fiber][group]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        {
            Group group;
            TRY(group.spawn("child", child(1000, {}, here)));
            TRY(this_fiber::yield());
        }
        here.say("after");
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"1000 cancelled", "after"});
    CHECK(here.loop().fibers_count() == 0);
}

TEST_CASE("a child that was cancelled before it began never begins", "[fiber][group]") {
    VirtualLoop here;
    auto counted = std::make_shared<int>(0);
    auto result = here.run([&]() -> Result<void> {
        Group group;
        TRY(group.spawn("child", [counted] { ++*counted; }));
        CHECK(counted.use_count() == 2);
        group.cancel();
        here.say(text_of(group.wait()));
        here.say(text_of(group.spawn("late", [counted] { ++*counted; })));
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"cancelled", "cancelled"});
    CHECK(*counted == 0);
    CHECK(counted.use_count() == 1);
}

TEST_CASE("what a child that never began holds may wait when it is destroyed", "[fiber][group]") {
    struct Slow {
        explicit Slow(VirtualLoop& loop) : here(&loop) {}
        Slow(Slow&& other) noexcept : here(std::exchange(other.here, nullptr)) {}
        ~Slow() {
            if (!here) return;
            Shield shield;
            here->say(text_of(this_fiber::sleep_for_us(10)));
        }
        VirtualLoop* here;
    };
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        TRY(group.spawn("child", [slow = Slow(here), &here] { here.say("began"); }));
        group.cancel();
        auto outcome = group.wait();
        here.say("after");
        return outcome;
    });
    CHECK(text_of(result) == "cancelled");
    CHECK(here.said() == Said{"ok", "after"});
}

TEST_CASE("a failed child interrupts its parent inside the group's scope only", "[fiber][group]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        {
            Group group;
            TRY(group.spawn("child", child(10, io_error, here)));
            here.say(text_of(this_fiber::sleep_for_us(1000)));
            here.say(text_of(this_fiber::yield()));
            here.say(text_of(group.wait()));
        }
        here.say(text_of(this_fiber::sleep_for_us(1)));
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"10 ok", "cancelled", "cancelled", "input/output error", "ok"});
    CHECK(here.now_us() == 1'000'000 + 11);
}

TEST_CASE("spawning waits while as many run as may", "[fiber][group]") {
    VirtualLoop here;
    std::size_t running = 0, most = 0;
    auto result = here.run([&]() -> Result<void> {
        Group group{{.running_max = 3}};
        for (int i = 0; i < 20; i++)
            TRY(group.spawn("each", [&]() -> Result<void> {
                most = std::max(most, ++running);
                auto slept = this_fiber::sleep_for_us(5);
                running--;
                return slept;
            }));
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(most == 3);
    CHECK(here.now_us() == 1'000'000 + 35);
}

TEST_CASE("a place in a group goes to who waits for it, not to who comes later", "[fiber][group]") {
    bool is_cancelled = GENERATE(true, false);
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Group group{{.policy = Policy::all_settled, .running_max = 1}};
        Group waiters(Policy::all_settled);
        Event end;
        TRY(group.spawn(
            "first", [&] { return end.wait(); }, Priority{3}));
        TRY(waiters.spawn("waiter",
                          [&] { here.say(text_of(group.spawn("second", child(10, {}, here)))); }));
        TRY(this_fiber::yield());
        end.set();
        TRY(this_fiber::yield());
        CHECK(group.running_count() == 0); // The waiter has been given the place, and not run yet.
        if (is_cancelled) waiters.cancel();
        TRY(group.spawn("third", child(20, {}, here)));
        return group.wait();
    });
    CHECK(text_of(result) == "ok");
    CHECK(here.said() == Said{"ok", "10 ok", "20 ok"});
    CHECK(here.now_us() == 1'000'000 + 30);
}

TEST_CASE("a deadline around a group is one of its children too", "[fiber][group]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Deadline limit(Deadline::in_us(50));
        Group group;
        TRY(group.spawn("child", child(1000, {}, here)));
        return group.wait();
    });
    CHECK(text_of(result) == "timed out");
    CHECK(here.said() == Said{"1000 cancelled"});
    CHECK(here.now_us() == 1'000'000 + 50);
}

TEST_CASE("a future is a child like a fiber", "[fiber][group]") {
    auto [policy, result, outcome] = GENERATE(table<Policy, Result<int>, std::string>({
        {Policy::all, 1, "ok"},
        {Policy::all, io_error, "input/output error"},
        {Policy::all_settled, io_error, "input/output error"},
        {Policy::any, 1, "ok"},
        {Policy::any_success, io_error, "ok"},
    }));
    bool is_early = GENERATE(true, false);
    VirtualLoop here;
    auto group_result = here.run([&, rule = policy, value = result]() -> Result<void> {
        Future<int> future;
        Promise<int> promise(future);
        if (is_early) promise.resolve(value);
        Group group{rule};
        TRY(group.add("future", future));
        CHECK(group.running_count() == 1);
        TRY(group.spawn("child", child(10, {}, here)));
        TRY(group.spawn("resolver", [&]() -> Result<void> {
            TRY(this_fiber::sleep_for_us(5));
            if (promise.is_pending()) promise.resolve(value);
            // Would decide for others.
            return this_fiber::sleep_for_us(6);
        }));
        auto ended = group.wait();
        CHECK(future.is_resolved());
        if (!value && rule == Policy::all) {
            REQUIRE(group.failures().size() == 1);
            CHECK(group.failures()[0].name == "future");
        }
        return ended;
    });
    CHECK(text_of(group_result) == outcome);
}

TEST_CASE("a group that is decided cancels its futures and waits for them", "[fiber][group]") {
    // Cancelled before the group looked at it, or after.
    bool is_early = GENERATE(true, false);
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Group others{Policy::all_settled};
        auto future = TRY(others.spawn_future("stubborn", [&]() -> Result<int> {
            here.say(text_of(this_fiber::sleep_for_us(1000)));
            Shield shield;
            TRY(this_fiber::sleep_for_us(20));
            return 5;
        }));
        TRY(this_fiber::yield());
        {
            Group group;
            TRY(group.add("future", future));
            if (!is_early) TRY(this_fiber::yield());
            group.cancel();
            here.say(text_of(group.wait()));
        }
        CHECK(*future.result() == 5);
        return others.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"cancelled", "cancelled"});
    CHECK(here.now_us() == 1'000'000 + 20);
}

TEST_CASE("a future of a decided group is refused and left alone", "[fiber][group]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Future<int> future;
        Promise<int> promise(future);
        Group group;
        group.cancel();
        here.say(text_of(group.add("late", future)));
        auto spawned = group.spawn_future("late", [] { return 1; });
        CHECK((!spawned && spawned.error().code == Errc::cancelled));
        CHECK(future.is_pending());
        CHECK(group.running_count() == 0);
        promise.resolve(1);
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"cancelled"});
}

TEST_CASE("the error of a typed child is that of its group, and its value is kept",
          "[fiber][group]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        auto good = TRY(group.spawn_future("good", [] { return std::make_unique<int>(3); }));
        auto bad = TRY(group.spawn_future("bad", []() -> Result<int> {
            TRY(this_fiber::yield());
            return io_error;
        }));
        auto slow = TRY(group.spawn_future("slow", [&] { return this_fiber::sleep_for_us(1000); }));
        here.say(text_of(group.wait()));
        CHECK(**good.result() == 3);
        CHECK(bad.result().error().code == Errc::io);
        here.say(text_of(slow.result()));
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"input/output error", "cancelled"});
}

TEST_CASE("a group of nothing is waited for at once, and can be cancelled before",
          "[fiber][group]") {
    Policy policy = GENERATE(Policy::all, Policy::all_settled, Policy::any, Policy::any_success);
    bool is_cancelled = GENERATE(true, false);
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Group group{policy};
        if (is_cancelled) group.cancel();
        return group.wait();
    });
    CHECK(text_of(result) == (is_cancelled ? "cancelled" : "ok"));
}

TEST_CASE("cancelling a group does not reach its parent", "[fiber][group]") {
    bool is_by_child = GENERATE(true, false);
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Group group;
        TRY(group.spawn("child", child(1000, {}, here)));
        if (is_by_child)
            TRY(group.spawn("canceller", [&] { group.cancel(); }));
        else
            group.cancel();
        here.say(text_of(this_fiber::sleep_for_us(5)));
        here.say(text_of(group.wait()));
        return {};
    });
    CHECK(result.has_value());
    // A child that is cancelled before it begins says nothing.
    CHECK(here.said() ==
          (is_by_child ? Said{"1000 cancelled", "ok", "cancelled"} : Said{"ok", "cancelled"}));
}

TEST_CASE("a group stays while somebody is about to take a place in it", "[fiber][group]") {
    bool is_waited_for = GENERATE(true, false);
    VirtualLoop here;
    std::uint64_t began_us = here.now_us();
    auto result = here.run([&]() -> Result<void> {
        Group spawners(Policy::all_settled);
        {
            Group group{{.policy = Policy::all_settled, .running_max = 1}};
            TRY(group.spawn("first", child(10, {}, here)));
            // Those of worse priority go on after whoever waits for the group.
            auto late = [&] { here.say(text_of(group.spawn("late", child(20, {}, here)))); };
            TRY(spawners.spawn("spawner", late, Priority{6}));
            TRY(this_fiber::sleep_for_us(5));
            if (is_waited_for) here.say(text_of(group.wait()));
        }
        here.say("gone at " + std::to_string(here.now_us() - began_us));
        return spawners.wait();
    });
    CHECK(text_of(result) == "ok");
    // Without a wait what runs is cancelled, and nobody else begins.
    CHECK(here.said() == (is_waited_for ? Said{"10 ok", "ok", "20 ok", "ok", "gone at 30"}
                                        : Said{"10 cancelled", "cancelled", "gone at 5"}));
}

TEST_CASE("a group keeps a limited number of failures", "[fiber][group]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Group group(Policy::all_settled);
        for (std::size_t i = 0; i < Group::failures_max + 10; i++)
            TRY(group.spawn("bad", []() -> Result<void> { return io_error; }));
        auto outcome = group.wait();
        CHECK(group.failures().size() == Group::failures_max);
        return outcome;
    });
    CHECK(text_of(result) == text_of(io_error));
}

TEST_CASE("children without a priority of their own have that of the group", "[fiber][group]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Group late{{.priority = 6}}, early{{.priority = 2}};
        auto speaker = [&] {
            here.say(std::string(this_fiber::name()) + " " +
                     std::to_string(here.loop().running()->priority()));
        };
        TRY(late.spawn("late", speaker));
        TRY(late.spawn("own", speaker, Priority{3}));
        TRY(early.spawn("early", speaker));
        Future<int> future = TRY(early.spawn_future("future", [&]() -> Result<int> {
            speaker();
            return 0;
        }));
        TRY(early.wait());
        return late.wait();
    });
    CHECK(text_of(result) == "ok");
    CHECK(here.said() == Said{"early 2", "future 2", "own 3", "late 6"});
}

TEST_CASE("what belongs to the program is ended when the first fiber has returned",
          "[fiber][group]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        {
            Group group;
            TRY(group.spawn("child", [&] { // into a group that is not its own
                return here.loop().root().spawn("writer", child(1000, {}, here));
            }));
            TRY(group.wait());
        }
        TRY(this_fiber::sleep_for_us(5));
        here.say("returns");
        return {};
    });
    CHECK(text_of(result) == "ok");
    CHECK(here.said() == Said{"returns", "1000 cancelled"});
}

TEST_CASE("how work of the program failed is what a run says that went well", "[fiber][group]") {
    bool is_well = GENERATE(true, false);
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        TRY(here.loop().root().spawn("bad", child(1, io_error, here)));
        TRY(here.loop().root().spawn("good", child(3, {}, here)));
        TRY(this_fiber::sleep_for_us(5));
        here.say("goes on");
        if (!is_well) return other_error;
        return {};
    });
    CHECK(text_of(result) == text_of(is_well ? io_error : other_error));
    CHECK(here.said() == Said{"1 ok", "3 ok", "goes on"});
}
