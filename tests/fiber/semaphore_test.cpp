// SPDX-License-Identifier: MIT
#include "fiber/semaphore.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/death.hpp"
#include "tests/fiber/model.hpp"

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

namespace {

/// The kind of a waiter is how many permits it asks for.
class SemaphoreModel : public Model {
public:
    using Model::Model;

private:
    void act() override {
        switch (random.below(6)) {
        case 0:
            return set_limit(1 + random.below(4));
        case 1:
            return try_acquire();
        case 2:
        case 3:
            return release(random.below(workers_count));
        default:
            if (auto worker = idle()) acquire(*worker);
        }
    }

    void acquire(std::size_t worker) {
        if (held_[worker] > 0) return release(worker);
        std::size_t permits = random.below(limit_ + 1);
        if (!start(worker, [this, permits] { return semaphore_.acquire(permits); })) return;
        enqueue(worker, permits);
        serve();
    }

    void try_acquire() {
        bool may = queue.empty() && in_use_ + 1 <= limit_;
        if (semaphore_.try_acquire().has_value() != may) return differ("try_acquire");
        if (may) semaphore_.release();
    }

    void release(std::size_t worker) {
        std::size_t permits = std::exchange(held_[worker], 0);
        semaphore_.release(permits);
        in_use_ -= permits;
        serve();
    }

    void set_limit(std::size_t limit) {
        semaphore_.set_limit(limit);
        limit_ = limit;
        serve();
    }

    void serve() {
        while (!queue.empty() && (queue[0].kind == 0 || in_use_ + queue[0].kind <= limit_)) {
            in_use_ += queue[0].kind;
            held_[queue[0].worker] += queue[0].kind;
            grant(0);
        }
    }

    void left(const Waiter&) override { serve(); }
    bool is_same() override {
        return semaphore_.available() == (in_use_ < limit_ ? limit_ - in_use_ : 0);
    }
    void finish() override {
        set_limit(100);
        for (std::size_t worker = 0; worker < workers_count; worker++) release(worker);
    }

    Semaphore semaphore_{3};
    std::size_t limit_ = 3;
    std::size_t in_use_ = 0;
    std::array<std::size_t, workers_count> held_{};
};

} // namespace

TEST_CASE("a semaphore does as its reference does", "[fiber][semaphore][model]") {
    check_model<SemaphoreModel>();
}

TEST_CASE("a large request for permits is not overtaken, unless it gives up",
          "[fiber][semaphore]") {
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

TEST_CASE("permits come back when their scope ends", "[fiber][semaphore]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Semaphore permits(3);
        {
            Permit two = TRY(permits.hold(2));
            Permit moved = std::move(two);
            CHECK(moved.count() == 2);
            CHECK(permits.available() == 1);
        }
        CHECK(permits.available() == 3);
        return {};
    });
    CHECK(result.has_value());
}

TEST_CASE("a lower limit lets holders finish, a higher one lets waiters in", "[fiber][semaphore]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Semaphore permits(2);
        TRY(permits.acquire(2));
        permits.set_limit(1);
        CHECK(permits.available() == 0);
        Group group;
        TRY(group.spawn("waiter", [&]() -> Result<void> {
            Permit permit = TRY(permits.hold());
            here.say("in");
            return {};
        }));
        TRY(this_fiber::yield());
        permits.release();
        TRY(this_fiber::yield());
        CHECK(here.said().empty());
        permits.set_limit(2);
        TRY(group.wait());
        permits.release();
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"in"});
}

TEST_CASE("misuse of a semaphore stops the program", "[fiber][semaphore]") {
    CHECK(last_words([] { (void)Semaphore(2).try_acquire(3); }) != "");
    CHECK(last_words([] { Semaphore(2).release(); }) != "");
    CHECK_THAT(last_words([] { (void)Semaphore(2, "seats").try_acquire(); }),
               Catch::Contains("semaphore seats destroyed while permits are in use"));
}
