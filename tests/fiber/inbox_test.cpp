// SPDX-License-Identifier: MIT
#include "fiber/event.hpp"
#include "fiber/inbox.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/thread_poller.hpp"
#include "tests/fiber/virtual_loop.hpp"

#include <functional>
#include <memory>
#include <thread>

using namespace kindling;
using namespace kindling::fiber;

namespace {

using Said = std::vector<std::string>;

/// Calls a function when the loop runs it.
struct Call : Post {
    explicit Call(std::function<void()> function)
        : Post([](Post& post) { static_cast<Call&>(post).call(); }), call(std::move(function)) {}
    std::function<void()> call;
};

/// Counts, and says when it has been asked for a number of times.
struct Counter {
    explicit Counter(std::uint64_t until) : until_(until) {}
    void add() {
        if (++count == until_) reached.set();
    }

    Event reached;
    std::uint64_t count = 0;

private:
    std::uint64_t until_;
};

/// A post of one producer, which checks that those before it ran before it.
struct Numbered : Post {
    Numbered() : Post(run_numbered) {}
    static void run_numbered(Post& post) {
        auto& self = static_cast<Numbered&>(post);
        if (*self.expected != self.number) self.is_out_of_order->store(true);
        ++*self.expected;
        self.counter->add();
        self.is_free.store(true, std::memory_order_release);
    }

    std::uint64_t number = 0;
    std::uint64_t* expected = nullptr;
    std::atomic<bool>* is_out_of_order = nullptr;
    Counter* counter = nullptr;
    std::atomic<bool> is_free = true;
};

#if defined(KINDLING_FIBER_ASAN) || defined(KINDLING_FIBER_TSAN)
constexpr std::uint64_t posts_each = 500'000;
#else
constexpr std::uint64_t posts_each = 5'000'000;
#endif

/// Posts from a thread of its own, through a ring of nodes that come back.
void produce(Loop& loop, Counter& counter, std::atomic<bool>& is_out_of_order) {
    std::vector<Numbered> nodes(1024);
    std::uint64_t expected = 0;
    for (std::uint64_t i = 0; i < posts_each; i++) {
        Numbered& node = nodes[i % nodes.size()];
        while (!node.is_free.load(std::memory_order_acquire)) std::this_thread::yield();
        node.is_free.store(false, std::memory_order_relaxed);
        node.number = i;
        node.expected = &expected;
        node.is_out_of_order = &is_out_of_order;
        node.counter = &counter;
        loop.post(node);
    }
    for (Numbered& node : nodes)
        while (!node.is_free.load(std::memory_order_acquire)) std::this_thread::yield();
}

} // namespace

TEST_CASE("a post runs later and in order, on the thread of the loop", "[fiber][inbox]") {
    VirtualLoop here;
    Call one([&] { here.say("one"); });
    Call two([&] {
        here.say("two");
        CHECK(Loop::current() == &here.loop());
        CHECK_FALSE(here.loop().running());
    });
    auto result = here.run([&]() -> Result<void> {
        here.loop().post(one);
        here.loop().post(two);
        here.say("posted");
        return this_fiber::sleep_for_us(1);
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"posted", "one", "two"});
    CHECK(here.loop().posts_count() == 2);
}

TEST_CASE("a loop whose fibers wait for a post is not stuck", "[fiber][inbox]") {
    VirtualLoop here;
    Event event;
    Call set([&] { event.set(); });
    auto result = here.run([&]() -> Result<void> {
        here.loop().post(set);
        return event.wait();
    });
    CHECK(result.has_value());
}

TEST_CASE("a post may post itself again, and does not stop the fibers", "[fiber][inbox]") {
    VirtualLoop here;
    int runs = 0;
    bool goes_on = true;
    std::unique_ptr<Call> again;
    again = std::make_unique<Call>([&] {
        runs++;
        if (goes_on) here.loop().post(*again);
    });
    auto result = here.run([&]() -> Result<void> {
        here.loop().post(*again);
        for (int i = 0; runs < 3 && i < 10'000; i++) TRY(this_fiber::yield());
        goes_on = false;
        return this_fiber::sleep_for_us(10);
    });
    CHECK(result.has_value());
    CHECK(runs > 1);
}

TEST_CASE("a post may destroy itself", "[fiber][inbox]") {
    VirtualLoop here;
    auto owner = std::make_unique<Call>([] {});
    owner->call = [&] {
        here.say("gone");
        auto last = std::move(owner);
    };
    here.loop().post(*owner);
    auto result = here.run([&] { return this_fiber::sleep_for_us(1); });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"gone"});
}

TEST_CASE("what nobody waits for runs when the loop is destroyed", "[fiber][inbox]") {
    std::vector<std::string> said;
    VirtualPoller poller;
    Call second([&] { said.push_back("second"); });
    Call first([&] {
        said.push_back("first");
        Loop::current()->post(second);
    });
    {
        Loop loop(poller);
        loop.post(first);
        CHECK(said.empty());
    }
    CHECK(said == Said{"first", "second"});
}

TEST_CASE("a post wakes a loop that sleeps", "[fiber][inbox]") {
    ThreadPoller poller;
    Loop loop(poller);
    Event event;
    Call set([&] { event.set(); });
    std::thread other([&] {
        poller.await_sleep(1);
        loop.post(set);
    });
    auto result = loop.run("first", [&] { return event.wait(); });
    other.join();
    CHECK(result.has_value());
    CHECK(poller.rings_count() == 1);
}

TEST_CASE("wake ends a sleep, though nothing was posted", "[fiber][inbox]") {
    ThreadPoller poller;
    Loop loop(poller);
    Event event;
    Call set([&] { event.set(); });
    std::thread other([&] {
        poller.await_sleep(1);
        loop.wake();
        poller.await_sleep(2);
        loop.post(set);
    });
    auto result = loop.run("first", [&] { return event.wait(); });
    other.join();
    CHECK(result.has_value());
    CHECK(poller.rings_count() == 2);
}

TEST_CASE("two threads lose nothing and ring no more often than they post", "[fiber][inbox]") {
    ThreadPoller poller;
    Loop loop(poller);
    Counter counter(2 * posts_each);
    std::atomic<bool> is_out_of_order = false;
    std::thread one([&] { produce(loop, counter, is_out_of_order); });
    std::thread two([&] { produce(loop, counter, is_out_of_order); });
    auto result = loop.run("first", [&] { return counter.reached.wait(); });
    one.join();
    two.join();
    CHECK(result.has_value());
    CHECK(counter.count == 2 * posts_each);
    CHECK(loop.posts_count() == 2 * posts_each);
    CHECK_FALSE(is_out_of_order);
    CHECK(poller.rings_count() <= 2 * posts_each);
    WARN(2 * posts_each << " posts, " << poller.rings_count() << " rings");
}

TEST_CASE("what is posted while the loop ends runs all the same", "[fiber][inbox]") {
    for (int round = 0; round < 100; round++) {
        std::uint64_t ran = 0;
        std::vector<std::unique_ptr<Call>> calls;
        for (int i = 0; i < 100; i++) calls.push_back(std::make_unique<Call>([&] { ran++; }));
        {
            ThreadPoller poller;
            Loop loop(poller);
            std::thread other([&] {
                for (auto& call : calls) loop.post(*call);
            });
            CHECK(loop.run("first", [] {}).has_value());
            other.join();
        }
        REQUIRE(ran == calls.size());
    }
}
