// SPDX-License-Identifier: MIT
#include "fiber/channel.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/death.hpp"
#include "tests/fiber/model.hpp"

#include <memory>

using namespace kindling;
using namespace kindling::fiber;

using Said = std::vector<std::string>;

TEST_CASE("items come out in the order they went in", "[fiber][channel]") {
    std::size_t capacity = GENERATE(0u, 1u, 3u, 100u);
    VirtualLoop here;
    std::vector<int> received;
    auto result = here.run([&]() -> Result<void> {
        Channel<int> channel(capacity);
        Group group;
        TRY(group.spawn("sender", [&]() -> Result<void> {
            for (int i = 0; i < 20; i++) TRY(channel.push(i));
            channel.close();
            return {};
        }));
        TRY(group.spawn("receiver", [&]() -> Result<void> {
            for (;;) {
                auto item = channel.pop();
                if (!item) {
                    here.say(text_of(Result<void>(item.error())));
                    return {};
                }
                received.push_back(*item);
            }
        }));
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"closed"});
    REQUIRE(received.size() == 20);
    for (int i = 0; i < 20; i++) CHECK(received[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("a value that could not be pushed stays with its owner", "[fiber][channel]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Channel<std::unique_ptr<int>> channel(1);
        TRY(channel.push(std::make_unique<int>(1)));
        auto second = std::make_unique<int>(2);
        here.say(text_of(channel.try_push(second)));
        CHECK(second);
        {
            Deadline limit(Deadline::in_us(10));
            here.say(text_of(channel.push(second)));
            CHECK(second);
        }
        channel.close({Errc::denied, "locked"});
        here.say(text_of(channel.push(second)));
        CHECK(second);
        auto first = channel.pop();
        CHECK((first && **first == 1));
        auto none = channel.pop();
        here.say(text_of(none ? Result<void>() : Result<void>(none.error())));
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"would have to wait", "timed out", "not permitted", "not permitted"});
}

TEST_CASE("an item delivered before a cancellation arrives", "[fiber][channel]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Channel<int> channel(0);
        Group group;
        TRY(group.spawn("receiver", [&]() -> Result<void> {
            auto item = channel.pop();
            here.say(item ? std::to_string(*item) : "nothing");
            here.say(text_of(this_fiber::yield()));
            return {};
        }));
        TRY(this_fiber::yield());
        int value = 7;
        TRY(channel.try_push(value));
        group.cancel();
        here.say(text_of(group.wait()));
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"7", "cancelled", "cancelled"});
}

TEST_CASE("an interrupted receiver takes no item", "[fiber][channel]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Channel<int> channel(2);
        {
            Deadline limit(Deadline::in_us(10));
            auto none = channel.pop();
            here.say(none ? "item" : text_of(Result<void>(none.error())));
        }
        TRY(channel.push(1));
        CHECK(channel.size() == 1);
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"timed out"});
}

TEST_CASE("many senders and receivers lose and double nothing, whoever is interrupted",
          "[fiber][channel]") {
    std::uint64_t seed = GENERATE(range(1, 20));
    std::size_t capacity = seed % 4;
    VirtualLoop here;
    int sent = 0, received = 0;
    std::uint64_t sum_sent = 0, sum_received = 0;
    auto random = [&](std::uint64_t below) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        return (seed >> 33) % below;
    };
    auto result = here.run([&]() -> Result<void> {
        Channel<std::uint64_t> channel(capacity);
        auto send = [&]() -> Result<void> {
            for (std::uint64_t i = 0; i < 100; i++) {
                Deadline limit(Deadline::in_us(random(5)));
                if (random(3) == 0) (void)this_fiber::yield();
                if (!channel.push(i)) continue;
                sent++;
                sum_sent += i;
            }
            return {};
        };
        auto receive = [&]() -> Result<void> {
            for (int i = 0; i < 100; i++) {
                Deadline limit(Deadline::in_us(random(5)));
                if (random(3) == 0) (void)this_fiber::sleep_for_us(random(3));
                auto item = channel.pop();
                if (!item) continue;
                received++;
                sum_received += *item;
            }
            return {};
        };
        Group group;
        for (int i = 0; i < 4; i++) {
            TRY(group.spawn("sender", send));
            TRY(group.spawn("receiver", receive));
        }
        TRY(group.wait());
        while (auto item = channel.try_pop()) {
            received++;
            sum_received += *item;
        }
        return {};
    });
    CHECK(result.has_value());
    CHECK(sent > 0);
    CHECK(sent == received);
    CHECK(sum_sent == sum_received);
}

