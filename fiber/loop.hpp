// SPDX-License-Identifier: MIT
//
// Runs the fibers of one thread: those that are ready, then the clock, then it waits.
#pragma once

#include "fiber/inbox.hpp"
#include "fiber/poller.hpp"
#include "fiber/record.hpp"
#include "fiber/timer_heap.hpp"

#include <bit>
#include <concepts>
#include <new>
#include <vector>

namespace kindling::fiber {

/// Whether a call on a descriptor can be tried without blocking.
enum class Trial : std::uint8_t {
    possible,        ///< as far as is known
    refused,         ///< wait until it is ready, then call
    refused_by_file, ///< always ready, and may block all the same
};

/// One per thread. Fibers never leave it, so thread-local variables keep their addresses.
class Loop {
public:
    /// The poller must outlive the loop.
    explicit Loop(Poller& poller);
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    /// All fibers must have ended. Runs what was posted and has not run yet, and what that posts.
    ~Loop();

    /// The loop of this thread; null if it has none.
    static Loop* current() { return of_thread; }

    /// Runs `function` as the first fiber and goes on until it has returned. What it starts lives
    /// in its groups, and so ends before it. Gives what it returned.
    template <std::invocable Function>
    Result<void> run(std::string_view name, Function function);

    /// Asks the first fiber to end, as a signal would.
    void request_exit();

    /// From any thread, for as long as the loop exists: it runs the post in its turn, on its own
    /// thread. Those of one thread run in the order in which it posted them, each exactly once.
    void post(Post& post) {
        inbox_.post(post, [this] { poller_.wake(); });
    }

    /// From any thread: a sleep of the loop ends, or the next does not begin. Everything else may
    /// be called by the loop's own thread only; builds without NDEBUG check that.
    void wake() {
        inbox_.wake([this] { poller_.wake(); });
    }

    /// Says that somebody outside will post, or no longer will: a loop whose fibers all wait for
    /// that is not in a deadlock.
    void expect_posts() { outside_count_++; }
    void stop_expecting_posts() { outside_count_--; }

    /// How many were posted so far.
    std::uint64_t posts_count() const { return inbox_.posts_count(); }

    /// The clock, as the running turn read it.
    std::uint64_t now_ns() const { return now_ns_; }

    Fiber* running() const { return running_; }
    Fiber* first_fiber() const { return all_; } ///< for dumps: all of them, linked by `next()`
    std::size_t fibers_count() const { return fibers_count_; }
    StackPool& stacks() { return stacks_; }

    // For groups, waits and scopes:

    /// A fiber that is ready to run. Errors: no_memory, too_large (as many as there may be).
    template <class Function>
    Result<Fiber*> create(std::string_view name, Priority priority, Group* group,
                          Function&& function, StackClass stack_class = StackClass::kib_256);
    void cancel(Fiber& fiber);
    /// Looks again at what interrupts a parked fiber: a scope of it has changed.
    void reconsider(Fiber& fiber);
    void make_ready(Fiber& fiber) {
        check_thread();
        ReadyQueue& queue = ready_[fiber.priority_];
        fiber.state_ = State::ready;
        fiber.next_ready_ = nullptr;
        (queue.last ? queue.last->next_ready_ : queue.first) = &fiber;
        queue.last = &fiber;
        ready_priorities_ |= 1u << fiber.priority_;
        ready_count_++;
    }
    Result<void> park(Wait& wait, WaitQueue* queue, std::uint64_t until_ns);
    /// Hands operations, linked by `next_of_wait`, to the system and parks the running fiber until
    /// one has ended, or until `until_ns`; after an interruption, until one has ended because of it
    /// or all the same. Then the others are cancelled and waited for. `first` may be null, `what`
    /// is as for Wait.
    ///
    /// Errors: cancelled, timed_out; then no operation had any effect.
    Result<void> perform(Operation* first, const char* what, std::uint64_t until_ns);
    Result<void> perform(Operation& only, const char* what) {
        return perform(&only, what, never_ns);
    }
    /// Closes a descriptor after what waits for it, which fails with `closed`.
    void close(int descriptor);
    Poller& poller() { return poller_; }
    /// What is known of a descriptor until it is closed.
    Trial trial(int descriptor) const;
    void remember(int descriptor, Trial trial);
    void yield();
    Result<void> check_interruption(Fiber& fiber) {
        if (++fiber.calls_ >= calls_per_turn) yield();
        if (fiber.may_be_interrupted()) return say_interruption(fiber);
        fiber.failed_waits_ = 0;
        return {};
    }

private:
    /// So many calls that need not wait, then the others get their turn.
    static constexpr std::uint32_t calls_per_turn = 128;

