// SPDX-License-Identifier: MIT
#include "fiber/lock.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/virtual_loop.hpp"

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

TEST_CASE("a mutex is held by one, and handed on in order", "[fiber][lock]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Mutex mutex;
        Group group;
        for (const char* name : {"a", "b", "c"})
            TRY(group.spawn(name, [&]() -> Result<void> {
                Guard guard = TRY(mutex.lock());
                here.say(std::string(this_fiber::name()) + "+");
                TRY(this_fiber::sleep_for_us(10));
                here.say(std::string(this_fiber::name()) + "-");
                return {};
            }));
        TRY(this_fiber::sleep_for_us(1));
        here.say(mutex.try_lock() ? "locked" : "held");
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"a+", "held", "a-", "b+", "b-", "c+", "c-"});
}

TEST_CASE("a waiter that is interrupted leaves, one that has it keeps it", "[fiber][lock]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Mutex mutex;
        Group group;
        TRY(group.spawn("holder", [&]() -> Result<void> {
            Guard guard = TRY(mutex.lock());
            return this_fiber::sleep_for_us(100);
        }));
        TRY(group.spawn("impatient", [&]() -> Result<void> {
            Deadline limit(Deadline::in_us(10));
            auto guard = mutex.lock();
            here.say(guard ? "locked" : text_of(Result<void>(guard.error())));
            return {};
        }));
        TRY(group.spawn("patient", [&]() -> Result<void> {
            // The deadline passes in the very turn in which it gets the mutex.
            Deadline limit(Deadline::in_us(100));
            auto guard = mutex.lock();
            here.say(guard ? "locked" : text_of(Result<void>(guard.error())));
            return {};
        }));
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said().front() == "timed out");
    CHECK(here.said().size() == 2);
}

TEST_CASE("a condition has its mutex again on every way out", "[fiber][lock]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Mutex mutex;
        Condition changed;
        int value = 0;
        Group group;
        for (int i = 0; i < 3; i++)
            TRY(group.spawn("waiter", [&]() -> Result<void> {
                Guard guard = TRY(mutex.lock());
                TRY(changed.wait(guard, [&] { return value > 0; }));
                here.say("took " + std::to_string(value--));
                return {};
            }));
        TRY(group.spawn("impatient", [&]() -> Result<void> {
            Deadline limit(Deadline::in_us(5));
            Guard guard = TRY(mutex.lock());
            here.say(text_of(changed.wait(guard, [&] { return value < 0; })));
            CHECK(mutex.holder() != nullptr);
            return {};
        }));
        TRY(this_fiber::sleep_for_us(10));
        for (int i = 0; i < 3; i++) {
            Guard guard = TRY(mutex.lock());
            value++;
            changed.notify_one();
        }
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"timed out", "took 3", "took 2", "took 1"});
}

TEST_CASE("a large request for permits is not overtaken, unless it gives up", "[fiber][lock]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Semaphore permits(2);
        TRY(permits.acquire(1));
        Group group;
        TRY(group.spawn("large", [&]() -> Result<void> {
            Deadline limit(Deadline::in_us(10));
            here.say("large " + text_of(permits.acquire(2)));
            return {};
        }));
        TRY(group.spawn("small", [&]() -> Result<void> {
            here.say("small " + text_of(permits.acquire(1)));
            return {};
        }));
        TRY(this_fiber::sleep_for_us(5));
        here.say(text_of(permits.try_acquire(1)));
        auto outcome = group.wait();
        CHECK(permits.available() == 0);
        permits.release(2);
        CHECK(permits.available() == 2);
        return outcome;
    });
    CHECK(result.has_value());
    CHECK(here.said().size() == 3);
    CHECK(here.said()[0] == "would have to wait");
    CHECK(here.now_us() == 1'000'000 + 10);
}

TEST_CASE("an event lets all pass that waited, even if it is reset at once", "[fiber][lock]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Event event;
        Group group;
        for (int i = 0; i < 3; i++)
            TRY(group.spawn("waiter", [&]() -> Result<void> {
                here.say(text_of(event.wait()));
                return {};
            }));
        TRY(this_fiber::yield());
        event.set();
        event.reset();
        CHECK_FALSE(event.is_set());
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"ok", "ok", "ok"});
}
