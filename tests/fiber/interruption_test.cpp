// SPDX-License-Identifier: MIT
//
// What holds for every call that may suspend, tried with each of them.
#include "tests/catch.hpp"
#include "tests/fiber/allocations.hpp"
#include "tests/fiber/calls.hpp"
#include "tests/fiber/model.hpp"
#include "tests/fiber/poller_loop.hpp"

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

namespace {

constexpr Priority of_callers = priority_default + 1; // so that the driver always goes first

const CallRow& any_row() {
    return suspending_calls[GENERATE(range(std::size_t{0}, std::size(suspending_calls)))];
}

/// A poller that is not counted when it allocates.
class UncountedPoller : public VirtualPoller {
public:
    void wait(std::uint64_t deadline_ns, Completions& completions) override {
        leave_out([&] { VirtualPoller::wait(deadline_ns, completions); });
    }
    void submit(Operation& operation) override {
        leave_out([&] { VirtualPoller::submit(operation); });
    }
    void cancel(Operation& operation) override {
        leave_out([&] { VirtualPoller::cancel(operation); });
    }
    std::size_t close(int descriptor) override {
        std::size_t count = 0;
        leave_out([&] { count = VirtualPoller::close(descriptor); });
        return count;
    }
    std::size_t own_count = 0;

private:
    template <class Function>
    void leave_out(Function function) {
        std::size_t before = allocations_count();
        function();
        own_count += allocations_count() - before;
    }
};

/// Lets all callers go on as far as they can.
void let_run() {
    // Twice: where the clock has jumped, the first time is over before they had theirs.
    for (int i = 0; i < 2; i++) this_fiber::sleep_for_us(1).value();
}

bool is_ready(const Fiber& fiber) {
    return fiber.state() == State::ready;
}

/// Lets the loop look outside, and no caller run, until one can.
void let_look(const Loop& loop) {
    const Fiber* caller = loop.first_fiber();
    while (caller && caller->name() != "caller") caller = caller->next();
    ASSERT(caller);
    for (int i = 0; i < 10'000 && !is_ready(*caller); i++) this_fiber::yield().value();
    ASSERT(is_ready(*caller));
}

} // namespace

TEST_CASE("an interruption that is there already leaves everything as it was",
          "[fiber][interruption]") {
    const CallRow& row = any_row();
    INFO(row.name);
    bool is_blocked = GENERATE(false, true);
    bool is_cancelled = GENERATE(false, true);
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        auto call = row.make();
        Group group;
        is_blocked ? call->block(group) : call->make_ready();
        std::size_t before = call->state();
        {
            Interruptible scope(is_cancelled ? never_ns : 0);
            if (is_cancelled) scope.cancel_inside();
            here.say(text_of(call->call()));
        }
        CHECK(call->state() == before);
        if (is_blocked) call->complete();
        return group.wait();
    });
    CHECK(text_of(result) == "ok");
    bool has_result = row.traits.result_comes_first && !is_blocked;
    CHECK(here.said() == Said{has_result ? "ok" : is_cancelled ? "cancelled" : "timed out"});
}

TEST_CASE("a call that can succeed at once does not wait", "[fiber][interruption]") {
    const CallRow& row = any_row();
    INFO(row.name);
    if (!row.traits.is_ready_by_itself) return;
    VirtualLoop here;
    std::uint64_t began_us = here.now_us();
    auto result = here.run([&]() -> Result<void> {
        auto call = row.make();
        call->make_ready();
        return call->call();
    });
    CHECK(text_of(result) == "ok");
    CHECK(here.now_us() == began_us);
}

TEST_CASE("what has happened is reported, and the interruption at the next wait",
          "[fiber][interruption]") {
    const CallRow& row = any_row();
    INFO(row.name);
    bool is_cancelled = GENERATE(false, true);
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        auto call = row.make();
        Group group;
        call->block(group);
        Interruptible* scope = nullptr;
        auto caller = [&] {
            Interruptible inner(is_cancelled ? never_ns : Deadline::in_us(TimeCall::us + 1));
            scope = &inner;
            here.say(text_of(call->call()));
            here.say(text_of(this_fiber::yield()));
        };
        TRY(group.spawn("caller", caller, of_callers));
        let_run();
        call->complete();
        if (row.traits.ends_outside) let_look(here.loop());
        CHECK(here.said().empty());
        if (is_cancelled) scope->cancel_inside();
        if (!is_cancelled) here.poller().advance_ns(1'000 * TimeCall::us + 1'000'000);
        // The deadline passes while the caller is ready to run.
        while (here.loop().now_ns() < here.poller().now_ns()) TRY(this_fiber::yield());
        TRY(this_fiber::sleep_for_us(5));
        return group.wait();
    });
    CHECK(text_of(result) == "ok");
    CHECK(here.said() == Said{"ok", is_cancelled ? "cancelled" : "timed out"});
}

TEST_CASE("an interrupted wait changes nothing, and the next says so too",
          "[fiber][interruption]") {
    const CallRow& row = any_row();
    INFO(row.name);
    bool is_cancelled = GENERATE(false, true);
    bool is_late = GENERATE(false, true);
    if (!is_cancelled && !is_late) return;
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        auto call = row.make();
        Group group;
        call->block(group);
        std::size_t before = call->state();
        Interruptible* scope = nullptr;
        auto caller = [&] {
            Interruptible inner(Deadline::in_us(10));
            scope = &inner;
            here.say(text_of(call->call()));
            here.say(text_of(call->call()));
        };
        TRY(group.spawn("caller", caller, of_callers));
        let_run();
        CHECK(here.said().empty());
        if (is_late) here.poller().advance_ns(10'000);
        if (is_cancelled) scope->cancel_inside(); // in the same turn, and outranks the deadline
        let_run();
        CHECK(here.said().size() == 2);
        CHECK(call->state() == before);
        call->complete();
        return group.wait();
    });
    CHECK(text_of(result) == "ok");
    std::string expected = is_cancelled ? "cancelled" : "timed out";
    CHECK(here.said() == Said{expected, expected});
}

