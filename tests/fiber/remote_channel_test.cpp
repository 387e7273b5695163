// SPDX-License-Identifier: MIT
#include "fiber/remote_channel.hpp"

#include "fiber/remote_receive_arm.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/thread_poller.hpp"
#include "tests/fiber/virtual_loop.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <thread>

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

namespace {

template <class T>
std::string text_of_pop(const Result<T>& popped) {
    return text_of(popped ? Result<void>() : Result<void>(popped.error()));
}

} // namespace

TEST_CASE("items of other threads come out in order, through a small channel", "[fiber][remote]") {
    constexpr int items_each = 20'000;
    std::size_t capacity = GENERATE(1u, 3u, 1000u);
    ThreadPoller poller;
    Loop loop(poller);
    std::vector<std::thread> threads;
    int next[2] = {0, 0};
    bool is_in_order = true;
    auto result = loop.run("receiver", [&]() -> Result<void> {
        RemoteChannel<std::pair<int, int>> channel(capacity);
        for (int i = 0; i < 2; i++)
            threads.emplace_back([sender = channel.sender(), i]() mutable {
                for (int item = 0; item < items_each; item++)
                    if (!sender.push({i, item})) return;
            });
        for (;;) {
            auto item = channel.pop();
            if (!item) return item.error();
            auto [producer, number] = *item;
            is_in_order &= next[producer]++ == number;
        }
    });
    for (auto& thread : threads) thread.join();
    CHECK(text_of(result) == "closed"); // The last sender has gone.
    CHECK(is_in_order);
    CHECK(next[0] == items_each);
    CHECK(next[1] == items_each);
}

TEST_CASE("a full channel refuses, and leaves the value with its owner", "[fiber][remote]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        RemoteChannel<std::unique_ptr<int>> channel(1);
        auto sender = channel.sender();
        auto first = std::make_unique<int>(1), second = std::make_unique<int>(2);
        TRY(sender.try_push(first));
        CHECK_FALSE(first);
        here.say(text_of(sender.try_push(second)));
        CHECK(second);
        CHECK(channel.size() == 1);
        channel.close({Errc::denied, "locked"});
        here.say(text_of(sender.try_push(second)));
        here.say(text_of(sender.push(second)));
        CHECK(second);
        here.say(text_of_pop(channel.try_pop()));
        here.say(text_of_pop(channel.try_pop()));
        here.say(text_of_pop(channel.pop()));
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"would have to wait", "not permitted", "not permitted", "ok",
                              "not permitted", "not permitted"});
}

TEST_CASE("closing from either side ends the waits of the other", "[fiber][remote]") {
    bool is_closed_by_sender = GENERATE(true, false);
    ThreadPoller poller;
    Loop loop(poller);
    std::thread thread;
    std::string pushed;
    auto result = loop.run("receiver", [&]() -> Result<void> {
        RemoteChannel<int> channel(1);
        thread = std::thread([&, sender = channel.sender()]() mutable {
            if (is_closed_by_sender) {
                poller.await_sleep(1);
                return sender.close({Errc::io, "the wire broke"});
            }
            while (auto more = sender.push(1)) {
            }
            pushed = text_of(sender.push(1));
        });
        if (is_closed_by_sender) {
            auto item = channel.pop();
            return item ? Result<void>() : item.error();
        }
        TRY(channel.pop());
        channel.close({Errc::denied, "enough"});
        return {};
    });
    thread.join();
    CHECK(text_of(result) == (is_closed_by_sender ? "input/output error" : "ok"));
    CHECK(pushed == (is_closed_by_sender ? "" : "not permitted"));
}

TEST_CASE("an interrupted pop takes nothing, and what was delivered before arrives",
          "[fiber][remote]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        RemoteChannel<int> channel(4);
        auto sender = channel.sender();
        {
            Deadline limit(Deadline::in_us(10));
            here.say(text_of_pop(channel.pop()));
        }
        int seven = 7, eight = 8;
        Group group;
        TRY(group.spawn("receiver", [&]() -> Result<void> {
            auto item = channel.pop();
            here.say(item ? std::to_string(*item) : "nothing");
            here.say(text_of_pop(channel.pop()));
            return {};
        }));
        TRY(this_fiber::yield());
        TRY(sender.try_push(seven));
        CHECK(channel.size() == 1);
        // Until the loop has delivered it; then this fiber runs before the receiver.
        for (int i = 0; channel.size() > 0 && i < 10'000; i++) TRY(this_fiber::yield());
        CHECK(channel.size() == 0);
        group.cancel();
        TRY(sender.try_push(eight));
        here.say(text_of(group.wait()));
        CHECK(channel.size() == 1);
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"timed out", "7", "cancelled", "cancelled"});
}

