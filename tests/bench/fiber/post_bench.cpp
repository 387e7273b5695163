// SPDX-License-Identifier: MIT
//
// Posting to a loop that is awake, beside the write to an eventfd that would wake another.
#include "tests/bench/fiber/measure.hpp"

#include "fiber/fiber.hpp"
#include "host/fd.hpp"

#include <sys/eventfd.h>
#include <unistd.h>
#include <vector>

namespace kindling::bench {

namespace {

constexpr std::size_t posts = 10'000;

struct CountedPost : fiber::Post {
    CountedPost() : Post([](Post&) { have_run++; }) {}
    static inline std::size_t have_run = 0;
};

/// Only the posting: that they run is waited for afterwards, as nobody reads the eventfd.
double our_posts() {
    Stopwatch watch(posts);
    run_on_loop([&]() -> Result<void> {
        std::vector<CountedPost> all(posts);
        CountedPost::have_run = 0;
        fiber::Loop& loop = *fiber::Loop::current();
        watch.start();
        for (CountedPost& post : all) loop.post(post);
        watch.stop();
        while (CountedPost::have_run < posts) TRY(fiber::this_fiber::yield());
        return {};
    });
    return watch.per_operation();
}

double eventfd_writes() {
    host::Fd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    std::uint64_t one = 1;
    Stopwatch watch(posts);
    watch.start();
    for (std::size_t i = 0; i < posts; i++)
        if (::write(event.get(), &one, sizeof(one)) != sizeof(one)) fail("write");
    watch.stop();
    return watch.per_operation();
}

} // namespace

void measure_post(const Figure& figure) {
    compare(figure, "a write to an eventfd", our_posts, eventfd_writes);
}

} // namespace kindling::bench
