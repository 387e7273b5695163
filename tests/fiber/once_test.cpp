// SPDX-License-Identifier: MIT
#include "fiber/once.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/death.hpp"
#include "tests/fiber/model.hpp"

#include <memory>

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

namespace {

/// The function waits at a gate, which the driver opens for success or failure. In the queue are
/// the one at the gate and those that wait for it.
class OnceModel : public Model {
public:
    using Model::Model;

private:
    enum Kind : std::uint64_t { asking, making };

    void act() override {
        if (one_in(3)) return open_gate(one_in(3));
        if (has_value_ && one_in(3)) return renew();
        auto worker = idle();
        if (!worker || !start(*worker, [this, worker] { return ask(*worker); })) return;
        if (has_value_) return expect(*worker, Outcome::ok);
        if (maker_) return enqueue(*worker, asking);
        begin_making(*worker);
    }

    Result<void> ask(std::size_t worker) {
        int* value = TRY(cell_->get_or_init([this, worker]() -> Result<int> {
            TRY(check_interruption());
            Wait wait("gate");
            TRY(gate_.park(wait));
            if (fails_[worker]) return Error{Errc::io, "made to fail"};
            return 7;
        }));
        if (*value != 7) differ("the value");
        return {};
    }

    void open_gate(bool succeeds) {
        auto place = place_of_kind(making);
        if (!place) return;
        fails_[queue[*place].worker] = !succeeds;
        gate_.wake_one();
        has_ended_ = true;
        grant(*place, succeeds ? Outcome::ok : Outcome::failed);
    }

    void begin_making(std::size_t worker) {
        maker_ = worker;
        expect(worker, interruption_of(worker));
        if (expected(worker) == Outcome::pending) return enqueue(worker, making);
        pass_on();
    }

    void pass_on() {
        maker_.reset();
        auto next = place_of_kind(asking);
        if (!next) return;
        maker_ = queue[*next].worker;
        is_next_ = true;
        grant(*next, Outcome::pending);
    }

    void left(const Waiter& waiter) override {
        if (waiter.kind == making) has_ended_ = true;
    }

    void ran(std::size_t worker) override {
        if (maker_ != worker) return;
        if (std::exchange(is_next_, false)) return begin_making(worker);
        if (!std::exchange(has_ended_, false)) return;
        if (expected(worker) != Outcome::ok) return pass_on();
        has_value_ = true;
        maker_.reset();
        while (!queue.empty()) grant(0);
    }

    void renew() {
        settle();
        cell_ = std::make_unique<OnceCell<int>>();
        has_value_ = false;
    }

    bool is_same() override { return (cell_->get() != nullptr) == has_value_; }
    void finish() override {
        for (settle(); maker_; settle()) open_gate(true);
    }

    std::unique_ptr<OnceCell<int>> cell_ = std::make_unique<OnceCell<int>>();
    WaitQueue gate_;
    std::array<bool, workers_count> fails_{};
    bool has_value_ = false;
    std::optional<std::size_t> maker_;
    bool is_next_ = false;   ///< the maker was handed the task and has not run yet
    bool has_ended_ = false; ///< the maker's function has, and it has not run yet
};

} // namespace

TEST_CASE("a once cell does as its reference does", "[fiber][once][model]") {
    check_model<OnceModel>();
}

TEST_CASE("one makes the value and all get it", "[fiber][once]") {
    VirtualLoop here;
    int calls = 0;
    auto result = here.run([&]() -> Result<void> {
        OnceCell<std::string> cell;
        Group group;
        for (int i = 0; i < 3; i++)
            TRY(group.spawn("each", [&]() -> Result<void> {
                std::string* value = TRY(cell.get_or_init([&]() -> Result<std::string> {
                    calls++;
                    TRY(this_fiber::sleep_for_us(10));
                    return "made";
                }));
                CHECK(value == cell.get());
                here.say(*value);
                return {};
            }));
        CHECK(cell.get() == nullptr);
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(calls == 1);
    CHECK(here.said() == Said{"made", "made", "made"});
}

TEST_CASE("the next tries when the one before fails or is interrupted", "[fiber][once]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        OnceCell<int> cell;
        Group group{Policy::all_settled};
        auto ask = [&](std::uint64_t limit_us, Result<int> made) {
            Deadline limit(Deadline::in_us(limit_us));
            auto value = cell.get_or_init([&]() -> Result<int> {
                TRY(this_fiber::sleep_for_us(10));
                return made;
            });
            here.say(value ? std::to_string(**value) : to_text(value.error().code));
        };
        TRY(group.spawn("slow", [&] { ask(5, 1); }));
        TRY(group.spawn("broken", [&] { ask(100, Error{Errc::io, "broken"}); }));
        TRY(group.spawn("good", [&] { ask(100, 3); }));
        TRY(group.spawn("late", [&] { ask(100, 4); }));
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"timed out", "input/output error", "3", "3"});
}

TEST_CASE("misuse of a once cell stops the program", "[fiber][once]") {
    CHECK_THAT(last_words([] {
                   VirtualLoop here;
                   (void)here.run([] {
                       OnceCell<int> cell("table");
                       (void)cell.get_or_init([&]() -> Result<int> {
                           return *TRY(cell.get_or_init([]() -> Result<int> { return 1; }));
                       });
                   });
               }),
               Catch::Contains("once cell table asked while it is made by first"));
    CHECK_THAT(last_words([] {
                   VirtualLoop here;
                   (void)here.run([] {
                       auto cell = std::make_unique<OnceCell<int>>("table");
                       Group group;
                       (void)group.spawn("maker", [&] {
                           (void)cell->get_or_init([]() -> Result<int> {
                               TRY(this_fiber::sleep_for_us(10));
                               return 1;
                           });
                       });
                       (void)this_fiber::yield();
                       cell.reset();
                   });
               }),
               Catch::Contains("once cell table destroyed while made by maker"));
}
