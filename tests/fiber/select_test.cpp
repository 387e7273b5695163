// SPDX-License-Identifier: MIT
#include "fiber/select.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/allocations.hpp"
#include "tests/fiber/death.hpp"
#include "tests/fiber/virtual_loop.hpp"

#include <set>

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

namespace {

template <class T>
std::string text_of(const Result<T>& result) {
    return result ? std::to_string(*result) : to_text(result.error().code);
}

/// One of everything that can be waited for, and how to end the wait of each.
struct Everything {
    Channel<int> inbox{0}, outbox{0};
    Event event;
    Future<int> future;
    Promise<int> promise{future};
    int value = 7;

    ReceiveArm<int> item{inbox};
    SendArm<int> sent{outbox, value};
    EventArm happened{event};
    FutureArm resolved{future};

    Result<std::size_t> select_one(std::uint64_t at_ns) {
        return select_in_order(item, sent, happened, resolved, TimeArm(at_ns));
    }

    void trigger(int which) {
        int pushed = 3;
        if (which == 0) CHECK(inbox.try_push(pushed).has_value());
        if (which == 1) CHECK(text_of(outbox.try_pop()) == "7");
        if (which == 2) event.set();
        if (which == 3) promise.resolve(4);
    }

    /// Each of the others has seen nothing.
    void check_untouched(int but_for) {
        int pushed = 3;
        if (but_for != 0) CHECK(text_of(inbox.try_push(pushed)) == "would have to wait");
        if (but_for != 1) CHECK(text_of(outbox.try_pop()) == "would have to wait");
        if (but_for != 2) CHECK_FALSE(event.is_set());
        if (but_for != 3) CHECK(future.is_pending());
    }
    static std::string text_of(const Result<void>& result) { return fiber::text_of(result); }
    static std::string text_of(const Result<int>& result) { return ::text_of(result); }
};

} // namespace

TEST_CASE("a select ends with the first of its arms, and nothing happens to the others",
          "[fiber][select]") {
    int which = GENERATE(0, 1, 2, 3, 4);
    bool is_now = GENERATE(true, false);
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Everything all;
        Channel<int> other(1);
        Group group;
        std::uint64_t at_ns = Deadline::in_us(which == 4 && is_now ? 0 : 100);
        if (is_now && which < 2) {
            // Somebody waits at the other end.
            TRY(group.spawn("partner", [&]() -> Result<void> {
                int pushed = 3;
                if (which == 0) return all.inbox.push(pushed);
                CHECK(text_of(all.outbox.pop()) == "7");
                return {};
            }));
            TRY(this_fiber::yield());
        } else if (is_now) {
            all.trigger(which);
        } else {
            TRY(group.spawn("trigger", [&] { all.trigger(which); }));
        }
        here.say(text_of(all.select_one(at_ns)));
        if (which == 0) here.say(text_of(all.item.result()));
        if (which == 1) CHECK(all.sent.result().has_value());
        if (which == 3) here.say(text_of(all.future.result()));
        all.check_untouched(which);
        if (which != 3) all.promise.resolve(0);
        return group.wait();
    });
    CHECK(outcome.has_value());
    CHECK(here.said().front() == std::to_string(which));
    if (which == 0) CHECK(here.said().back() == "3");
    if (which == 3) CHECK(here.said().back() == "4");
    CHECK(here.now_us() == 1'000'000 + (which == 4 && !is_now ? 100 : 0));
}

TEST_CASE("an interrupted select has done nothing", "[fiber][select]") {
    bool is_early = GENERATE(true, false);
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Everything all;
        {
            Deadline limit(Deadline::in_us(is_early ? 0 : 10));
            here.say(text_of(all.select_one(never_ns)));
            all.event.set();
            here.say(text_of(all.select_one(never_ns)));
        }
        CHECK(all.value == 7);
        all.check_untouched(2);
        // The arms can be used again.
        here.say(text_of(all.select_one(never_ns)));
        all.promise.resolve(0);
        return {};
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"timed out", "timed out", "2"});
}

TEST_CASE("of a win and an interruption in one turn the first decides", "[fiber][select]") {
    int which = GENERATE(0, 1, 2, 3);
    bool is_win_first = GENERATE(true, false);
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Everything all;
        Group group;
        TRY(group.spawn("selector", [&]() -> Result<void> {
            here.say(text_of(all.select_one(never_ns)));
            TRY(this_fiber::yield());
            return {};
        }));
        TRY(this_fiber::yield());
        if (is_win_first) all.trigger(which);
        group.cancel();
        if (!is_win_first) all.check_untouched(4);
        here.say(fiber::text_of(group.wait()));
        if (all.future.is_pending()) all.promise.resolve(0);
        return {};
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{is_win_first ? std::to_string(which) : "cancelled", "cancelled"});
}

