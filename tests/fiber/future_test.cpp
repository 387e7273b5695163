// SPDX-License-Identifier: MIT
#include "fiber/future.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/allocations.hpp"
#include "tests/fiber/death.hpp"
#include "tests/fiber/virtual_loop.hpp"

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

namespace {

template <class T>
std::string text_of(const Result<T>& result) {
    return result ? std::to_string(*result) : to_text(result.error().code);
}

const Error io_error{Errc::io, "broken"};

/// Resolves when it has been asked to stop so often.
struct StubbornProducer final : Producer {
    StubbornProducer(Future<int>& future, int askings) : promise(future), left(askings) {
        promise.set_producer(this);
    }
    Result<void> cancel() override {
        if (--left == 0) promise.resolve(Error{Errc::cancelled, "stopped"});
        return {};
    }
    Promise<int> promise;
    int left;
};

} // namespace

TEST_CASE("a wait says whether it came to its end, the future what came of it", "[fiber][future]") {
    auto [result, expected] = GENERATE(table<Result<int>, std::string>({
        {0, "0"},
        {42, "42"},
        {Error{Errc::cancelled, ""}, "cancelled"},
        {Error{Errc::timed_out, ""}, "timed out"},
        {io_error, "input/output error"},
    }));
    bool is_early = GENERATE(true, false);
    VirtualLoop here;
    auto outcome = here.run([&, value = result]() -> Result<void> {
        Future<int> future;
        Promise<int> promise(future);
        CHECK(future.is_pending());
        if (is_early) promise.resolve(value);
        Group group;
        TRY(group.spawn("producer", [&] {
            if (!is_early) promise.resolve(value);
        }));
        here.say(fiber::text_of(await(future)));
        CHECK(future.is_resolved());
        CHECK_FALSE(future.is_pending());
        CHECK_FALSE(promise.is_pending());
        here.say(text_of(future.result()));
        here.say(text_of(join(future)));
        here.say(text_of(join(std::move(future))));
        return group.wait();
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"ok", expected, expected, expected});
}

TEST_CASE("all that wait for a future get its result", "[fiber][future]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Group group;
        auto answer = TRY(group.spawn_future("producer", [&]() -> Result<int> {
            for (int i = 0; i < 3; i++) TRY(this_fiber::yield());
            return 42;
        }));
        for (const char* name : {"a", "b", "c"})
            TRY(group.spawn(
                name, [&] { here.say(std::string(this_fiber::name()) + text_of(join(answer))); }));
        return group.wait();
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"a42", "b42", "c42"});
}

TEST_CASE("fibers wait for each other in a chain", "[fiber][future]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Group group;
        std::vector<Future<int>> futures;
        futures.reserve(5);
        futures.push_back(TRY(group.spawn_future("first", [] { return 10; })));
        for (std::size_t i = 0; i < 4; i++)
            futures.push_back(TRY(group.spawn_future(
                "next", [&futures, i]() -> Result<int> { return TRY(join(futures[i])) + 1; })));
        TRY(group.wait());
        for (Future<int>& future : futures) here.say(text_of(future.result()));
        return {};
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"10", "11", "12", "13", "14"});
}

TEST_CASE("a promise that is given up breaks its future", "[fiber][future]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Future<int> future;
        Group group;
        TRY(group.spawn("forgetful", [promise = Promise<int>(future)]() -> Result<void> {
            return this_fiber::yield();
        }));
        here.say(text_of(join(future)));
        return group.wait();
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"given up"});
}

TEST_CASE("a future and its promise find each other wherever they move", "[fiber][future]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Future<std::unique_ptr<int>> first;
        Promise<std::unique_ptr<int>> promise(first);
        Future<std::unique_ptr<int>> second(std::move(first));
        Promise<std::unique_ptr<int>> moved(std::move(promise));
        CHECK_FALSE(promise.is_pending());
        CHECK_FALSE(first.is_pending());
        Future<std::unique_ptr<int>> third;
        third = std::move(second);
        moved.resolve(std::make_unique<int>(7));
        CHECK_FALSE(second.is_resolved());
        std::unique_ptr<int> value = TRY(join(std::move(third)));
        CHECK(*value == 7);
        return {};
    });
    CHECK(outcome.has_value());
}

TEST_CASE("an interrupted wait for a future leaves it pending", "[fiber][future]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Future<int> future;
        Promise<int> promise(future);
        {
            Deadline limit(Deadline::in_us(10));
            here.say(fiber::text_of(await(future)));
            CHECK(future.is_pending());
            promise.resolve(3);
            // What is there needs no wait, whatever interrupts.
            here.say(fiber::text_of(await(future)));
            here.say(fiber::text_of(this_fiber::yield()));
        }
        here.say(text_of(join(future)));
        return {};
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"timed out", "ok", "timed out", "3"});
}

