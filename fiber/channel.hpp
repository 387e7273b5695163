// SPDX-License-Identifier: MIT
//
// A queue between fibers of one loop.
#pragma once

#include "fiber/wait.hpp"

#include <deque>
#include <optional>

namespace kindling::fiber {

/// Items come out in the order they went in. A capacity of 0 is a rendezvous: a push waits for its
/// pop.
template <class T>
class Channel {
public:
    explicit Channel(std::size_t capacity) : capacity_(capacity) {}

    /// Waits while the channel is full. The value is moved from only if this succeeds.
    /// Errors: cancelled, timed_out; the error it was closed with, by default closed.
    Result<void> push(T& value) {
        TRY(check_interruption());
        auto pushed = try_push(value);
        if (pushed || pushed.error().code != Errc::would_block) return pushed;
        Offer offer(value);
        TRY(senders_.park(offer));
        if (!offer.is_taken) return closed_.value();
        return {};
    }
    Result<void> push(T&& value) { return push(value); }

    /// Errors: would_block, and the one it was closed with.
    Result<void> try_push(T& value) {
        if (closed_) return *closed_;
        if (!receivers_.is_empty()) {
            static_cast<Demand&>(*receivers_.first()).item.emplace(std::move(value));
            receivers_.wake_one();
            return {};
        }
        if (items_.size() >= capacity_) return Error{Errc::would_block, "the channel is full"};
        items_.push_back(std::move(value));
        return {};
    }

    /// Waits while the channel is empty. Errors: cancelled, timed_out; once it is closed and empty
    /// the error it was closed with.
    Result<T> pop() {
        TRY(check_interruption());
        auto popped = try_pop();
        if (popped || popped.error().code != Errc::would_block) return popped;
        Demand demand;
        TRY(receivers_.park(demand));
        if (!demand.item) return closed_.value();
        return std::move(*demand.item);
    }

    /// Errors: would_block, and the one it was closed with.
    Result<T> try_pop() {
        if (!items_.empty()) {
            T item = std::move(items_.front());
            items_.pop_front();
            promote();
            return item;
        }
        if (!senders_.is_empty()) return take_from_sender();
        if (closed_) return *closed_;
        return Error{Errc::would_block, "the channel is empty"};
    }

    /// No more pushes. What is in it can still be taken; whoever waits is told.
    void close(Error reason = {Errc::closed, "the channel is closed"}) {
        if (closed_) return;
        closed_ = reason;
        receivers_.wake_all();
        senders_.wake_all();
    }

    std::size_t size() const { return items_.size(); }
    std::size_t capacity() const { return capacity_; }

private:
    template <class U>
    friend class ReceiveArm;
    template <class U>
    friend class SendArm;

    struct Offer : Wait {
        explicit Offer(T& offered) : Wait("room in a channel"), value(offered) {}
        T& value;
        bool is_taken = false;
    };
    struct Demand : Wait {
        Demand() : Wait("a channel") {}
        std::optional<T> item;
    };
    T take_from_sender() {
        auto& offer = static_cast<Offer&>(*senders_.first());
        offer.is_taken = true;
        T item = std::move(offer.value);
        senders_.wake_one();
        return item;
    }

    /// A place has become free: the first sender's item has it now.
    void promote() {
        if (!senders_.is_empty()) items_.push_back(take_from_sender());
    }

    WaitQueue receivers_;
    WaitQueue senders_;
    std::deque<T> items_;
    std::size_t capacity_;
    std::optional<Error> closed_;
};

} // namespace kindling::fiber
