// SPDX-License-Identifier: MIT
#include "fiber/event.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/death.hpp"
#include "tests/fiber/model.hpp"

#include <memory>

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

namespace {

class EventModel : public Model {
public:
    using Model::Model;

private:
    void act() override {
        if (one_in(4)) return set();
        if (one_in(3)) {
            event_.reset();
            is_set_ = false;
            return;
        }
        auto worker = idle();
        if (!worker || !start(*worker, [this] { return event_.wait(); })) return;
        is_set_ ? expect(*worker, Outcome::ok) : enqueue(*worker);
    }

    void set() {
        event_.set();
        is_set_ = true;
        while (!queue.empty()) grant(0);
    }

    void left(const Waiter&) override {}
    bool is_same() override { return event_.is_set() == is_set_; }
    void finish() override { set(); }

    Event event_;
    bool is_set_ = false;
};

/// A new baton for each time that one was used up.
class BatonModel : public Model {
public:
    using Model::Model;

private:
    void act() override {
        if (is_posted_ && is_taken_) renew();
        if (!is_posted_ && one_in(3)) return post();
        auto worker = idle();
        if (is_taken_ || !queue.empty() || !worker) return;
        if (!start(*worker, [this] { return baton_->wait(); })) return;
        if (!is_posted_) return enqueue(*worker);
        is_taken_ = true;
        expect(*worker, Outcome::ok);
    }

    void post() {
        baton_->post();
        is_posted_ = true;
        is_taken_ = !queue.empty();
        if (is_taken_) grant(0);
    }

    void renew() {
        baton_ = std::make_unique<Baton>();
        is_posted_ = is_taken_ = false;
    }

    void left(const Waiter&) override {}
    bool is_same() override { return baton_->is_posted() == is_posted_; }
    void finish() override {
        if (!is_posted_) post();
    }

    std::unique_ptr<Baton> baton_ = std::make_unique<Baton>();
    bool is_posted_ = false;
    bool is_taken_ = false;
};

} // namespace

TEST_CASE("an event does as its reference does", "[fiber][event][model]") {
    check_model<EventModel>();
}

TEST_CASE("a baton does as its reference does", "[fiber][event][model]") {
    check_model<BatonModel>();
}

TEST_CASE("an event lets all pass that waited, even if it is reset at once", "[fiber][event]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Event event;
        Group group;
        for (int i = 0; i < 3; i++)
            TRY(group.spawn("waiter", [&]() -> Result<void> {
                here.say(text_of(event.wait()));
                return {};
            }));
        TRY(this_fiber::yield());
        event.set();
        event.reset();
        CHECK_FALSE(event.is_set());
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"ok", "ok", "ok"});
}

TEST_CASE("a baton that was posted first does not wait", "[fiber][event]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Baton early, late;
        early.post();
        TRY(early.wait());
        Group group;
        TRY(group.spawn("poster", [&] { late.post(); }));
        {
            Deadline limit(Deadline::in_us(0));
            here.say(text_of(late.wait())); // and may be tried again
        }
        TRY(late.wait());
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"timed out"});
}

TEST_CASE("misuse of an event or a baton stops the program", "[fiber][event]") {
    CHECK(last_words([] {
              Baton baton;
              baton.post();
              baton.post();
          }) != "");
    CHECK(last_words([] {
              Baton baton;
              baton.post();
              (void)baton.wait();
              (void)baton.wait();
          }) != "");
    CHECK_THAT(last_words([] {
                   VirtualLoop here;
                   (void)here.run([&] {
                       auto event = std::make_unique<Event>("start");
                       Group group;
                       (void)group.spawn("runner", [&] { (void)event->wait(); });
                       (void)this_fiber::yield();
                       event.reset();
                   });
               }),
               Catch::Contains("event start destroyed while waited for by runner"));
}