TEST_CASE("two events in one turn wake a select once, and the second goes to the next",
          "[fiber][select]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Channel<int> left(0), right(0);
        Group group;
        auto receive = [&]() -> Result<void> {
            ReceiveArm first(left), second(right);
            std::size_t place = TRY(select(first, second));
            int item = TRY(place == 0 ? first.result() : second.result());
            here.say(std::string(this_fiber::name()) + std::to_string(place) + " " +
                     std::to_string(item));
            return {};
        };
        TRY(group.spawn("a", receive));
        TRY(group.spawn("b", receive));
        TRY(this_fiber::yield());
        int one = 1, two = 2, three = 3;
        TRY(right.try_push(one));
        TRY(left.try_push(two));
        here.say(fiber::text_of(right.try_push(three)));
        return group.wait();
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"would have to wait", "a1 1", "b0 2"});
}

TEST_CASE("two selects hand an item over between them", "[fiber][select]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Channel<int> channel(0), unused(0);
        Group group;
        TRY(group.spawn("sender", [&]() -> Result<void> {
            int value = 5;
            SendArm sent(channel, value);
            ReceiveArm never(unused);
            here.say("sender " + text_of(select(never, sent)));
            return {};
        }));
        TRY(group.spawn("receiver", [&]() -> Result<void> {
            ReceiveArm item(channel), never(unused);
            here.say("receiver " + text_of(select(item, never)));
            here.say(text_of(item.result()));
            return {};
        }));
        return group.wait();
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"receiver 0", "5", "sender 1"});
}

TEST_CASE("a channel that is closed ends a select, and says why", "[fiber][select]") {
    bool is_now = GENERATE(true, false);
    bool is_send = GENERATE(true, false);
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Channel<int> channel(0);
        Group group;
        auto close = [&] { channel.close({Errc::denied, "locked"}); };
        if (is_now)
            close();
        else
            TRY(group.spawn("closer", close));
        int value = 1;
        SendArm sent(channel, value);
        ReceiveArm item(channel);
        here.say(text_of(is_send ? select(sent) : select(item)));
        here.say(is_send ? fiber::text_of(sent.result()) : text_of(item.result()));
        return group.wait();
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"0", "not permitted"});
}

TEST_CASE("none of several arms that are ready starves, unless order is asked for",
          "[fiber][select]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Event events[3];
        for (Event& event : events) event.set();
        EventArm a(events[0]), b(events[1]), c(events[2]);
        std::set<std::size_t> fair, biased;
        for (int i = 0; i < 3; i++) {
            fair.insert(TRY(select(a, b, c)));
            biased.insert(TRY(select_in_order(a, b, c)));
        }
        CHECK(fair == std::set<std::size_t>{0, 1, 2});
        CHECK(biased == std::set<std::size_t>{0});
        return {};
    });
    CHECK(outcome.has_value());
}

TEST_CASE("a select of nothing is refused", "[fiber][select]") {
    VirtualLoop here;
    CHECK(fiber::text_of(here.run([&]() -> Result<void> {
              TRY(select());
              return {};
          })) == "invalid");
}

TEST_CASE("of times alone the earliest wins", "[fiber][select]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        TimeArm late(Deadline::in_us(20)), early(Deadline::in_us(10)), later(never_ns);
        here.say(text_of(select(late, early, later)));
        here.say(text_of(select(late, later)));
        return {};
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"1", "0"});
    CHECK(here.now_us() == 1'000'000 + 20);
}

TEST_CASE("an arm that is given twice stops the program", "[fiber][select]") {
    std::string said = last_words([] {
        VirtualLoop here;
        (void)here.run([&]() -> Result<void> {
            Event event;
            EventArm arm(event);
            TRY(select(arm, arm));
            return {};
        });
    });
    CHECK(said.find("!arm->place_.wait") != std::string::npos);
}

TEST_CASE("a select does not allocate", "[fiber][select]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Everything all;
        Group group;
        TRY(group.spawn("setter", [&]() -> Result<void> {
            for (;;) {
                TRY(this_fiber::yield());
                all.event.set();
            }
        }));
        std::size_t before = 0;
        for (int i = 0; i < 4; i++) {
            // The first round makes room for timers.
            if (i == 1) before = allocations_count();
            TRY(all.select_one(Deadline::in_us(1000)));
            TRY(all.select_one(Deadline::in_us(1000)));
            all.event.reset();
        }
        std::size_t after = allocations_count();
        CHECK(after == before);
        all.promise.resolve(0);
        return {};
    });
    CHECK(outcome.has_value());
}
