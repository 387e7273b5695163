// SPDX-License-Identifier: MIT
//
// A loop that is asked to end while fibers are parked at every call that waits: all unwind.
#include "fiber/lock.hpp"
#include "fiber/race.hpp"
#include "fiber/semaphore.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/virtual_loop.hpp"

using namespace kindling;
using namespace kindling::fiber;

namespace {

/// Counts those that live on the stacks of fibers.
struct Counted {
    explicit Counted(int& living) : count(living) { count++; }
    Counted(const Counted& other) : count(other.count) { count++; }
    Counted& operator=(const Counted&) = delete;
    ~Counted() { count--; }
    int& count;
};

/// What nobody ever gives, sets or resolves.
struct Things {
    Things() { REQUIRE(semaphore.try_acquire()); }
    ~Things() { semaphore.release(); }

    Channel<int> channel{0}, full{1};
    Mutex mutex, free_mutex;
    Condition condition;
    Semaphore semaphore{1};
    Event event;
    Future<int> future;
    Promise<int> promise{future};
};

using Park = Result<void> (*)(Things&, Counted);

struct Case {
    const char* name;
    Park park;
};

Result<void> sleeper() {
    return this_fiber::sleep_for_us(1'000'000);
}

/// Each parks in another call, with something in each frame.
const Case cases[] = {
    {"sleep", [](Things&, Counted) { return sleeper(); }},
    {"yield",
     [](Things&, Counted) -> Result<void> {
         for (;;) TRY(this_fiber::yield());
     }},
    {"pop",
     [](Things& of, Counted) -> Result<void> {
         TRY(of.channel.pop());
         return {};
     }},
    {"push", [](Things& of, Counted) { return of.full.push(1); }},
    {"mutex",
     [](Things& of, Counted) -> Result<void> {
         Guard guard = TRY(of.mutex.lock());
         return {};
     }},
    {"condition",
     [](Things& of, Counted) -> Result<void> {
         Guard guard = TRY(of.free_mutex.lock());
         return of.condition.wait(guard);
     }},
    {"semaphore", [](Things& of, Counted) { return of.semaphore.acquire(); }},
    {"event", [](Things& of, Counted) { return of.event.wait(); }},
    {"future", [](Things& of, Counted) { return await(of.future); }},
    {"select",
     [](Things& of, Counted) -> Result<void> {
         ReceiveArm item(of.channel);
         EventArm happened(of.event);
         FutureArm resolved(of.future);
         TRY(select(item, happened, resolved));
         return {};
     }},
    {"group",
     [](Things&, Counted counted) -> Result<void> {
         Group group;
         TRY(group.spawn("inner", [counted] { return sleeper(); }));
         return group.wait();
     }},
    {"group that goes",
     [](Things&, Counted counted) -> Result<void> {
         Group group;
         TRY(group.spawn("inner", [counted]() -> Result<void> {
             (void)sleeper();
             Shield shield;
             return this_fiber::sleep_for_us(5);
         }));
         return this_fiber::yield();
     }},
    {"place in a group",
     [](Things&, Counted counted) -> Result<void> {
         Group group{{.running_max = 1}};
         TRY(group.spawn("inner", [counted] { return sleeper(); }));
         return group.spawn("never", [counted] { return sleeper(); });
     }},
    {"future that goes",
     [](Things&, Counted counted) -> Result<void> {
         Group group;
         auto future = TRY(group.spawn_future("inner", [counted] { return sleeper(); }));
         return this_fiber::yield();
     }},
    {"race",
     [](Things&, Counted counted) {
         return race([counted] { return sleeper(); }, [counted] { return sleeper(); });
     }},
    {"shield",
     [](Things& of, Counted) -> Result<void> {
         Shield shield;
         return of.event.wait();
     }},
};

} // namespace

TEST_CASE("an exit unwinds every fiber, wherever it waits", "[fiber][loop]") {
    // Parked, ready, or not yet begun.
    int yields = GENERATE(0, 1, 5);
    VirtualLoop here;
    int living = 0;
    auto outcome = here.run([&]() -> Result<void> {
        Things things;
        TRY(things.full.push(0));
        {
            Guard guard = TRY(things.mutex.lock());
            Group group{Policy::all_settled};
            for (const Case& each : cases)
                TRY(group.spawn(each.name, [&, counted = Counted(living)] {
                    return each.park(things, counted);
                }));
            for (int i = 0; i < yields; i++) TRY(this_fiber::yield());
            CHECK(living >= static_cast<int>(std::size(cases)));
            CHECK(here.loop().fibers_count() > std::size(cases));
            here.loop().request_exit();
            here.loop().request_exit();
            CHECK(text_of(group.wait()) == "cancelled");
            CHECK(living == 0);
        }
        CHECK(text_of(this_fiber::yield()) == "cancelled");
        things.promise.resolve(0);
        return {};
    });
    CHECK(outcome.has_value());
    CHECK(living == 0);
    CHECK(here.loop().fibers_count() == 0);
}

TEST_CASE("an exit of a program that waits for ever in a shield ends with the shield",
          "[fiber][loop]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        here.loop().request_exit();
        Shield shield;
        Event never;
        return never.wait();
    });
    CHECK(text_of(outcome) == "timed out");
    CHECK(here.now_us() == 1'000'000 + Shield::limit_us);
}

TEST_CASE("a fiber that returns keeps its result although it was cancelled", "[fiber][loop]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Group group{Policy::all_settled};
        auto seven = TRY(group.spawn_future("seven", [&] {
            here.loop().request_exit();
            return 7;
        }));
        (void)group.wait();
        CHECK(*seven.result() == 7);
        return {};
    });
    CHECK(outcome.has_value());
}
