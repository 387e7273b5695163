// SPDX-License-Identifier: MIT
//
// Runs the fibers of one thread: those that are ready, then the clock, then it waits.
#pragma once

#include "fiber/callback.hpp"
#include "fiber/inbox.hpp"
#include "fiber/long_turn.hpp"
#include "fiber/poller.hpp"
#include "fiber/probe.hpp"
#include "fiber/random.hpp"
#include "fiber/record.hpp"
#include "fiber/registry.hpp"
#include "fiber/timer_heap.hpp"
#include "fiber/trace.hpp"

#include <bit>
#include <concepts>
#include <new>
#include <optional>
#include <vector>

namespace kindling::fiber {

/// Whether a call on a descriptor can be tried without blocking.
enum class Trial : std::uint8_t {
    unknown,         ///< it was not tried yet
    as_message,      ///< of a socket: recv and send do what read and write do, for less
    possible,        ///< as far as is known
    never_blocks,    ///< the plain calls do: its mode is ours alone
    refused,         ///< wait until it is ready, then call
    refused_by_file, ///< always ready, and may block all the same
};

/// One per thread. Fibers never leave it, so thread-local variables keep their addresses.
///
/// A fiber may make further ones and run them: such a run parks that fiber only, while what it runs
/// has a loop of its own on the same thread. When the fiber is interrupted the first fiber of its
/// run is cancelled, and the run ends with the interruption when that has ended, unless it
/// succeeded; it can be run again. Its poller is one with a descriptor, else running it is
/// `unsupported`. Primitives and descriptors may be shared with fibers outside.
/// Only a loop that is in no other finds out that nothing can end its waits.
class Loop {
public:
    /// The poller must outlive the loop.
    explicit Loop(Poller& poller);
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    /// All fibers must have ended; else it says which have not, and stops the program. Runs what
    /// was posted and has not run yet, and what that posts.
    ~Loop();

    /// The loop of this thread, the innermost that runs; null if it has none.
    static Loop* current() { return of_thread; }
    /// The same on a fiber; null off a fiber, where calls block instead of parking.
    static Loop* of_fiber() { return current_fiber() ? of_thread : nullptr; }
    /// The fiber that runs on this thread; null off a fiber.
    static Fiber* current_fiber() { return of_thread ? of_thread->running_ : nullptr; }

    /// Runs `function` as the first fiber and goes on until it has returned. What it starts lives
    /// in its groups, and so ends before it. Gives what it returned; if that is a success, how the
    /// first failed that did among the children of `root`.
    template <std::invocable Function>
    Result<void> run(std::string_view name, Function function, Place place = Place::current());

    /// The group for work that belongs to the whole program, such as a fiber that writes a log:
    /// any fiber of this loop may spawn into it. What still runs when the first fiber has returned
    /// is cancelled and waited for. One that fails stops no other.
    Group& root() {
        ASSERT(root_);
        return *root_;
    }

    /// For a thread whose waiting belongs to another event loop: begins what `run_once` goes on
    /// with. The function returns nothing, and is moved; failures among the children of `root` are
    /// not told. Errors: those of `create`.
    template <std::invocable Function>
    Result<void> begin(std::string_view name, Function function, Place place = Place::current());

    /// Runs what can run now, without waiting. False once the first fiber has ended. Call it when
    /// `descriptor` is readable, when `wait_us` is over, and until it returns false.
    bool run_once();

    /// Readable when there is something to do; -1 if the poller has none. To be asked for before
    /// the first fiber begins.
    int descriptor() { return poller_.descriptor(); }

    /// How long there will be nothing to do if the descriptor is not readable, in microseconds;
    /// absent is no limit. Valid until the next call that may wake a fiber.
    std::optional<std::uint64_t> wait_us() const;

    /// Asks the first fiber to end, as a signal would.
    void request_exit();

