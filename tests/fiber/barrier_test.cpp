// SPDX-License-Identifier: MIT
#include "fiber/barrier.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/death.hpp"
#include "tests/fiber/model.hpp"

#include <memory>

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

namespace {

/// A new barrier now and then, for another number of parties.
class BarrierModel : public Model {
public:
    using Model::Model;

private:
    void act() override {
        if (one_in(12)) return queue.empty() ? renew() : reset();
        if (parties_ > 1 && one_in(12)) return drop();
        auto worker = idle();
        if (!worker || !start(*worker, [this] { return barrier_->arrive_and_wait(); })) return;
        if (is_broken_) return expect(*worker, Outcome::broken);
        if (--missing_ > 0) return enqueue(*worker);
        expect(*worker, Outcome::ok);
        pass();
    }

    void pass() {
        while (!queue.empty()) grant(0);
        missing_ = parties_;
    }

    void drop() {
        barrier_->arrive_and_drop();
        parties_--;
        if (is_broken_) return;
        if (--missing_ == 0) pass();
    }

    void reset() {
        barrier_->reset();
        while (!queue.empty()) grant(0, Outcome::broken);
        is_broken_ = false;
        missing_ = parties_;
    }

    void renew() {
        parties_ = missing_ = 1 + random.below(workers_count);
        is_broken_ = false;
        barrier_ = std::make_unique<Barrier>(parties_);
    }

    void left(const Waiter&) override {
        is_broken_ = true;
        while (!queue.empty()) grant(0, Outcome::broken);
    }

    bool is_same() override {
        return barrier_->is_broken() == is_broken_ && barrier_->parties() == parties_ &&
               barrier_->waiting_count() == queue.size();
    }
    void finish() override { reset(); }

    std::unique_ptr<Barrier> barrier_ = std::make_unique<Barrier>(3);
    std::size_t parties_ = 3;
    std::size_t missing_ = 3;
    bool is_broken_ = false;
};

} // namespace

TEST_CASE("a barrier does as its reference does", "[fiber][barrier][model]") {
    check_model<BarrierModel>();
}

TEST_CASE("nobody is in the next round before all are through this one", "[fiber][barrier]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Barrier barrier(3);
        Group group;
        for (std::uint64_t i = 1; i <= 3; i++)
            TRY(group.spawn("party", [&, i]() -> Result<void> {
                for (int round = 0; round < 2; round++) {
                    TRY(this_fiber::sleep_for_us(i));
                    here.say(std::to_string(round));
                    TRY(barrier.arrive_and_wait());
                }
                return {};
            }));
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"0", "0", "0", "1", "1", "1"});
}

TEST_CASE("one that is interrupted breaks the barrier until it is reset", "[fiber][barrier]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Barrier barrier(3);
        Group group;
        TRY(group.spawn("patient", [&] { here.say(text_of(barrier.arrive_and_wait())); }));
        {
            Deadline limit(Deadline::in_us(5));
            here.say(text_of(barrier.arrive_and_wait()));
        }
        TRY(group.wait());
        here.say(text_of(barrier.arrive_and_wait()));
        barrier.reset();
        Group second;
        for (int i = 0; i < 2; i++)
            TRY(second.spawn("party", [&] { return barrier.arrive_and_wait(); }));
        here.say(text_of(barrier.arrive_and_wait()));
        return second.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"given up", "timed out", "given up", "ok"});
}

TEST_CASE("one that drops out is not waited for", "[fiber][barrier]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Barrier barrier(2);
        Group group;
        TRY(group.spawn("party", [&]() -> Result<void> {
            TRY(barrier.arrive_and_wait());
            return barrier.arrive_and_wait();
        }));
        TRY(this_fiber::yield());
        barrier.arrive_and_drop();
        TRY(group.wait());
        CHECK(barrier.parties() == 1);
        return {};
    });
    CHECK(result.has_value());
}

TEST_CASE("misuse of a barrier stops the program", "[fiber][barrier]") {
    CHECK(last_words([] { Barrier barrier(0); }) != "");
    CHECK(last_words([] {
              Barrier barrier(1);
              barrier.arrive_and_drop();
              (void)barrier.arrive_and_wait();
          }) != "");
    CHECK_THAT(last_words([] {
                   VirtualLoop here;
                   (void)here.run([&] {
                       auto barrier = std::make_unique<Barrier>(2, "start");
                       Group group;
                       (void)group.spawn("runner", [&] { (void)barrier->arrive_and_wait(); });
                       (void)this_fiber::yield();
                       barrier.reset();
                   });
               }),
               Catch::Contains("barrier start destroyed while waited for by runner"));
}
