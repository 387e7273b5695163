// SPDX-License-Identifier: MIT
#include "fiber/wait_group.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/death.hpp"
#include "tests/fiber/model.hpp"

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

namespace {

class WaitGroupModel : public Model {
public:
    using Model::Model;

private:
    void act() override {
        if (count_ > 0 && one_in(3)) return done();
        if (one_in(4)) return add(random.below(3));
        auto worker = idle();
        if (!worker || !start(*worker, [this] { return work_.wait(); })) return;
        count_ == 0 ? expect(*worker, Outcome::ok) : enqueue(*worker);
    }

    void add(std::size_t count) {
        if (count_ == 0) settle(); // else it is a bug
        work_.add(count);
        count_ += count;
    }

    void done() {
        work_.done();
        if (--count_ > 0) return;
        while (!queue.empty()) grant(0);
    }

    void left(const Waiter&) override {}
    bool is_same() override { return work_.count() == count_; }
    void finish() override {
        while (count_ > 0) done();
    }

    WaitGroup work_;
    std::size_t count_ = 0;
};

} // namespace

TEST_CASE("a wait group does as its reference does", "[fiber][wait_group][model]") {
    check_model<WaitGroupModel>();
}

TEST_CASE("all who wait for work go on when the last piece ends", "[fiber][wait_group]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        WaitGroup work;
        TRY(work.wait());
        work.add(2);
        Group group;
        for (const char* name : {"a", "b"})
            TRY(group.spawn(name, [&]() -> Result<void> {
                TRY(work.wait());
                here.say(std::string(this_fiber::name()));
                return {};
            }));
        TRY(this_fiber::yield());
        work.done();
        TRY(this_fiber::yield());
        CHECK(here.said().empty());
        work.done();
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"a", "b"});
}

TEST_CASE("misuse of a wait group stops the program", "[fiber][wait_group]") {
    auto with_waiter = [](auto function) {
        return last_words([&] {
            VirtualLoop here;
            (void)here.run([&] {
                auto work = std::make_unique<WaitGroup>("jobs");
                work->add();
                Group group;
                (void)group.spawn("boss", [&] { (void)work->wait(); });
                (void)this_fiber::yield();
                function(work);
            });
        });
    };
    CHECK(last_words([] { WaitGroup().done(); }) != "");
    CHECK(last_words([] {
              WaitGroup work;
              work.add();
              work.add(~std::size_t{0});
          }) != "");
    CHECK_THAT(with_waiter([](auto& work) {
                   work->done();
                   work->add(); // before the boss has run
               }),
               Catch::Contains("returning_count_ == 0"));
    CHECK_THAT(with_waiter([](auto& work) { work.reset(); }),
               Catch::Contains("wait group jobs destroyed"));
}