    /// From any thread, for as long as the loop exists: it runs the post in its turn, on its own
    /// thread. Those of one thread run in the order in which it posted them, each exactly once.
    void post(Post& post) {
        posters_count_.fetch_add(1, std::memory_order_relaxed);
        inbox_.post(post, [this] { poller_.wake(); });
        posters_count_.fetch_sub(1, std::memory_order_release); // The loop may be gone now.
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

    /// Counts the selects, so that they can begin to look at another arm each time.
    std::size_t next_select_start() { return selects_count_++; }

    /// The clock, as the running turn read it.
    std::uint64_t now_ns() const { return now_ns_; }

    /// Numbers to spread things with. They repeat if the clock began at the same time, as in tests;
    /// another Random may be put in its place.
    Random& random() { return random_; }
    /// Finds out who keeps the others waiting; its limit can be set.
    LongTurnWatch& long_turns() { return long_turns_; }
    /// What the fibers did last, where that is kept.
    Trace& trace() { return trace_; }
    const Trace& trace() const { return trace_; }
    /// Between how many looks at the clock fibers of a priority were ready from the beginning and
    /// none of them ran, because others came first.
    std::uint64_t turns_waited(Priority priority) const { return turns_waited_[priority]; }

    /// A fiber whose waits have failed 1000 times in a row, without ever waiting, is named in the
    /// log. From then on it lets the others run at each 64th; if `value` is true the program stops
    /// instead, which is how debug builds begin.
    void stop_at_spinning(bool value) { stops_at_spinning_ = value; }

    /// Logs all fibers at the end of this turn. From a signal handler too, on the thread of the
    /// loop.
    void request_dump();

    Fiber* running() const { return running_; }
    Fiber* first_fiber() const { return all_; } ///< for dumps: all of them, linked by `next()`
    std::size_t fibers_count() const { return fibers_count_; }
    StackPool& stacks() { return stacks_; }
    const StackPool& stacks() const { return stacks_; }

    // For groups, waits and scopes:

    /// A fiber that is ready to run. Errors: as of StackPool::take; too_large (what `function`
    /// holds is more than half of a stack); no_memory (no room for its timer).
    template <class Function>
    Result<Fiber*> create(std::string_view name, Priority priority, Group* group,
                          Function&& function, StackClass stack_class = StackClass::kib_256,
                          Place place = Place::current());
    void cancel(Fiber& fiber);
    /// Looks again at what interrupts a parked fiber: a scope of it has changed.
    void reconsider(Fiber& fiber);
    void make_ready(Fiber& fiber) {
        check_thread();
        if (trace_.is_on()) [[unlikely]]
            trace_.add_ready(fiber, poller_.now_ns());
        ReadyQueue& queue = ready_[fiber.priority_];
        fiber.state_ = State::ready;
        fiber.next_ready_ = nullptr;
        (queue.last ? queue.last->next_ready_ : queue.first) = &fiber;
        queue.last = &fiber;
        ready_priorities_ |= 1u << fiber.priority_;
        ready_count_++;
        ring();
    }
    /// Calls it in a later turn, before the fibers of its priority.
    void queue(Callback& callback) {
        if (!has_more_than_fibers()) turn_left_ = 0; // Until now nobody counted.
        has_more_than_fibers_.store(true, std::memory_order_relaxed);
        queued_.append(callback);
        ring();
    }
    Result<void> park(Wait& wait, WaitQueue* queue, std::uint64_t until_ns);
    /// Hands operations, linked by `next_of_wait`, to the system and parks the running fiber until
    /// one has ended, or until `until_ns`; after an interruption, until one has ended because of it
    /// or all the same. Then the others are cancelled and waited for. `first` may be null, `what`
    /// is as for Wait.
    ///
    /// Errors: cancelled, timed_out; then no operation had any effect.
    Result<void> perform(Operation* first, const char* what, std::uint64_t until_ns);
    /// The same in a wait of the caller's, which may stand in queues too.
    Result<void> perform(Wait& wait, Operation* first, std::uint64_t until_ns);
    Result<void> perform(Operation& only, const char* what) {
        return perform(&only, what, never_ns);
    }
    /// Closes a descriptor after what waits for it, which fails with `closed`.
    void close(int descriptor);
    Poller& poller() { return poller_; }
    const Poller& poller() const { return poller_; }
    /// What is known of a descriptor until it is closed.
    Trial trial(int descriptor) const {
        auto index = static_cast<std::size_t>(descriptor);
        return descriptor >= 0 && index < trials_.size() ? trials_[index] : Trial::unknown;
    }
    void remember(int descriptor, Trial trial);
    void yield();
    Result<void> check_interruption(Fiber& fiber) {
        if (++fiber.calls_ >= calls_per_turn) yield();
        if (fiber.may_be_interrupted()) return say_interruption(fiber);
        fiber.failed_waits_ = 0;
        return {};
    }

private:
    friend struct Registry;

    /// So many calls that need not wait, then the others get their turn.
    static constexpr std::uint32_t calls_per_turn = 128;

    struct ReadyQueue {
        Fiber *first = nullptr, *last = nullptr;
        CallbackList callbacks; ///< that are due
    };

    /// Makes a loop that of its thread, inside the running fiber of the one that was.
    class Entrance {
    public:
        explicit Entrance(Loop& loop);
        Entrance(const Entrance&) = delete;
        Entrance& operator=(const Entrance&) = delete;
        ~Entrance();

    private:
        Loop& loop_;
    };

    static std::size_t& timer_place(Fiber& fiber) { return fiber.timer_place_; }

    Result<Fiber*> reserve(std::string_view name, Priority priority, Group* group,
                           std::size_t function_bytes, StackClass stack_class);
    void start(Fiber& fiber);
    void run_until_ended(Fiber& fiber);
    void run_last_callbacks();
    void turn(bool may_wait);
    Fiber* take_ready();
    std::size_t callbacks_count() const;
    void make_callbacks_due();
    Callback* take_callback();
    Priority first_priority() const {
        return static_cast<Priority>(std::countr_zero(ready_priorities_));
    }
    bool has_more_than_fibers() const {
        return has_more_than_fibers_.load(std::memory_order_relaxed);
    }
    bool is_before_callbacks();
    bool run_callback();
    Fiber* next_of_turn();
    void switch_from(Fiber& fiber) noexcept;
    Result<void> with_root(void (*function)(void*), void* argument);
    void go_on_with(Fiber* next, Fiber& from);
    void go_on_traced(Fiber* next, Fiber& from);
    void note_turn();
    void arrived() {
        // The one before may have left its stack for good.
        if (finished_) [[unlikely]]
            forget(*std::exchange(finished_, nullptr));
    }
    Result<void> say_interruption(Fiber& fiber);
    void fire_timers();
    std::uint64_t end_of_sleep(std::uint64_t deadline_ns) const;
    void collect(std::uint64_t deadline_ns);
    void take_completions(std::uint64_t deadline_ns);
    void wait_outside(std::uint64_t deadline_ns);
    /// Somebody outside may have changed what the loop waits for: its descriptor shows that.
    void ring() {
        if (is_watched_) poller_.wake();
    }
    Result<void> outcome(const Result<void>& result) const;
    std::uint64_t us_until(std::uint64_t deadline_ns) const;
    static Loop* exchange_current(Loop* loop);
    void finish(Operation& operation);
    void drain(Operation* first);
    void run_posts();
    void check_thread() const {
#ifndef NDEBUG
        ASSERT(is_of_this_thread());
#endif
    }
    bool is_of_this_thread() const;
    static std::size_t end_operations(int descriptor);
    void interrupt(Fiber& fiber);
    std::size_t& count_of_waits(const Fiber& fiber);
    void leave_background(Fiber& fiber);
    void forget(Fiber& fiber);
    bool must_look() const;
    bool look_at_clock(Fiber& last);
    void check_process() const;
    void log_requested_dump();
    void report_spinning(const Fiber& fiber) const;
    void report_deadlock();
    static void enter(void* fiber) noexcept;

    static constinit thread_local Loop* of_thread;

    Poller& poller_;
    Context context_; ///< of the thread itself
    Fiber* running_ = nullptr;
    Fiber* first_ = nullptr;    ///< the one that `run` was given
    Group* root_ = nullptr;     ///< null: no first fiber has begun
    Fiber* finished_ = nullptr; ///< has left its stack for good; to be given back
    ReadyQueue ready_[priority_count];
    std::uint32_t ready_priorities_ = 0; ///< a bit for each queue that is not empty
    std::uint32_t begun_priorities_ = 0; ///< ready when the turn began, if there were several
    std::uint32_t taken_priorities_ = 0; ///< those of which a fiber has run since
    std::size_t ready_count_ = 0;
    CallbackList queued_;                            ///< callbacks for the next turn
    std::atomic<bool> has_more_than_fibers_ = false; ///< may be true: callbacks, or a dump
    std::size_t turn_left_ = 0; ///< fibers and callbacks of this turn, while there are callbacks
    std::size_t runs_left_ = LongTurnWatch::runs_min; ///< until a look at the clock and the system
    std::size_t runs_told_ = runs_left_;              ///< what was left when the watch was told
    StackPool stacks_;
    TimerHeap<Fiber, timer_place> timers_;
    std::uint64_t now_ns_;
    std::vector<Trial> trials_; ///< by descriptor
    Inbox inbox_;
    std::atomic<std::size_t> posters_count_ = 0; ///< threads that are inside `post` now
    std::size_t outside_count_ = 0;              ///< of those that will post
    std::size_t foreground_waits_ = 0, background_waits_ = 0; ///< for the system
    Random random_;
    Loop* outer_ = nullptr; ///< on a fiber of which this one runs
    Loop* next_of_thread_ = nullptr;
    Trace trace_;                       // beside the next one: both are looked at in each switch
    bool is_watched_ = false;           ///< others wait for its descriptor now
    std::optional<Error> interruption_; ///< of the fiber that runs it
    Fiber* all_ = nullptr;
    std::size_t fibers_count_ = 0;
    std::size_t selects_count_ = 0;
    LongTurnWatch long_turns_;
    std::uint64_t turns_waited_[priority_count] = {};
    std::atomic<bool> is_dump_requested_ = false;
#ifdef NDEBUG
    bool stops_at_spinning_ = false;
#else
    bool stops_at_spinning_ = true;
#endif
    Registered registered_{*this};
};

/// No exception may leave the function of a fiber: the program stops, and this says in which one.
class ExceptionReport {
public:
    explicit ExceptionReport(const Fiber& fiber) : fiber_(&fiber) {}
    ExceptionReport(const ExceptionReport&) = delete;
    ExceptionReport& operator=(const ExceptionReport&) = delete;
    ~ExceptionReport() {
        if (fiber_) print();
    }
    void returned() { fiber_ = nullptr; }

private:
    void print() const;

