// SPDX-License-Identifier: MIT
//
// A queue between fibers of one loop.
#pragma once

#include "fiber/wait.hpp"

#include <optional>
#include <vector>

namespace kindling::fiber {

/// What a push into a full channel does.
enum class Overflow : std::uint8_t {
    wait,        ///< until there is room
    drop_oldest, ///< destroys the item that would come out next, and succeeds
    drop_latest, ///< destroys the item that was to be pushed, and succeeds
};

/// Items come out in the order they went in. A capacity of 0 is a rendezvous: a push waits for its
/// pop. Memory for `capacity` items is taken at once; no operation allocates.
template <class T>
class Channel {
public:
    /// A capacity of 0 drops nothing. `name` is static text for people. Destroying one that is
    /// waited for is a bug; what is in it is destroyed too.
    explicit Channel(std::size_t capacity, Overflow overflow = Overflow::wait,
                     const char* name = "")
        : receivers_(name), senders_(name), ring_(capacity), overflow_(overflow) {
        ASSERT(capacity > 0 || overflow == Overflow::wait);
    }

    /// Waits while the channel is full. The value is moved from only if this succeeds.
    /// Errors: cancelled, timed_out; the error it was closed with, by default closed.
    Result<void> push(T& value) {
        TRY(check_interruption());
        if (closed_ || !receivers_.is_empty() || size_ < ring_.size() ||
            overflow_ != Overflow::wait)
            return try_push(value);
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
        if (size_ < ring_.size()) {
            append(std::move(value));
            return {};
        }
        if (overflow_ == Overflow::wait) return Error{Errc::would_block, "the channel is full"};
        // Destroyed last, when the channel is whole again: what a T does then is its own affair.
        [[maybe_unused]] T dropped =
            overflow_ == Overflow::drop_oldest ? take_first() : std::move(value);
        if (overflow_ == Overflow::drop_oldest) append(std::move(value));
        return {};
    }

    /// Waits while the channel is empty. Errors: cancelled, timed_out; once it is closed and empty
    /// the error it was closed with.
    Result<T> pop() {
        TRY(check_interruption());
        if (size_ > 0 || !senders_.is_empty() || closed_) return try_pop();
        Demand demand;
        TRY(receivers_.park(demand));
        if (!demand.item) return closed_.value();
        return std::move(*demand.item);
    }

    /// Errors: would_block, and the one it was closed with.
    Result<T> try_pop() {
        if (size_ > 0) {
            T item = take_first();
            // A place has become free: the first sender's item has it now.
            if (!senders_.is_empty()) append(take_from_sender());
            return item;
        }
        if (!senders_.is_empty()) return take_from_sender();
        if (closed_) return *closed_;
        return Error{Errc::would_block, "the channel is empty"};
    }

    /// No more pushes; those that wait get the reason and keep their values. What is in it can
    /// still be taken; then receivers get the reason. Closing again changes nothing.
    void close(Error reason = {Errc::closed, "the channel is closed"}) {
        if (closed_) return;
        closed_ = reason;
        receivers_.wake_all();
        senders_.wake_all();
    }

    std::size_t size() const { return size_; }
    std::size_t capacity() const { return ring_.size(); }
    /// For metrics; these walk the queue.
    std::size_t waiting_senders() const { return senders_.count(); }
    std::size_t waiting_receivers() const { return receivers_.count(); }

private:
    template <class U>
    friend class ReceiveArm;
    template <class U>
    friend class SendArm;

    struct Offer : Wait {
        explicit Offer(T& offered) : Wait("room in channel"), value(offered) {}
        T& value;
        bool is_taken = false;
    };
    struct Demand : Wait {
        Demand() : Wait("channel") {}
        std::optional<T> item;
    };

    T take_from_sender() {
        auto& offer = static_cast<Offer&>(*senders_.first());
        offer.is_taken = true;
        T item = std::move(offer.value);
        senders_.wake_one();
        return item;
    }

    void append(T&& item) {
        std::size_t end = first_ + size_++;
        ring_[end < ring_.size() ? end : end - ring_.size()].emplace(std::move(item));
    }

    T take_first() {
        T item = std::move(*ring_[first_]);
        ring_[first_].reset();
        first_ = first_ + 1 < ring_.size() ? first_ + 1 : 0;
        size_--;
        return item;
    }

    WaitQueue receivers_;
    WaitQueue senders_;
    std::vector<std::optional<T>> ring_;
    std::size_t first_ = 0; ///< the place of the oldest
    std::size_t size_ = 0;
    Overflow overflow_;
    std::optional<Error> closed_;
};

/// Keeps the latest value only: a push into it replaces what has not been taken.
template <class T>
class ConflatedChannel : public Channel<T> {
public:
    explicit ConflatedChannel(const char* name = "") : Channel<T>(1, Overflow::drop_oldest, name) {}
};

} // namespace kindling::fiber