TEST_CASE("who waits for an item gets it before who comes later", "[fiber][remote]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        RemoteChannel<int> channel(4);
        auto sender = channel.sender();
        Group group;
        for (int i = 0; i < 2; i++) {
            TRY(group.spawn("receiver", [&, i]() -> Result<void> {
                int item = TRY(channel.pop());
                here.say(std::to_string(i) + " has " + std::to_string(item));
                return {};
            }));
        }
        TRY(this_fiber::yield());
        for (int item : {5, 6, 7}) TRY(sender.try_push(item));
        auto third = channel.try_pop();
        CHECK((third && *third == 7));
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"0 has 5", "1 has 6"});
}

TEST_CASE("a sender may outlive the channel, its loop, and a call of the loop", "[fiber][remote]") {
    std::optional<RemoteSender<std::unique_ptr<int>>> sender;
    {
        VirtualLoop here;
        auto result = here.run([&]() -> Result<void> {
            RemoteChannel<std::unique_ptr<int>> channel(4);
            sender = channel.sender();
            {
                Deadline limit(Deadline::in_us(10));
                CHECK(text_of_pop(channel.pop()) == "timed out");
            }
            // For the sender a fiber still waits, so that it calls the loop.
            return sender->push(std::make_unique<int>(1));
        });
        CHECK(result.has_value());
        CHECK(here.loop().posts_count() == 1);
        CHECK(text_of(sender->push(std::make_unique<int>(2))) == "closed");
    }
    auto copy = *sender;
    CHECK(text_of(copy.push(std::make_unique<int>(3))) == "closed");
}

TEST_CASE("a channel can go while threads push", "[fiber][remote]") {
    ThreadPoller poller;
    Loop loop(poller);
    for (int round = 0; round < 100; round++) {
        std::vector<std::thread> threads;
        auto result = loop.run("receiver", [&]() -> Result<void> {
            RemoteChannel<std::unique_ptr<int>> channel(2);
            for (int i = 0; i < 2; i++)
                threads.emplace_back([sender = channel.sender()]() mutable {
                    while (sender.push(std::make_unique<int>(1))) {
                    }
                });
            for (int i = 0; i < round; i++) TRY(channel.pop());
            return {};
        });
        for (auto& thread : threads) thread.join();
        REQUIRE(result.has_value());
    }
}

TEST_CASE("a virtual clock stands while a fiber waits for another thread", "[fiber][remote]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        {
            Group group; // whose stacks could give memory back
            for (int i = 0; i < 3; i++) {
                TRY(group.spawn("child", [] {}));
                TRY(this_fiber::yield());
            }
            TRY(group.wait());
        }
        std::uint64_t before_us = here.now_us();
        RemoteChannel<int> channel(1);
        std::thread thread([sender = channel.sender()]() mutable {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            (void)sender.push(1);
        });
        auto popped = channel.pop();
        thread.join();
        CHECK(popped.has_value());
        CHECK(here.loop().stacks().can_trim_warm());
        CHECK(here.now_us() == before_us);
        return {};
    });
    CHECK(text_of(result) == "ok");
}

TEST_CASE("a select takes what threads push into several channels", "[fiber][remote][select]") {
    constexpr int items_each = 20'000;
    ThreadPoller poller;
    Loop loop(poller);
    std::vector<std::thread> threads;
    int next[2] = {0, 0};
    bool is_in_order = true;
    auto result = loop.run("receiver", [&]() -> Result<void> {
        RemoteChannel<int> one(1), two(5);
        RemoteReceiveArm first(one), second(two);
        for (RemoteChannel<int>* channel : {&one, &two})
            threads.emplace_back([sender = channel->sender()]() mutable {
                for (int item = 0; item < items_each; item++)
                    if (!sender.push(item)) return;
            });
        while (next[0] + next[1] < 2 * items_each) {
            std::size_t place = TRY(select(first, second));
            auto item = place == 0 ? first.result() : second.result();
            // One that is closed always wins, so that the other is waited for alone.
            if (!item) item = place == 0 ? two.pop() : one.pop(), place = 1 - place;
            is_in_order &= next[place]++ == TRY(std::move(item));
        }
        return {};
    });
    for (auto& thread : threads) thread.join();
    CHECK(text_of(result) == "ok");
    CHECK(is_in_order);
}

TEST_CASE("a select that another arm wins takes nothing from a channel",
          "[fiber][remote][select]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        RemoteChannel<int> channel(2);
        auto sender = channel.sender();
        RemoteReceiveArm received(channel);
        here.say(std::to_string(TRY(select(received, TimeArm(Deadline::in_us(10))))));
        {
            Deadline limit(Deadline::in_us(10));
            here.say(to_text(select(received).error().code));
        }
        int item = 3;
        TRY(sender.try_push(item));
        CHECK(channel.size() == 1);
        here.say(std::to_string(TRY(select(received))));
        here.say(std::to_string(TRY(received.result())));
        channel.close();
        here.say(std::to_string(TRY(select(received))));
        here.say(text_of_pop(received.result()));
        return {};
    });
    CHECK(text_of(result) == "ok");
    CHECK(here.said() == Said{"1", "timed out", "0", "3", "0", "closed"});
}
