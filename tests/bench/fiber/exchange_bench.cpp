// SPDX-License-Identifier: MIT
//
// Round trips between two fibers: over two channels, and with a mutex and conditions.
#include "tests/bench/fiber/measure.hpp"

#include "fiber/channel.hpp"
#include "fiber/lock.hpp"

#include <boost/fiber/all.hpp>

namespace kindling::bench {

namespace {

constexpr std::size_t trips = 50'000;
constexpr std::size_t capacity = 2; // the least that Boost's channel can have

double our_channels() {
    Stopwatch watch(trips);
    run_on_loop([&]() -> Result<void> {
        fiber::Channel<int> there(capacity), back(capacity);
        fiber::Group group;
        TRY(group.spawn("echo", [&]() -> Result<void> {
            for (std::size_t i = 0; i < trips; i++) TRY(back.push(TRY(there.pop())));
            return {};
        }));
        watch.start();
        for (std::size_t i = 0; i < trips; i++) {
            TRY(there.push(1));
            TRY(back.pop());
        }
        watch.stop();
        return group.wait();
    });
    return watch.per_operation();
}

double their_channels() {
    Stopwatch watch(trips);
    boost::fibers::buffered_channel<int> there(capacity), back(capacity);
    boost::fibers::fiber echo([&] {
        for (std::size_t i = 0; i < trips; i++) back.push(there.value_pop());
    });
    watch.start();
    for (std::size_t i = 0; i < trips; i++) {
        there.push(1);
        back.value_pop();
    }
    watch.stop();
    echo.join();
    return watch.per_operation();
}

/// Waits until it is the turn of `mine`, and gives it to the other.
struct OurTurns {
    fiber::Mutex mutex;
    fiber::Condition changed[2];
    std::size_t whose = 0;

    Result<void> take(std::size_t mine) {
        fiber::Guard guard = TRY(mutex.lock());
        TRY(changed[mine].wait(guard, [&] { return whose == mine; }));
        whose = 1 - mine;
        changed[whose].notify_one();
        return {};
    }
};

struct TheirTurns {
    boost::fibers::mutex mutex;
    boost::fibers::condition_variable changed[2];
    std::size_t whose = 0;

    void take(std::size_t mine) {
        std::unique_lock guard(mutex);
        changed[mine].wait(guard, [&] { return whose == mine; });
        whose = 1 - mine;
        changed[whose].notify_one();
    }
};

double our_turns() {
    Stopwatch watch(trips);
    run_on_loop([&]() -> Result<void> {
        OurTurns turns;
        fiber::Group group;
        TRY(group.spawn("other", [&]() -> Result<void> {
            for (std::size_t i = 0; i < trips; i++) TRY(turns.take(1));
            return {};
        }));
        watch.start();
        for (std::size_t i = 0; i < trips; i++) TRY(turns.take(0));
        TRY(group.wait());
        watch.stop();
        return {};
    });
    return watch.per_operation();
}

double their_turns() {
    Stopwatch watch(trips);
    TheirTurns turns;
    boost::fibers::fiber other([&] {
        for (std::size_t i = 0; i < trips; i++) turns.take(1);
    });
    watch.start();
    for (std::size_t i = 0; i < trips; i++) turns.take(0);
    other.join();
    watch.stop();
    return watch.per_operation();
}

} // namespace

void measure_channel(const Figure& figure) {
    compare(figure, "Boost.Fiber", our_channels, their_channels);
}

void measure_mutex_condition(const Figure& figure) {
    compare(figure, "Boost.Fiber", our_turns, their_turns);
}

} // namespace kindling::bench
