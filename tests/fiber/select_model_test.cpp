// SPDX-License-Identifier: MIT
//
// Random selects against each other: nothing is lost, doubled or half done.
#include "fiber/poll_arm.hpp"
#include "fiber/process.hpp"
#include "tests/fiber/poller_loop.hpp"

#include <poll.h>

using namespace kindling;
using namespace kindling::fiber;

namespace {

constexpr std::size_t fibers_count = 10;
constexpr std::size_t kinds_count = 6;

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
    Pipe pipes[fibers_count];             ///< of one reader each
    std::size_t bytes[fibers_count] = {}; ///< in them
    std::vector<int> balance{0};          ///< of each item: 0 unsent, 1 under way, 2 received once
    std::size_t wins[kinds_count] = {}, interrupted = 0, wrong = 0;

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

/// Nobody else reads from it.
void take_byte(World& world, std::size_t own) {
    char byte = 0;
    bool is_expected = world.bytes[own]-- > 0;
    // It never blocks if all is well.
    if (!is_expected || ::read(world.pipes[own].read_end.get(), &byte, 1) != 1) world.wrong++;
}

/// One select of some arms in some order, under a deadline.
void race_once(World& world, std::size_t own, Future<int>& future) {
    Item value(world.balance.size());
    world.balance.push_back(0);
    std::size_t number = value.number;
    ReceiveArm one(world.channels[world.random(3)]), two(world.channels[world.random(3)]);
    SendArm send(world.channels[world.random(3)], value);
    EventArm happened(world.event);
    FutureArm resolved(future);
    PollArm readable(world.pipes[own].read_end.get(), POLLIN);
    Arm* arms[] = {&one, &two, &send, &happened, &resolved, &readable};
    std::size_t kinds[] = {0, 1, 2, 3, 4, 5}, count = 1 + world.random(kinds_count);
    for (std::size_t i = 0; i < count; i++) {
        std::size_t other = i + world.random(kinds_count - i);
        std::swap(arms[i], arms[other]);
        std::swap(kinds[i], kinds[other]);
    }
    Deadline limit(Deadline::in_us(world.random(8)));
    auto place = select_among(std::span<Arm* const>(arms, count), world.random(count));
    std::size_t kind = place ? kinds[*place] : kinds_count;
    if (!place)
        world.interrupted++;
    else
        world.wins[kind]++;
    if (kind == 0) received(world, one.result());
    if (kind == 1) received(world, two.result());
    if (kind == 2) world.balance[number]++;
    if (kind == 4 && !future.is_resolved()) world.wrong++;
    if (kind == 5) take_byte(world, own);
    // What lost still has its item.
    if ((value.number == 0) != (kind == 2)) world.wrong++;
}

Result<void> race_often(World& world, std::size_t own, std::size_t rounds) {
    std::optional<Future<int>> future;
    for (std::size_t i = 0; i < rounds; i++) {
        if (!future || future->is_resolved()) {
            future.emplace();
            world.promises[own].emplace(*future);
        }
        race_once(world, own, *future);
        if (world.random(4) == 0) TRY(this_fiber::sleep_for_us(world.random(3)));
    }
    world.promises[own].reset();
    return {};
}

/// Resolves futures, fills pipes and moves the event to and fro.
Result<void> stir(World& world) {
    for (;;) {
        TRY(this_fiber::sleep_for_us(1));
        auto& promise = world.promises[world.random(fibers_count)];
        if (promise && promise->is_pending()) promise->resolve(1);
        std::size_t reader = world.random(fibers_count);
        if (world.bytes[reader] < 3) {
            REQUIRE(::write(world.pipes[reader].write_end.get(), "x", 1) == 1);
            world.bytes[reader]++;
        }
        if (world.random(4) == 0)
            world.event.set();
        else
            world.event.reset();
    }
}

/// All have ended: what was sent has arrived once or is `left`, and each kind of arm has won so
/// often.
void check(const World& world, std::size_t left, std::size_t rounds, std::size_t wins_min) {
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
        CHECK(wins >= wins_min);
        selects += wins;
    }
    CHECK(world.interrupted >= wins_min);
    CHECK(selects == fibers_count * rounds);
}

} // namespace

TEST_CASE("random selects lose and double nothing, and what loses has done nothing",
          "[fiber][select]") {
    // The four in virtual time make 100,000 selects; the others do what the kernel makes of it.
    auto [choice, rounds] = GENERATE(table<PollerChoice, std::size_t>({
        {{"virtual"}, 2500},
        {{"virtual", "", 2}, 2500},
        {{"virtual", "", 3}, 2500},
        {{"virtual", "", 4}, 2500},
        {{"epoll"}, 500},
        {{"io_uring"}, 500},
        {{"io_uring", "defer_taskrun"}, 500},
    }));
    INFO(choice);
    auto poller = make_poller(choice);
    if (!poller) return;
    World world(1 + choice.seed);
    for (Pipe& pipe : world.pipes) pipe = make_pipe().value();
    Loop loop(*poller);
    std::size_t left = 0;
    auto outcome = loop.run("first", [&, rounds = rounds]() -> Result<void> {
        Group stirring;
        TRY(stirring.spawn("stir", [&] { return stir(world); }));
        Group racing;
        for (std::size_t i = 0; i < fibers_count; i++)
            TRY(racing.spawn("racer", [&, i] { return race_often(world, i, rounds); }));
        TRY(racing.wait());
        for (Channel<Item>& channel : world.channels)
            while (auto item = channel.try_pop()) {
                received(world, std::move(item));
                left++;
            }
        CHECK_FALSE(Loop::current()->poller().can_wake());
        return {};
    });
    CHECK(outcome.has_value());
    // What a real clock does is not for a test to say.
    check(world, left, rounds, choice.name == std::string("virtual") ? rounds / 10 : 0);
}