TEST_CASE("of a result and an interruption in one turn the first decides", "[fiber][future]") {
    bool is_result_first = GENERATE(true, false);
    bool is_cancelled = GENERATE(true, false);
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Future<int> future;
        Promise<int> promise(future);
        Group group;
        TRY(group.spawn("waiter", [&] {
            Deadline limit(Deadline::in_us(10));
            here.say(fiber::text_of(await(future)));
            here.say(fiber::text_of(this_fiber::sleep_for_us(100)));
        }));
        auto interrupt = [&]() -> Result<void> {
            if (is_cancelled)
                group.cancel();
            else
                return this_fiber::sleep_for_us(10);
            return {};
        };
        TRY(this_fiber::yield());
        if (is_result_first && !is_cancelled) TRY(this_fiber::sleep_for_us(9));
        if (is_result_first) {
            promise.resolve(1);
            here.poller().advance_ns(10'000);
            if (is_cancelled) group.cancel();
        } else {
            TRY(interrupt());
            promise.resolve(1);
        }
        (void)group.wait();
        return {};
    });
    CHECK(outcome.has_value());
    std::string why = is_cancelled ? "cancelled" : "timed out";
    CHECK(here.said() == (is_result_first ? Said{"ok", why} : Said{why, why}));
}

TEST_CASE("cancelling asks the producer, and a completion stays one", "[fiber][future]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Future<int> nobody;
        Promise<int> promise(nobody);
        here.say(fiber::text_of(nobody.cancel()));
        promise.resolve(1);
        here.say(fiber::text_of(nobody.cancel()));
        here.say(text_of(nobody.result()));

        Future<int> stubborn;
        StubbornProducer producer(stubborn, 2);
        here.say(fiber::text_of(stubborn.cancel()));
        CHECK(stubborn.is_pending());
        here.say(fiber::text_of(stubborn.cancel()));
        here.say(text_of(stubborn.result()));

        Group group{Policy::all_settled};
        auto late = TRY(group.spawn_future("late", [&]() -> Result<int> {
            (void)this_fiber::sleep_for_us(100);
            return 5;
        }));
        TRY(this_fiber::yield());
        TRY(late.cancel());
        here.say(text_of(join(late)));
        return group.wait();
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"not supported", "ok", "1", "ok", "ok", "cancelled", "5"});
}

TEST_CASE("a fiber that is cancelled before it began resolves its future", "[fiber][future]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Group group{Policy::all_settled};
        auto never = TRY(group.spawn_future("never", [&] {
            here.say("began");
            return 1;
        }));
        TRY(never.cancel());
        TRY(never.cancel());
        here.say(text_of(join(never)));
        here.say(fiber::text_of(group.wait()));
        here.say(fiber::text_of(this_fiber::yield()));
        return {};
    });
    CHECK(outcome.has_value());
    CHECK(here.said() == Said{"cancelled", "cancelled", "ok"});
}

TEST_CASE("a pending future that is destroyed cancels and waits, whatever interrupts",
          "[fiber][future]") {
    bool is_interrupted = GENERATE(true, false);
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Group outer{Policy::all_settled};
        TRY(outer.spawn("owner", [&]() -> Result<void> {
            Deadline limit(Deadline::in_us(15));
            Group group{Policy::all_settled};
            {
                auto slow = TRY(group.spawn_future("slow", [&]() -> Result<int> {
                    here.say(fiber::text_of(this_fiber::sleep_for_us(1000)));
                    Shield shield;
                    here.say(fiber::text_of(this_fiber::sleep_for_us(20)));
                    return 1;
                }));
                TRY(this_fiber::sleep_for_us(10));
            }
            here.say("gone");
            here.say(fiber::text_of(this_fiber::yield()));
            return {};
        }));
        TRY(this_fiber::sleep_for_us(12));
        if (is_interrupted) outer.cancel();
        (void)outer.wait();
        return {};
    });
    CHECK(outcome.has_value());
    CHECK(here.said() ==
          Said{"cancelled", "ok", "gone", is_interrupted ? "cancelled" : "timed out"});
    CHECK(here.now_us() == 1'000'000 + 30);
}