TEST_CASE("a shield hides what interrupts, up to its limit", "[fiber][interruption]") {
    const CallRow& row = any_row();
    INFO(row.name);
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        auto call = row.make();
        Group group;
        call->block(group);
        auto caller = [&] {
            Interruptible scope(0);
            scope.cancel_inside();
            {
                Shield shield(Deadline::in_us(10));
                here.say(text_of(call->call()));
            }
            Shield shield;
            here.say(text_of(call->call()));
        };
        TRY(group.spawn("caller", caller, of_callers));
        TRY(this_fiber::sleep_for_us(20));
        call->complete();
        return group.wait();
    });
    CHECK(text_of(result) == "ok");
    bool breaks = std::string(row.name).starts_with("Barrier");
    CHECK(here.said() == Said{"timed out", breaks ? "given up" : "ok"});
}

TEST_CASE("first come, first served, wherever in the queue one is interrupted",
          "[fiber][interruption]") {
    const CallRow& row = any_row();
    INFO(row.name);
    if (!row.traits.takes_many) return;
    std::size_t interrupted = GENERATE(0u, 1u, 2u, 3u); // 3 is none
    VirtualLoop here;
    Said expected;
    auto result = here.run([&]() -> Result<void> {
        auto call = row.make();
        Group group;
        call->block(group);
        Interruptible* scopes[3] = {};
        for (std::size_t i = 0; i < 3; i++) {
            auto caller = [&, i] {
                Interruptible inner;
                scopes[i] = &inner;
                here.say(std::to_string(i) + " " + text_of(call->call()));
            };
            TRY(group.spawn("caller", caller, of_callers));
        }
        let_run();
        if (interrupted < 3) {
            scopes[interrupted]->cancel_inside();
            expected.push_back(std::to_string(interrupted) + " cancelled");
        }
        let_run();
        CHECK(here.said() == expected);
        for (std::size_t i = 0; i < 3; i++)
            if (i != interrupted) expected.push_back(std::to_string(i) + " ok");
        for (int i = 0; i < 3 && here.said().size() < 3; i++) {
            call->complete();
            let_run();
        }
        return group.wait();
    });
    CHECK(text_of(result) == "ok");
    CHECK(here.said() == expected);
}

TEST_CASE("no call needs memory to wait, nor what ends the wait", "[fiber][interruption]") {
    const CallRow& row = any_row();
    INFO(row.name);
    UncountedPoller poller;
    Loop loop(poller);
    std::size_t used = 0;
    bool has_succeeded = false;
    auto result = loop.run("first", [&]() -> Result<void> {
        // What a loop knows of descriptors, and of the stacks of fibers by name, grows at first.
        bool grows = row.traits.ends_outside || std::string(row.name).starts_with("Group::spawn");
        for (int rounds = grows ? 2 : 1; rounds > 0; rounds--) {
            auto call = row.make();
            Group group;
            call->block(group);
            auto caller = [&] {
                std::size_t before = allocations_count() - poller.own_count;
                has_succeeded = call->call().has_value();
                used = allocations_count() - poller.own_count - before; // by whomever
            };
            TRY(group.spawn("caller", caller, of_callers));
            let_run();
            ASSERT(!has_succeeded);
            call->complete();
            TRY(group.wait());
            ASSERT(std::exchange(has_succeeded, false));
        }
        return {};
    });
    CHECK(text_of(result) == "ok");
    CHECK(used == 0);
}

TEST_CASE("what the loop has not seen before an interruption is left for the next call",
          "[fiber][interruption]") {
    const CallRow& row = any_row();
    INFO(row.name);
    if (!row.traits.ends_outside) return;
    bool is_cancelled = GENERATE(false, true);
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        auto call = row.make();
        Group group;
        call->block(group);
        Interruptible* scope = nullptr;
        auto caller = [&] {
            Interruptible inner(is_cancelled ? never_ns : Deadline::in_us(10));
            scope = &inner;
            here.say(text_of(call->call()));
        };
        TRY(group.spawn("caller", caller, of_callers));
        let_run();
        call->complete();
        if (is_cancelled) scope->cancel_inside();
        if (!is_cancelled) here.poller().advance_ns(10'000);
        TRY(group.wait());
        std::uint64_t began_us = here.now_us();
        here.say(text_of(call->call()));
        CHECK(here.now_us() == began_us);
        return {};
    });
    CHECK(text_of(result) == "ok");
    CHECK(here.said() == Said{is_cancelled ? "cancelled" : "timed out", "ok"});
}

TEST_CASE("what comes together with an interruption is taken or left, on every poller",
          "[fiber][interruption]") {
    const CallRow& row = any_row();
    INFO(row.name);
    if (!row.traits.ends_outside) return;
    bool is_first = GENERATE(false, true);
    on_each_poller([&]() -> Result<void> {
        auto call = row.make();
        Group group;
        call->block(group);
        std::string said;
        Interruptible* scope = nullptr;
        auto caller = [&] {
            Interruptible inner;
            scope = &inner;
            said = text_of(call->call());
        };
        TRY(group.spawn("caller", caller, of_callers));
        let_run();
        if (is_first) scope->cancel_inside();
        call->complete();
        if (!is_first) scope->cancel_inside();
        TRY(group.wait());
        if (said == "ok") return {};
        CHECK(said == "cancelled");
        Deadline no_wait(Deadline::in_us(1'000'000));
        CHECK(text_of(call->call()) == "ok");
        return {};
    });
}
