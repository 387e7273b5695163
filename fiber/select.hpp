// SPDX-License-Identifier: MIT
//
// Waits for the first of several things.
//
//     ReceiveArm item(channel);
//     FutureArm stopped(stop);
//     TimeArm patience(Deadline::in_us(1'000'000));
//     switch (TRY(select(item, stopped, patience))) {
//     case 0: return use(TRY(item.result()));
//     ...
#pragma once

#include "fiber/channel.hpp"
#include "fiber/event.hpp"
#include "fiber/future.hpp"

#include <array>
#include <span>

namespace kindling::fiber {

/// One of the things a select waits for. When another one wins, nothing has happened to this: no
/// item was taken, no value sent, and the future is still pending. An arm may be used again.
class Arm {
public:
    Arm(const Arm&) = delete;
    Arm& operator=(const Arm&) = delete;
    virtual ~Arm() = default;

protected:
    /// A wait for this select, and the queue it is to stand in; or what the system is asked for,
    /// which only looks, so that it may be dropped; all null where only time is waited for.
    struct Place {
        WaitQueue* queue = nullptr;
        Wait* wait = nullptr;
        Operation* operation = nullptr;
    };

    Arm() = default;

private:
    friend Result<std::size_t> select_among(std::span<Arm* const> arms, std::size_t start);
    static Result<std::size_t> park(std::span<Arm* const> arms);
    static std::size_t winner(std::span<Arm* const> arms);

    /// Does it, if that is possible without a wait.
    virtual bool try_now() = 0;
    virtual Place place() = 0;
    /// When it wins at the latest.
    virtual std::uint64_t time_ns() const { return never_ns; }
    /// It is in its place no more, whoever has won.
    virtual void left() {}
    /// It has won by its wait.
    virtual void won() {}

    Place place_; ///< in the select under way
};

/// Wins when the future is resolved; the future has the result.
class FutureArm final : public Arm {
public:
    explicit FutureArm(UntypedFuture& future) : future_(future) {}

private:
    bool try_now() override { return future_.is_resolved(); }
    Place place() override;

    UntypedFuture& future_;
    std::optional<Wait> node_;
};

/// Wins when the event is set.
class EventArm final : public Arm {
public:
    explicit EventArm(Event& event) : event_(event) {}

private:
    bool try_now() override { return event_.is_set(); }
    Place place() override { return {&event_.waiting_, &node_.emplace("event")}; }

    Event& event_;
    std::optional<Wait> node_;
};

/// Wins at a time on the clock of the loop.
class TimeArm final : public Arm {
public:
    explicit TimeArm(std::uint64_t at_ns) : at_ns_(at_ns) {}

private:
    bool try_now() override;
    Place place() override { return {}; }
    std::uint64_t time_ns() const override { return at_ns_; }

    std::uint64_t at_ns_;
};

/// Wins when there is an item, which it then takes, or when the channel is closed and empty.
template <class T>
class ReceiveArm final : public Arm {
public:
    explicit ReceiveArm(Channel<T>& channel) : channel_(channel) {}

    /// The item, or what the channel was closed with. Only to be asked once after each win.
    Result<T> result() {
        ASSERT(result_);
        Result<T> result = std::move(*result_);
        result_.reset();
        return result;
    }

private:
    bool try_now() override {
        Result<T> popped = channel_.try_pop();
        if (!popped && !channel_.closed_) return false;
        result_.emplace(std::move(popped));
        return true;
    }
    Place place() override { return {&channel_.receivers_, &node_.emplace()}; }
    void won() override {
        if (node_->item)
            result_.emplace(std::move(*node_->item));
        else
            result_.emplace(channel_.closed_.value());
    }

    Channel<T>& channel_;
    std::optional<typename Channel<T>::Demand> node_;
    std::optional<Result<T>> result_;
};

/// Wins when the value was sent, which moves from it, or when the channel is closed.
template <class T>
class SendArm final : public Arm {
public:
    SendArm(Channel<T>& channel, T& value) : channel_(channel), value_(value) {}

    /// Of the last win. Errors: what the channel was closed with.
    const Result<void>& result() const { return result_; }

private:
    bool try_now() override {
        result_ = channel_.try_push(value_);
        return result_.has_value() || channel_.closed_.has_value();
    }
    Place place() override { return {&channel_.senders_, &node_.emplace(value_)}; }
    void won() override {
        if (node_->is_taken)
            result_ = {};
        else
            result_ = channel_.closed_.value();
    }

    Channel<T>& channel_;
    T& value_;
    std::optional<typename Channel<T>::Offer> node_;
    Result<void> result_;
};

/// Waits for the first of `arms`, each of which may be given once. Its place among them; if several
/// are possible at once, the first from place `start` on, counted in a circle.
///
/// Errors: cancelled, timed_out: then no arm has won; invalid (no arms).
Result<std::size_t> select_among(std::span<Arm* const> arms, std::size_t start);

/// Where the next select of this thread's loop begins to look, so that none of its arms starves.
std::size_t next_select_start();

/// Waits for the first of `arms`; if several are possible, now one has precedence and now another.
template <class... Arms>
requires(std::derived_from<std::remove_reference_t<Arms>, Arm>&&...) Result<std::size_t> select(
    Arms&&... arms) {
    std::array<Arm*, sizeof...(arms)> all{&arms...};
    return select_among(all, next_select_start());
}

/// The same where earlier arms always have precedence.
template <class... Arms>
requires(std::derived_from<std::remove_reference_t<Arms>, Arm>&&...)
    Result<std::size_t> select_in_order(Arms&&... arms) {
    std::array<Arm*, sizeof...(arms)> all{&arms...};
    return select_among(all, 0);
}

} // namespace kindling::fiber
