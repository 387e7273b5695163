// SPDX-License-Identifier: MIT
#include "fiber/channel.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/virtual_loop.hpp"

#include <memory>

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

TEST_CASE("items come out in the order they went in", "[fiber][channel]") {
    std::size_t capacity = GENERATE(0u, 1u, 3u, 100u);
    VirtualLoop here;
    std::vector<int> received;
    auto result = here.run([&]() -> Result<void> {
        Channel<int> channel(capacity);
        Group group;
        TRY(group.spawn("sender", [&]() -> Result<void> {
            for (int i = 0; i < 20; i++) TRY(channel.push(i));
            channel.close();
            return {};
        }));
        TRY(group.spawn("receiver", [&]() -> Result<void> {
            for (;;) {
                auto item = channel.pop();
                if (!item) {
                    here.say(text_of(Result<void>(item.error())));
                    return {};
                }
                received.push_back(*item);
            }
        }));
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"closed"});
    REQUIRE(received.size() == 20);
    for (int i = 0; i < 20; i++) CHECK(received[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("a value that could not be pushed stays with its owner", "[fiber][channel]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Channel<std::unique_ptr<int>> channel(1);
        TRY(channel.push(std::make_unique<int>(1)));
        auto second = std::make_unique<int>(2);
        here.say(text_of(channel.try_push(second)));
        CHECK(second);
        {
            Deadline limit(Deadline::in_us(10));
            here.say(text_of(channel.push(second)));
            CHECK(second);
        }
        channel.close({Errc::denied, "locked"});
        here.say(text_of(channel.push(second)));
        CHECK(second);
        auto first = channel.pop();
        CHECK((first && **first == 1));
        auto none = channel.pop();
        here.say(text_of(none ? Result<void>() : Result<void>(none.error())));
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"would have to wait", "timed out", "not permitted", "not permitted"});
}

TEST_CASE("an item delivered before a cancellation arrives", "[fiber][channel]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Channel<int> channel(0);
        Group group;
        TRY(group.spawn("receiver", [&]() -> Result<void> {
            auto item = channel.pop();
            here.say(item ? std::to_string(*item) : "nothing");
            here.say(text_of(this_fiber::yield()));
            return {};
        }));
        TRY(this_fiber::yield());
        int value = 7;
        TRY(channel.try_push(value));
        group.cancel();
        here.say(text_of(group.wait()));
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"7", "cancelled", "cancelled"});
}

TEST_CASE("an interrupted receiver takes no item", "[fiber][channel]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Channel<int> channel(2);
        {
            Deadline limit(Deadline::in_us(10));
            auto none = channel.pop();
            here.say(none ? "item" : text_of(Result<void>(none.error())));
        }
        TRY(channel.push(1));
        CHECK(channel.size() == 1);
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"timed out"});
}

TEST_CASE("many senders and receivers lose and double nothing, whoever is interrupted",
          "[fiber][channel]") {
    std::uint64_t seed = GENERATE(range(1, 20));
    std::size_t capacity = seed % 4;
    VirtualLoop here;
    int sent = 0, received = 0;
    std::uint64_t sum_sent = 0, sum_received = 0;
    auto random = [&](std::uint64_t below) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        return (seed >> 33) % below;
    };
    auto result = here.run([&]() -> Result<void> {
        Channel<std::uint64_t> channel(capacity);
        auto send = [&]() -> Result<void> {
            for (std::uint64_t i = 0; i < 100; i++) {
                Deadline limit(Deadline::in_us(random(5)));
                if (random(3) == 0) (void)this_fiber::yield();
                if (!channel.push(i)) continue;
                sent++;
                sum_sent += i;
            }
            return {};
        };
        auto receive = [&]() -> Result<void> {
            for (int i = 0; i < 100; i++) {
                Deadline limit(Deadline::in_us(random(5)));
                if (random(3) == 0) (void)this_fiber::sleep_for_us(random(3));
                auto item = channel.pop();
                if (!item) continue;
                received++;
                sum_received += *item;
            }
            return {};
        };
        Group group;
        for (int i = 0; i < 4; i++) {
            TRY(group.spawn("sender", send));
            TRY(group.spawn("receiver", receive));
        }
        TRY(group.wait());
        while (auto item = channel.try_pop()) {
            received++;
            sum_received += *item;
        }
        return {};
    });
    CHECK(result.has_value());
    CHECK(sent > 0);
    CHECK(sent == received);
    CHECK(sum_sent == sum_received);
}
