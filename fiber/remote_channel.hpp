// SPDX-License-Identifier: MIT
//
// A queue from any threads to the fibers of one loop.
//
//     RemoteChannel<Frame> frames(16);
//     std::thread decoder([sender = frames.sender()]() mutable { decode(sender); });
//     while (auto frame = frames.pop()) TRY(show(*frame));
#pragma once

#include "fiber/loop.hpp"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

namespace kindling::fiber {

/// What the two sides of a remote channel share; gone with the last that holds it. Programs use
/// RemoteChannel and RemoteSender.
///
/// The loop is asked to look only if a fiber waits, and only once until it has looked. The post is
/// made with the mutex held, so that the channel cannot have left its loop meanwhile.
template <class T>
class RemoteCore : private Post {
public:
    struct Release {
        void operator()(RemoteCore* core) const { core->release(); }
    };
    using Holder = std::unique_ptr<RemoteCore, Release>;

    RemoteCore(Loop& loop, std::size_t capacity)
        : Post([](Post& post) { Holder(static_cast<RemoteCore*>(&post))->answer(); }), loop_(&loop),
          capacity_(capacity) {
        ASSERT(capacity > 0);
    }

    Holder hold() {
        holders_.fetch_add(1, std::memory_order_relaxed);
        return Holder(this);
    }

    // Of senders, on any thread:

    void add_sender() {
        std::lock_guard lock(mutex_);
        senders_count_++;
    }

    void remove_sender() {
        std::lock_guard lock(mutex_);
        if (--senders_count_ == 0) close_locked({Errc::closed, "all senders are gone"});
    }

    Result<void> push(T& value, bool may_block) {
        std::unique_lock lock(mutex_);
        auto has_room = [this] { return closed_ || items_.size() < capacity_; };
        if (may_block && !has_room()) {
            ASSERT(Loop::current() != loop_ || !loop_); // Nobody would make room.
            room_.wait(lock, has_room);
        }
        if (closed_) return *closed_;
        if (items_.size() >= capacity_) return Error{Errc::would_block, "the channel is full"};
        items_.push_back(std::move(value));
        call_loop();
        return {};
    }

    void close(const Error& reason) {
        std::lock_guard lock(mutex_);
        close_locked(reason);
    }

    std::size_t size() {
        std::lock_guard lock(mutex_);
        return items_.size();
    }

    std::size_t capacity() const { return capacity_; }

    // Of the loop:

    Result<T> try_pop(bool will_wait) {
        std::lock_guard lock(mutex_);
        serve(); // Those that wait come first.
        if (!items_.empty()) return take();
        if (closed_) return *closed_;
        is_waited_for_ |= will_wait;
        return Error{Errc::would_block, "the channel is empty"};
    }

    Result<T> pop() {
        TRY(check_interruption());
        auto popped = try_pop(true);
        if (popped || popped.error().code != Errc::would_block) return popped;
        Demand demand;
        Loop::current()->expect_posts();
        Result<void> parked = receivers_.park(demand);
        Loop::current()->stop_expecting_posts();
        TRY(parked);
        return outcome(demand);
    }

    /// The channel leaves its loop; what nobody took is destroyed here.
    void abandon() {
        ASSERT(receivers_.is_empty());
        std::deque<T> left;
        std::lock_guard lock(mutex_);
        close_locked({Errc::closed, "the receiver is gone"});
        loop_ = nullptr;
        left.swap(items_);
    }

private:
    template <class U>
    friend class RemoteReceiveArm;

    struct Demand : Wait {
        Demand() : Wait("a remote channel") {}
        std::optional<T> item;
    };

    /// Of a demand that was woken.
    Result<T> outcome(Demand& demand) {
        if (!demand.item) return closed_.value();
        return std::move(*demand.item);
    }

    void release() {
        if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1)
            std::unique_ptr<RemoteCore> last(this);
    }

    void close_locked(const Error& reason) {
        if (closed_) return;
        closed_ = reason;
        room_.notify_all();
        call_loop();
    }

