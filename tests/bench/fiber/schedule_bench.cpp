// SPDX-License-Identifier: MIT
//
// What a scheduler costs: yielding among 2, 64 and 1000 fibers, and a fiber's whole life.
#include "tests/bench/fiber/measure.hpp"

#include "fiber/fiber.hpp"

#include <boost/fiber/all.hpp>

namespace kindling::bench {

namespace {

constexpr std::size_t yields = 200'000;
constexpr std::size_t lives = 10'000;

double our_yields(std::size_t count) {
    std::size_t each = yields / count;
    Stopwatch watch(each * count);
    run_on_loop([&]() -> Result<void> {
        fiber::Group group;
        for (std::size_t i = 0; i < count; i++)
            TRY(group.spawn("yield", [&]() -> Result<void> {
                // The first round finds all of them started.
                TRY(fiber::this_fiber::yield());
                for (std::size_t round = 0; round < each; round++) TRY(fiber::this_fiber::yield());
                return {};
            }));
        TRY(fiber::this_fiber::yield());
        watch.start();
        TRY(group.wait());
        watch.stop();
        return {};
    });
    return watch.per_operation();
}

double their_yields(std::size_t count) {
    std::size_t each = yields / count;
    Stopwatch watch(each * count);
    std::vector<boost::fibers::fiber> fibers;
    for (std::size_t i = 0; i < count; i++)
        fibers.emplace_back([each] {
            boost::this_fiber::yield();
            for (std::size_t round = 0; round < each; round++) boost::this_fiber::yield();
        });
    boost::this_fiber::yield();
    watch.start();
    for (boost::fibers::fiber& fiber : fibers) fiber.join();
    watch.stop();
    return watch.per_operation();
}

void compare_yields(const Figure& figure, std::size_t count) {
    compare(
        figure, "Boost.Fiber", [count] { return our_yields(count); },
        [count] { return their_yields(count); });
}

double our_lives() {
    Stopwatch watch(lives);
    run_on_loop([&]() -> Result<void> {
        watch.start();
        for (std::size_t i = 0; i < lives; i++) {
            fiber::Group group;
            TRY(group.spawn("life", [] {}));
            TRY(group.wait());
        }
        watch.stop();
        return {};
    });
    return watch.per_operation();
}

double their_lives() {
    Stopwatch watch(lives);
    boost::fibers::pooled_fixedsize_stack pool;
    watch.start();
    for (std::size_t i = 0; i < lives; i++)
        boost::fibers::fiber(std::allocator_arg, pool, [] {}).join();
    watch.stop();
    return watch.per_operation();
}

} // namespace

void measure_yield_2(const Figure& figure) {
    compare_yields(figure, 2);
}

void measure_yield_64(const Figure& figure) {
    compare_yields(figure, 64);
}

void measure_yield_1000(const Figure& figure) {
    compare_yields(figure, 1000);
}

void measure_spawn_join(const Figure& figure) {
    compare(figure, "Boost.Fiber with pooled stacks", our_lives, their_lives);
}

} // namespace kindling::bench