TEST_CASE("off a fiber a future may be destroyed if that needs no wait", "[fiber][future]") {
    VirtualLoop here;
    Future<int> unused;
    Future<int> resolved;
    Promise<int>(resolved).resolve(3);
    CHECK(text_of(resolved.result()) == "3");
    std::optional<Future<int>> prompt(std::in_place);
    StubbornProducer producer(*prompt, 1);
    prompt.reset();
    CHECK_FALSE(producer.promise.is_pending());
}

TEST_CASE("a result may come after the loop has ended", "[fiber][future]") {
    Future<int> future;
    Promise<int> promise(future);
    bool is_called = false;
    FunctionCallback callback([&] { is_called = true; });
    {
        VirtualLoop here;
        CHECK(here.run([&] { future.notify(callback); }).has_value());
    }
    promise.resolve(4);
    CHECK(text_of(future.result()) == "4");
    CHECK_FALSE(is_called);
    CHECK_FALSE(callback.is_registered());
}

TEST_CASE("misuse of a future stops the program", "[fiber][future]") {
    using Misuse = void (*)(VirtualLoop&);
    auto [misuse, expected] = GENERATE(table<Misuse, std::string>({
        {[](VirtualLoop&) {
             Future<int> future;
             Promise<int> promise(future);
             promise.resolve(1);
             promise.resolve(2);
         },
         "is_pending()"},
        {[](VirtualLoop&) {
             Future<int> future;
             Promise<int> promise(future);
             (void)future.result();
         },
         "is_resolved()"},
        {[](VirtualLoop&) {
             Future<int> future;
             Promise<int> first(future), second(future);
         },
         "!future.promise_"},
        {[](VirtualLoop&) {
             Future<int> future;
             Promise<int>(future).resolve(1);
             (void)await(future); // off a fiber
         },
         "assertion failed: loop\n"},
        {[](VirtualLoop&) {
             Promise<int>* promise = nullptr;
             Future<int> future;
             Promise<int> kept(future);
             promise = &kept;
             { Future<int> gone(std::move(future)); } // off a fiber, and nobody to cancel
             (void)promise;
         },
         "assertion failed: loop\n"},
        {[](VirtualLoop& here) {
             (void)here.run([]() -> Result<void> {
                 Future<int> none;
                 return await(none);
             });
         },
         "future.promise_"},
        {[](VirtualLoop& here) {
             (void)here.run([]() -> Result<void> {
                 Future<int> own;
                 Group group;
                 own = TRY(group.spawn_future("narcissus", [&] { return join(own); }));
                 return group.wait();
             });
         },
         "future.fiber() != loop->running()"},
    }));
    std::string said = last_words([call = misuse] {
        VirtualLoop here;
        call(here);
    });
    CAPTURE(said);
    CHECK(said.find(expected) != std::string::npos);
}

TEST_CASE("the fiber that makes a result has a priority that can change", "[fiber][future]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Group group;
        auto talk = [&]() -> Result<int> {
            for (int i = 0; i < 3; i++) {
                here.say(std::string(this_fiber::name()) +
                         std::to_string(here.loop().running()->priority()));
                TRY(this_fiber::sleep_for_us(1));
            }
            return 0;
        };
        auto slow = TRY(group.spawn_future("slow", talk, 6));
        auto quick = TRY(group.spawn_future("quick", talk, 5));
        TRY(this_fiber::yield());
        TRY(this_fiber::sleep_for_us(1));
        TRY(slow.set_priority(1));
        TRY(group.wait());
        here.say(fiber::text_of(slow.set_priority(1)));
        Future<int> other;
        Promise<int> promise(other);
        here.say(fiber::text_of(other.set_priority(1)));
        return {};
    });
    CHECK(outcome.has_value());
    CHECK(here.said() ==
          // It was ready already, behind the quick one, when the change came.
          Said{"quick5", "slow6", "quick5", "slow1", "slow1", "quick5", "closed", "not supported"});
}

TEST_CASE("neither futures nor the waits for them allocate", "[fiber][future]") {
    VirtualLoop here;
    auto outcome = here.run([&]() -> Result<void> {
        Promise<int>* wanted = nullptr;
        Group group;
        TRY(group.spawn("resolver", [&]() -> Result<void> {
            for (;;) {
                if (wanted) std::exchange(wanted, nullptr)->resolve(1);
                TRY(this_fiber::yield());
            }
        }));
        std::size_t before = allocations_count();
        for (int i = 0; i < 3; i++) {
            Future<int> future;
            Promise<int> promise(future);
            FunctionCallback callback([] {});
            future.notify(callback);
            wanted = &promise;
            TRY(await(future));
            TRY(join(std::move(future)));
        }
        std::size_t after = allocations_count();
        CHECK(after == before);
        return {};
    });
    CHECK(outcome.has_value());
}
