// SPDX-License-Identifier: MIT
//
// Random selects against each other: nothing is lost, doubled or half done.
#include "fiber/select.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/virtual_loop.hpp"

using namespace kindling;
using namespace kindling::fiber;

namespace {

constexpr std::size_t fibers_count = 10;
constexpr std::size_t rounds_per_fiber = 2'500; // with four seeds 100,000 selects

/// A number that says when it was moved away.
struct Item {
    explicit Item(std::size_t id) : number(id) {}
    Item(Item&& other) noexcept : number(std::exchange(other.number, 0)) {}
    Item& operator=(Item&& other) noexcept {
        number = std::exchange(other.number, 0);
        return *this;
    }
    std::size_t number; // from 1
};

/// What all fibers share, and what they have seen.
struct World {
    explicit World(std::uint64_t seed) : state(seed) {}

    std::uint64_t random(std::uint64_t below) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return (state >> 33) % below;
    }

    Channel<Item> channels[3] = {Channel<Item>(0), Channel<Item>(1), Channel<Item>(3)};
    Event event;
    std::optional<Promise<int>> promises[fibers_count];
    std::vector<int> balance{0}; ///< of each item: 0 unsent, 1 under way, 2 received once
    std::size_t wins[5] = {}, interrupted = 0, wrong = 0;

    std::uint64_t state;
};

void received(World& world, Result<Item> item) {
    if (!item || item->number == 0 || world.balance[item->number] > 1) {
        world.wrong++;
        return;
    }
    // The receiver may run before the sender, but not twice.
    world.balance[item->number] += 2;
}

/// One select of some arms in some order, under a deadline.
void race_once(World& world, Future<int>& future) {
    Item value(world.balance.size());
    world.balance.push_back(0);
    std::size_t number = value.number;
    ReceiveArm one(world.channels[world.random(3)]), two(world.channels[world.random(3)]);
    SendArm send(world.channels[world.random(3)], value);
    EventArm happened(world.event);
    FutureArm resolved(future);
    Arm* arms[] = {&one, &two, &send, &happened, &resolved};
    std::size_t kinds[] = {0, 1, 2, 3, 4}, count = 1 + world.random(5);
    for (std::size_t i = 0; i < count; i++) {
        std::size_t other = i + world.random(5 - i);
        std::swap(arms[i], arms[other]);
        std::swap(kinds[i], kinds[other]);
    }
    Deadline limit(Deadline::in_us(world.random(8)));
    auto place = select_among(std::span<Arm* const>(arms, count), world.random(count));
    std::size_t kind = place ? kinds[*place] : 5;
    if (!place)
        world.interrupted++;
    else
        world.wins[kind]++;
    if (kind == 0) received(world, one.result());
    if (kind == 1) received(world, two.result());
    if (kind == 2) world.balance[number]++;
    if (kind == 4 && !future.is_resolved()) world.wrong++;
    // What lost still has its item.
    if ((value.number == 0) != (kind == 2)) world.wrong++;
}

Result<void> race_often(World& world, std::size_t own) {
    std::optional<Future<int>> future;
    for (std::size_t i = 0; i < rounds_per_fiber; i++) {
        if (!future || future->is_resolved()) {
            future.emplace();
            world.promises[own].emplace(*future);
        }
        race_once(world, *future);
        if (world.random(4) == 0) TRY(this_fiber::sleep_for_us(world.random(3)));
    }
    world.promises[own].reset();
    return {};
}

/// Resolves futures and moves the event to and fro.
Result<void> stir(World& world) {
    for (;;) {
        TRY(this_fiber::sleep_for_us(1));
        auto& promise = world.promises[world.random(fibers_count)];
        if (promise && promise->is_pending()) promise->resolve(1);
        if (world.random(4) == 0)
            world.event.set();
        else
            world.event.reset();
    }
}

} // namespace

TEST_CASE("random selects lose and double nothing, and what loses has done nothing",
          "[fiber][select]") {
    std::uint64_t seed = GENERATE(1u, 2u, 3u, 4u);
    CAPTURE(seed);
    World world(seed);
    VirtualLoop here;
    std::size_t left = 0;
    auto outcome = here.run([&]() -> Result<void> {
        Group stirring;
        TRY(stirring.spawn("stir", [&] { return stir(world); }));
        Group racing;
        for (std::size_t i = 0; i < fibers_count; i++)
            TRY(racing.spawn("racer", [&, i] { return race_often(world, i); }));
        TRY(racing.wait());
        for (Channel<Item>& channel : world.channels)
            while (auto item = channel.try_pop()) {
                received(world, std::move(item));
                left++;
            }
        return {};
    });
    CHECK(outcome.has_value());
    CHECK(world.wrong == 0);
    CHECK(left <= 4);
    std::size_t sent = 0;
    for (int balance : world.balance) {
        if (balance != 0 && balance != 3) FAIL("an item that was sent was not received once");
        sent += balance == 3;
    }
    CHECK(sent == world.wins[2]);
    CHECK(sent == world.wins[0] + world.wins[1] + left);
    std::size_t selects = world.interrupted;
    for (std::size_t wins : world.wins) {
        CHECK(wins > rounds_per_fiber / 10);
        selects += wins;
    }
    CHECK(world.interrupted > rounds_per_fiber / 10);
    CHECK(selects == fibers_count * rounds_per_fiber);
}