    void call_loop() {
        if (!loop_ || !is_waited_for_ || is_called_) return;
        is_called_ = true;
        (void)hold().release(); // until it has answered
        loop_->post(*this);
    }

    /// By the loop, in its turn.
    void answer() {
        std::lock_guard lock(mutex_);
        is_called_ = false;
        serve();
    }

    void serve() {
        while (!items_.empty() && !receivers_.is_empty()) {
            static_cast<Demand&>(*receivers_.first()).item.emplace(take());
            receivers_.wake_one();
        }
        if (closed_) receivers_.wake_all();
        is_waited_for_ = !receivers_.is_empty();
    }

    T take() {
        T item = std::move(items_.front());
        items_.pop_front();
        room_.notify_one();
        return item;
    }

    std::atomic<std::size_t> holders_ = 1;
    std::mutex mutex_;
    std::condition_variable room_;
    Loop* loop_; ///< null once the channel has left it
    std::deque<T> items_;
    std::size_t capacity_;
    std::size_t senders_count_ = 0;
    std::optional<Error> closed_;
    bool is_waited_for_ = false; ///< perhaps by one that was interrupted since
    bool is_called_ = false;
    WaitQueue receivers_; ///< the loop's alone
};

/// The end that other threads have; each copy is a sender of its own. Once the last is gone the
/// channel is closed. May outlive the channel and its loop.
template <class T>
class RemoteSender {
public:
    RemoteSender(const RemoteSender& other) : RemoteSender(other.core_->hold()) {}
    RemoteSender(RemoteSender&& other) noexcept = default;
    RemoteSender& operator=(RemoteSender other) noexcept {
        core_.swap(other.core_);
        return *this;
    }
    ~RemoteSender() {
        if (core_) core_->remove_sender();
    }

    /// Blocks this thread while the channel is full, which on the loop's own is a bug. The value is
    /// moved from only if this succeeds. Errors: the one it was closed with, by default closed.
    Result<void> push(T& value) { return core_->push(value, true); }
    Result<void> push(T&& value) { return core_->push(value, true); }

    /// From any thread, the loop's too. Errors: would_block, and the one it was closed with.
    Result<void> try_push(T& value) { return core_->push(value, false); }

    /// No more pushes, whoever sends. What is in the channel can still be taken.
    void close(Error reason = {Errc::closed, "the channel is closed"}) { core_->close(reason); }

private:
    template <class>
    friend class RemoteChannel;
    explicit RemoteSender(typename RemoteCore<T>::Holder core) : core_(std::move(core)) {
        core_->add_sender();
    }

    typename RemoteCore<T>::Holder core_;
};

/// The end of the loop on whose thread it is made; destroyed there too, before the loop, and when
/// no fiber waits for it. Senders are then told that it is closed.
///
/// Items come out in the order in which they went in. Interrupted waits take none, and what was
/// delivered before an interruption arrives.
template <class T>
class RemoteChannel {
public:
    /// capacity  at least 1: there is no rendezvous between threads
    explicit RemoteChannel(std::size_t capacity)
        : core_(std::make_unique<RemoteCore<T>>(*Loop::current(), capacity).release()) {}
    RemoteChannel(const RemoteChannel&) = delete;
    RemoteChannel& operator=(const RemoteChannel&) = delete;
    ~RemoteChannel() { core_->abandon(); }

    RemoteSender<T> sender() { return RemoteSender<T>(core_->hold()); }

    /// Waits while the channel is empty. Errors: cancelled, timed_out; once it is closed and empty
    /// the error it was closed with.
    Result<T> pop() { return core_->pop(); }

    /// Errors: would_block, and the one it was closed with.
    Result<T> try_pop() { return core_->try_pop(false); }

    /// Whoever blocks in a push, or waits in a pop, is told.
    void close(Error reason = {Errc::closed, "the channel is closed"}) { core_->close(reason); }

    std::size_t size() const { return core_->size(); }
    std::size_t capacity() const { return core_->capacity(); }

private:
    template <class U>
    friend class RemoteReceiveArm;

    typename RemoteCore<T>::Holder core_;
};

} // namespace kindling::fiber