    struct ReadyQueue {
        Fiber *first = nullptr, *last = nullptr;
    };

    static std::size_t& timer_place(Fiber& fiber) { return fiber.timer_place_; }

    Result<Fiber*> reserve(std::string_view name, Priority priority, Group* group,
                           std::size_t function_bytes, StackClass stack_class);
    void start(Fiber& fiber);
    void run_until_ended(Fiber& fiber);
    void turn();
    bool begin_turn();
    Fiber* take_ready();
    Fiber* next_of_turn();
    void switch_from(Fiber& fiber);
    void arrived() {
        // The one before may have left its stack for good.
        if (finished_) [[unlikely]]
            forget(*std::exchange(finished_, nullptr));
    }
    Result<void> say_interruption(Fiber& fiber);
    void fire_timers();
    void collect(std::uint64_t deadline_ns);
    void finish(Operation& operation);
    void drain(Operation* first);
    void run_posts();
    void check_thread() const {
#ifndef NDEBUG
        ASSERT(of_thread == this);
#endif
    }
    void interrupt(Fiber& fiber);
    void drop(Fiber& fiber);
    void forget(Fiber& fiber);
    void report_deadlock();
    static void enter(void* fiber);

    static constinit thread_local Loop* of_thread;

    Poller& poller_;
    Context context_; ///< of the thread itself
    Fiber* running_ = nullptr;
    Fiber* first_ = nullptr;    ///< the one that `run` was given
    Fiber* finished_ = nullptr; ///< has left its stack for good; to be given back
    ReadyQueue ready_[priority_count];
    std::uint32_t ready_priorities_ = 0; ///< a bit for each queue that is not empty
    std::size_t ready_count_ = 0;
    std::size_t turn_left_ = 0;        ///< fibers that may still run in this turn
    std::size_t runs_before_look_ = 0; ///< that later turns may have before one at the clock
    StackPool stacks_;
    TimerHeap<Fiber, timer_place> timers_;
    std::uint64_t now_ns_;
    std::vector<Trial> trials_; ///< by descriptor
    Inbox inbox_;
    std::size_t outside_count_ = 0; ///< of those that will post
    Fiber* all_ = nullptr;
    std::size_t fibers_count_ = 0;
};

template <class Function>
Result<Fiber*> Loop::create(std::string_view name, Priority priority, Group* group,
                            Function&& function, StackClass stack_class) {
    using Held = std::remove_cvref_t<Function>;
    static_assert(alignof(Held) <= 16);
    Fiber* fiber = TRY(reserve(name, priority, group, sizeof(Held), stack_class));
    ::new (fiber->function_) Held(std::forward<Function>(function));
    fiber->run_ = [](Fiber& self) {
        auto* held = static_cast<Held*>(self.function_);
        if constexpr (std::is_void_v<std::invoke_result_t<Held&>>)
            (*held)();
        else
            self.result_ = (*held)();
        held->~Held();
    };
    fiber->destroy_ = [](Fiber& self) { static_cast<Held*>(self.function_)->~Held(); };
    start(*fiber);
    return fiber;
}

template <std::invocable Function>
Result<void> Loop::run(std::string_view name, Function function) {
    Result<void> result;
    auto keep = [&] {
        if constexpr (std::is_void_v<std::invoke_result_t<Function&>>)
            function();
        else
            result = function();
    };
    Fiber* fiber = TRY(create(name, priority_default, nullptr, keep));
    run_until_ended(*fiber);
    return result;
}

} // namespace kindling::fiber