    const Fiber* fiber_;
};

template <class Function>
Result<Fiber*> Loop::create(std::string_view name, Priority priority, Group* group,
                            Function&& function, StackClass stack_class, Place place) {
    using Held = std::remove_cvref_t<Function>;
    static_assert(alignof(Held) <= 16);
    Fiber* fiber = TRY(reserve(name, priority, group, sizeof(Held), stack_class));
    fiber->spawned_at_ = place;
    ::new (fiber->function_) Held(std::forward<Function>(function));
    fiber->run_ = [](Fiber& self) {
        auto* held = static_cast<Held*>(self.function_);
        ExceptionReport report(self);
        if constexpr (std::is_void_v<std::invoke_result_t<Held&>>)
            (*held)();
        else
            self.result_ = (*held)();
        held->~Held();
        report.returned();
    };
    fiber->destroy_ = [](Fiber& self) { static_cast<Held*>(self.function_)->~Held(); };
    start(*fiber);
    return fiber;
}

template <std::invocable Function>
Result<void> Loop::begin(std::string_view name, Function function, Place place) {
    static_assert(std::is_void_v<std::invoke_result_t<Function&>>);
    ASSERT(!first_);
    auto whole = [this, function = std::move(function)]() mutable {
        (void)with_root([](void* of) { (*static_cast<Function*>(of))(); }, &function);
    };
    first_ =
        TRY(create(name, priority_default, nullptr, std::move(whole), StackClass::kib_256, place));
    first_->always_begins_ = true;
    return {};
}

template <std::invocable Function>
Result<void> Loop::run(std::string_view name, Function function, Place place) {
    Entrance entrance(*this);
    if (outer_ && descriptor() < 0)
        return Error{Errc::unsupported, "the poller of an inner loop has no descriptor"};
    Result<void> result;
    auto keep = [&] {
        if constexpr (std::is_void_v<std::invoke_result_t<Function&>>)
            function();
        else
            result = function();
    };
    auto whole = [&] {
        auto of_root = with_root([](void* of) { (*static_cast<decltype(keep)*>(of))(); }, &keep);
        if (result) result = of_root;
    };
    Fiber* fiber = TRY(create(name, priority_default, nullptr, whole, StackClass::kib_256, place));
    run_until_ended(*fiber);
    return outcome(result);
}

} // namespace kindling::fiber