namespace {

/// A new channel, of another capacity and policy, for each one that was closed and taken from.
class ChannelModel : public Model {
public:
    using Model::Model;

private:
    enum Kind : std::uint64_t { popping, pushing };

    void act() override {
        if (is_closed_ && items_.empty() && one_in(4)) return renew();
        if (one_in(60)) return close();
        if (one_in(6)) return try_one();
        auto worker = idle();
        if (!worker) return;
        one_in(2) ? push(*worker) : pop(*worker);
    }

    void push(std::size_t worker) {
        int value = next_++;
        values_[worker] = value;
        bool begins = start(worker, [this, value]() -> Result<void> {
            auto item = std::make_unique<int>(value);
            auto pushed = channel_->push(item);
            if (pushed.has_value() != (item == nullptr)) differ("who owns the item");
            return pushed;
        });
        if (!begins) return;
        if (is_closed_) return expect(worker, Outcome::closed);
        if (!put(value)) return enqueue(worker, pushing);
        expect(worker, Outcome::ok);
    }

    void pop(std::size_t worker) {
        bool begins = start(worker, [this, worker]() -> Result<void> {
            got_[worker] = *TRY(channel_->pop());
            return {};
        });
        if (!begins) return;
        auto value = take();
        if (!value && is_closed_) return expect(worker, Outcome::closed);
        if (!value) return enqueue(worker, popping);
        due_[worker] = *value;
        expect(worker, Outcome::ok);
    }

    void try_one() {
        if (one_in(2)) {
            auto item = std::make_unique<int>(next_);
            bool pushed = channel_->try_push(item).has_value();
            if (pushed != (!is_closed_ && put(next_)) || pushed != (item == nullptr))
                differ("try_push");
            next_++;
        } else {
            auto item = channel_->try_pop();
            auto value = take();
            if (item.has_value() != value.has_value() || (item && **item != *value))
                differ("try_pop");
        }
    }

    /// The reference of a push that does not wait. False if it has to.
    bool put(int value) {
        if (auto place = place_of_kind(popping)) {
            std::size_t receiver = queue[*place].worker;
            due_[receiver] = value;
            grant(*place);
        } else if (items_.size() < capacity_) {
            items_.push_back(value);
        } else if (policy_ == Overflow::drop_oldest) {
            items_.erase(items_.begin());
            items_.push_back(value);
        } else if (policy_ == Overflow::wait) {
            return false;
        }
        return true;
    }

    /// The reference of a pop that does not wait.
    std::optional<int> take() {
        if (auto place = place_of_kind(pushing)) {
            items_.push_back(values_[queue[*place].worker]);
            grant(*place);
        }
        if (items_.empty()) return {};
        int value = items_.front();
        items_.erase(items_.begin());
        return value;
    }

    void close() {
        channel_->close();
        is_closed_ = true;
        while (!queue.empty()) grant(0, Outcome::closed);
    }

    void renew() {
        settle();
        static constexpr Overflow policies[] = {Overflow::wait, Overflow::wait,
                                                Overflow::drop_oldest, Overflow::drop_latest};
        policy_ = policies[random.below(4)];
        capacity_ = random.below(4) + (policy_ == Overflow::wait ? 0 : 1);
        channel_ = std::make_unique<Channel<std::unique_ptr<int>>>(capacity_, policy_);
        is_closed_ = false;
    }

