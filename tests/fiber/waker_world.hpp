// SPDX-License-Identifier: MIT
//
// A loop, two producers of two posts each, a signal and a call of wake(): what is explored in every
// order, with the waker and the inbox that ship or with faulty ones.
#pragma once

#include "fiber/inbox.hpp"
#include "tests/fiber/interleavings.hpp"

#include <algorithm>

namespace kindling::fiber {

/// Counts what the real waker decides; each hides what it has the name of.
struct CountedWaker : BasicWaker<SteppingAtomic> {
    using Base = BasicWaker<SteppingAtomic>;

    bool publish() { return count(Base::publish()); }
    bool signal() {
        bool must_ring = count(Base::signal());
        is_turn_wanted = true;
        if (!is_armed) Interleavings::reach("R12 woken out of band while awake");
        return must_ring;
    }
    bool arm() {
        bool may_sleep = Base::arm();
        is_armed = true;
        claims_of_epoch = 0;
        if (!may_sleep) Interleavings::reach("a signal before arming refuses the sleep");
        return may_sleep;
    }
    void disarm() {
        Base::disarm();
        is_armed = is_turn_wanted = false;
        claims_of_epoch = 0;
    }

    bool is_armed_now() const { return (word_.load(std::memory_order_acquire) & armed) != 0; }
    void add() { word_.fetch_add(one_item, std::memory_order_release); }

    bool count(bool must_ring) {
        if (!must_ring && is_armed && claims_of_epoch > 0)
            Interleavings::reach("R6 many publishers, one rings");
        if (!must_ring) return false;
        claims_of_epoch++;
        claims_pending++;
        if (!is_armed) has_rung_for_awake = true;
        return true;
    }

    bool is_armed = false;
    bool is_turn_wanted = false; ///< by a wake() that nothing has answered yet
    bool has_rung_for_awake = false;
    int claims_of_epoch = 0; ///< who found that they have to ring since the loop armed
    int claims_pending = 0;  ///< those that have not rung yet
};

template <class Waker>
struct CountedInbox : BasicInbox<SteppingAtomic, Waker> {
    Waker& waker() { return this->waker_; }
    const Waker& waker() const { return this->waker_; }
};

/// How many posts the producers have, and whether there are also the signal and the call of wake().
template <class Inbox, std::size_t posts_of_first, std::size_t posts_of_second, bool is_disturbed>
class WakerWorld {
public:
    static constexpr std::size_t flows_count = is_disturbed ? 5 : 3;

    void flow(std::size_t number) {
        if (number == 0) return run_loop();
        if (number <= producers) return produce(number - 1);
        if (number == 3) {
            Interleavings::step([this] { return is_asleep_; });
            is_interrupted_ = true;
            Interleavings::saw(0);
            return;
        }
        inbox_.wake([this] { ring(); });
    }

    const char* wrong() const {
        if (!is_in_order_) return "a post ran twice or out of order";
        if (inbox_.waker().claims_of_epoch > 1) return "two rings in one epoch";
        if (inbox_.waker().has_rung_for_awake) return "a ring for a loop that is awake";
        if (idle_turns_ > idle_turns_max) return "turns without end for nothing";
        bool is_woken = rings_ > 0 || is_interrupted_ || inbox_.waker().claims_pending > 0;
        if (!is_asleep_ || is_woken) return nullptr;
        if (inbox_.waker().is_turn_wanted) return "sleeps though it was woken";
        for (std::size_t i = 0; i < producers; i++)
            if (posted_[i] > ran_[i]) return "sleeps with work";
        return nullptr;
    }

    const char* wrong_at_end() const {
        for (std::size_t i = 0; i < producers; i++)
            if (ran_[i] != posts_of[i]) return "a post is lost";
        return is_asleep_ ? nullptr : "the loop does not come to rest";
    }

private:
    static constexpr std::size_t producers = 2;
    static constexpr std::size_t posts_of[] = {posts_of_first, posts_of_second};
    // Each other flow can have left one signal behind.
    static constexpr int idle_turns_max = 4;

    struct Item : Post {
        Item() : Post([](Post& post) { static_cast<Item&>(post).world->ran(post); }) {}
        WakerWorld* world = nullptr;
    };

    void produce(std::size_t producer) {
        for (std::size_t i = 0; i < posts_of[producer]; i++) {
            items_[producer][i].world = this;
            inbox_.post(items_[producer][i], [this] { ring(); });
            posted_[producer]++;
            Interleavings::forget();
        }
    }

    void ring() {
        Interleavings::step();
        if (rings_ > 0) Interleavings::reach("R9 a ring while another is unanswered");
        if (!inbox_.waker().is_armed) Interleavings::reach("R4 a ring for a sleep that is over");
        if (inbox_.waker().is_armed)
            Interleavings::reach(is_asleep_ ? "R3 a ring while asleep"
                                            : "R2 a ring before it sleeps");
        rings_ = std::min(rings_ + 1, 2);
        inbox_.waker().claims_pending--;
        Interleavings::saw(0);
    }

    void run_loop() {
        for (;;) {
            Interleavings::forget();
            while (Post* post = inbox_.take()) {
                post->run();
                Interleavings::forget();
            }
            inbox_.sleep([this](bool may_sleep) { may_sleep ? sleep() : peek(); });
        }
    }

    void ran(const Post& post) {
        for (std::size_t i = 0; i < producers; i++) {
            std::size_t next = ran_[i];
            if (next == posts_of[i] || &post != &items_[i][next]) continue;
            if (posted_[i] == next)
                Interleavings::reach("R7 a post that ran before it was published");
            ran_[i]++;
            idle_turns_ = 0;
            return;
        }
        is_in_order_ = false;
    }

    void sleep() {
        is_asleep_ = true;
        Interleavings::step([this] { return rings_ > 0 || is_interrupted_; });
        is_asleep_ = false;
        if (is_interrupted_) Interleavings::reach("R10 a signal ends the sleep");
        if (rings_ > 0 && posted_[0] == ran_[0] && posted_[1] == ran_[1])
            Interleavings::reach("R13 a stale ring, and nothing to do");
        if (rings_ > 1) Interleavings::reach("R11 one acknowledgement for all rings");
        idle_turns_ = 0;
        is_interrupted_ = false;
        acknowledge();
    }

    void peek() {
        Interleavings::step();
        if (posted_[0] > ran_[0]) Interleavings::reach("R1 published, then armed: no sleep");
        idle_turns_++;
        acknowledge();
    }

    void acknowledge() {
        rings_ = 0;
        Interleavings::saw(0);
    }

    Inbox inbox_;
    Item items_[producers][2];
    std::size_t posted_[producers] = {}; ///< whose post has returned
    std::size_t ran_[producers] = {};
    int rings_ = 0; ///< of the doorbell, unread
    int idle_turns_ = 0;
    bool is_asleep_ = false;
    bool is_interrupted_ = false;
    bool is_in_order_ = true;
};

} // namespace kindling::fiber
