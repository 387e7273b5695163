// SPDX-License-Identifier: MIT
//
// What other threads want a loop to do.
#pragma once

#include "base/result.hpp"
#include "fiber/waker.hpp"

namespace kindling::fiber {

/// A call that a loop is asked to make. Whoever posts it provides it, mostly as a part of something
/// larger, and keeps it until it has run; so posting needs no memory and cannot fail.
class Post {
public:
    /// `call` is made by the loop on its own thread, never inside the call that posted. It must
    /// not wait. It may post again, also this one, and may destroy this one.
    explicit Post(void (*call)(Post&)) : call_(call) {}
    Post(const Post&) = delete;
    Post& operator=(const Post&) = delete;
    /// Destroying one that has yet to run is a bug.
    ~Post() { ASSERT(!is_posted_.load(std::memory_order_relaxed)); }

    /// By the loop.
    void run() {
        is_posted_.store(false, std::memory_order_relaxed);
        call_(*this);
    }

private:
    template <template <class> class, class>
    friend class BasicInbox;

    void (*call_)(Post&);
    Post* next_ = nullptr;
    // Atomic only so that posting twice is found out wherever the second comes from.
    std::atomic<bool> is_posted_ = false;
};

/// Posts of any threads for one loop. Those of one thread come out in the order they went in.
///
/// Posters link theirs before the last one; the loop takes all at once and turns them round. So no
/// poster that is stopped halfway hides what others posted.
/// Source: R. K. Treiber, "Systems programming: coping with parallelism", 1986; as only one thread
/// takes, and takes all, a node that comes back is no danger.
template <template <class> class Atomic, class Waker = BasicWaker<Atomic>>
class BasicInbox {
public:
    /// From any thread. `ring` is called if the loop has to be woken. Posting what has yet to run
    /// is a bug.
    template <class Ring>
    void post(Post& post, Ring ring) {
        link(post);
        if (waker_.publish()) ring();
    }

    /// From any thread: ends a sleep, or refuses the next.
    template <class Ring>
    void wake(Ring ring) {
        if (waker_.signal()) ring();
    }

    /// By the loop: the next to run; null if there is none.
    Post* take() {
        if (!taken_) take_all();
        Post* post = taken_;
        if (post) taken_ = std::exchange(post->next_, nullptr);
        return post;
    }

    /// By the loop.
    bool is_empty() const { return !taken_ && !last_.load(std::memory_order_relaxed); }

    /// By the loop, when it has nothing to do: calls `wait(true)`, which may sleep until it is rung
    /// for, or `wait(false)`, which must not sleep.
    ///
    /// It is the list that is looked at again, and not how many were published: one that was linked
    /// and taken, but whose poster has not come to publish it, would make up for another.
    template <class Wait>
    void sleep(Wait wait) {
        wait(begin_sleep());
        end_sleep();
    }

    /// The two halves of that, for a sleep that is somebody else's. False: do not begin it.
    bool begin_sleep() { return waker_.arm() && is_empty(); }
    void end_sleep() { waker_.disarm(); }

    std::uint64_t posts_count() const { return waker_.published(); }

protected:
    void link(Post& post) {
        ASSERT(!post.is_posted_.load(std::memory_order_relaxed));
        post.is_posted_.store(true, std::memory_order_relaxed);
        post.next_ = last_.load(std::memory_order_relaxed);
        while (!last_.compare_exchange_weak(post.next_, &post, std::memory_order_release,
                                            std::memory_order_relaxed)) {
        }
    }

    void take_all() {
        if (!last_.load(std::memory_order_relaxed)) return;
        Post* post = last_.exchange(nullptr, std::memory_order_acquire);
        while (post) {
            Post* earlier = post->next_;
            post->next_ = taken_;
            taken_ = post;
            post = earlier;
        }
    }

    // Written by all posters; what only the loop touches is kept off their cache line.
    alignas(64) Atomic<Post*> last_{nullptr};
    Waker waker_;
    alignas(64) Post* taken_ = nullptr; ///< in their order
};

using Inbox = BasicInbox<std::atomic>;

} // namespace kindling::fiber