    void left(const Waiter&) override {}

    bool is_same() override {
        auto count = [this](std::uint64_t kind) {
            return static_cast<std::size_t>(
                std::count_if(queue.begin(), queue.end(),
                              [kind](const Waiter& waiter) { return waiter.kind == kind; }));
        };
        return got_ == due_ && channel_->size() == items_.size() &&
               channel_->capacity() == capacity_ && channel_->waiting_senders() == count(pushing) &&
               channel_->waiting_receivers() == count(popping);
    }

    void finish() override { close(); }

    std::size_t capacity_ = 2;
    Overflow policy_ = Overflow::wait;
    std::unique_ptr<Channel<std::unique_ptr<int>>> channel_ =
        std::make_unique<Channel<std::unique_ptr<int>>>(2);
    std::vector<int> items_;
    bool is_closed_ = false;
    int next_ = 0;
    std::array<int, workers_count> values_{}; ///< of the last push
    std::array<int, workers_count> got_{};    ///< by the last pop
    std::array<int, workers_count> due_{};    ///< the same, by the reference
};

} // namespace

TEST_CASE("a channel does as its reference does", "[fiber][channel][model]") {
    check_model<ChannelModel>();
}

TEST_CASE("a full channel drops what its policy says", "[fiber][channel]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        auto left_in = [&](auto& channel) -> Result<std::string> {
            for (const char* text : {"a", "b", "c"}) {
                std::string item = text;
                TRY(channel.push(item));
            }
            channel.close();
            std::string left;
            while (auto item = channel.pop()) left += *item;
            return left;
        };
        Channel<std::string> oldest(2, Overflow::drop_oldest), latest(2, Overflow::drop_latest);
        ConflatedChannel<std::string> conflated;
        here.say(TRY(left_in(oldest)));
        here.say(TRY(left_in(latest)));
        here.say(TRY(left_in(conflated)));
        return {};
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"bc", "ab", "c"});
}

TEST_CASE("senders and receivers that wait are counted", "[fiber][channel]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Channel<int> channel(0);
        Group group;
        for (int i = 0; i < 3; i++)
            TRY(group.spawn("sender", [&, i] { return channel.push(int(i)); }));
        TRY(this_fiber::yield());
        CHECK(channel.waiting_senders() == 3);
        CHECK(channel.waiting_receivers() == 0);
        for (int i = 0; i < 3; i++) CHECK(TRY(channel.pop()) == i);
        return group.wait();
    });
    CHECK(result.has_value());
}

TEST_CASE("a channel that closes gives waiting senders the reason and their values",
          "[fiber][channel]") {
    VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        Channel<std::unique_ptr<int>> channel(0);
        Group group;
        TRY(group.spawn("sender", [&] {
            auto item = std::make_unique<int>(1);
            here.say(text_of(channel.push(item)));
            CHECK(item);
        }));
        TRY(this_fiber::yield());
        channel.close({Errc::would_block, "a reason that looks like waiting"});
        channel.close({Errc::io, "too late"});
        auto none = channel.pop();
        here.say(to_text(none.error().code));
        return group.wait();
    });
    CHECK(result.has_value());
    CHECK(here.said() == Said{"would have to wait", "would have to wait"});
}

TEST_CASE("a channel that is destroyed while waited for stops the program", "[fiber][channel]") {
    CHECK_THAT(last_words([] {
                   VirtualLoop here;
                   (void)here.run([&] {
                       auto channel = std::make_unique<Channel<int>>(0, Overflow::wait, "mail");
                       Group group;
                       (void)group.spawn("reader", [&] { (void)channel->pop(); });
                       (void)this_fiber::yield();
                       channel.reset();
                   });
               }),
               Catch::Contains("channel mail destroyed while waited for by reader"));
    CHECK(last_words([] { Channel<int> channel(0, Overflow::drop_latest); }) != "");
}
