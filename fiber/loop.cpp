// SPDX-License-Identifier: MIT
#include "fiber/loop.hpp"

#include "fiber/dump.hpp"
#include "fiber/group.hpp"
#include "fiber/lock.hpp"
#include "host/fd.hpp"

#include <algorithm>
#include <cstring>
#include <sched.h>
#include <unistd.h>

namespace kindling::fiber {

namespace {

constexpr std::size_t turn_posts_max = 256;
// What is left when the loop is destroyed may post again, but not for ever.
constexpr std::size_t last_posts_max = 1'000'000;
// A fiber that goes on after it was cancelled must not stop the others.
constexpr std::uint32_t failed_waits_max = 1000;
constexpr std::uint32_t failed_waits_per_yield = 64;
constexpr std::uint64_t idle_trim_ns = 1'000'000'000;

thread_local Loop* loops_of_thread = nullptr; // all of them, linked

Error interrupted(Errc why) {
    switch (why) {
    case Errc::deadlock:
        return {why, "all fibers wait for each other"};
    case Errc::timed_out:
        return {why, "the deadline has passed"};
    default:
        return {why, "cancelled"};
    }
}

} // namespace

constinit thread_local Loop* Loop::of_thread = nullptr;

Loop::Loop(Poller& poller) : poller_(poller), now_ns_(poller.now_ns()), random_(now_ns_) {
    next_of_thread_ = std::exchange(loops_of_thread, this);
    ASSERT(!of_thread || of_thread->running_);
    if (of_thread) return; // It is there while it runs.
    of_thread = this;
    host::descriptor_closer = [](int number) { current()->close(number); };
}

Loop::~Loop() {
    if (fibers_count_ != 0) {
        log_plain(dump(*this));
        stop("bug: the loop was destroyed before its fibers had ended");
    }
    for (std::size_t posts = 0; !inbox_.is_empty(); posts += turn_posts_max) {
        ASSERT(posts < last_posts_max);
        run_posts();
    }
    // What was posted may run before its poster is done with the inbox.
    while (posters_count_.load(std::memory_order_acquire) != 0) ::sched_yield();
    Loop** link = &loops_of_thread;
    while (*link != this) link = &(*link)->next_of_thread_;
    *link = next_of_thread_;
    if (of_thread != this) return;
    ASSERT(!loops_of_thread);
    host::descriptor_closer = nullptr;
    of_thread = nullptr;
}

Loop* Loop::exchange_current(Loop* loop) {
    return std::exchange(of_thread, loop);
}

Result<Fiber*> Loop::reserve(std::string_view name, Priority priority, Group* group,
                             std::size_t function_bytes, StackClass stack_class) {
    ASSERT(priority < priority_count && of_thread == this);
    check_process();
    // Half of it is for the function to run in.
    if (function_bytes > size_of(stack_class) / 2) [[unlikely]]
        return Error{Errc::too_large, "what the function of a fiber holds does not fit its stack"};
    if (!timers_.make_room(fibers_count_ + 1)) return Error{Errc::no_memory, "no room for a timer"};
    Stack& stack = *TRY(stacks_.take(stack_class));
    // The record and the function lie at the top, so that a fiber is one piece of memory.
    constexpr std::size_t alignment = 16;
    std::byte* top = stack.memory().top();
    top -= (sizeof(Fiber) + alignment - 1) / alignment * alignment;
    auto* fiber = ::new (top) Fiber;
    if (!running_ || running_->log_fields_) [[unlikely]] {
        if (std::size_t size = InheritedFields::size_bytes()) {
            top -= (size + alignment - 1) / alignment * alignment;
            fiber->log_fields_ = InheritedFields::place(top);
        }
    }
    top -= (function_bytes + alignment - 1) / alignment * alignment;
    fiber->function_ = top;
    fiber->stack_ = &stack;
    fiber->loop_ = this;
    fiber->group_ = group;
    fiber->priority_ = priority;
    fiber->bound_ = running_ ? running_->bound_ : BoundValues::current();
    std::memcpy(fiber->name_, name.data(), std::min(name.size(), name_size_max));
    StackMemory rest{stack.bottom, static_cast<std::size_t>(top - stack.bottom)};
    fiber->context_.prepare(rest, enter, fiber->name_, stack.shadow_top);
    return fiber;
}

void Loop::start(Fiber& fiber) {
    fiber.next_of_all_ = all_;
    if (all_) all_->previous_of_all_ = &fiber;
    all_ = &fiber;
    fibers_count_++;
    probe::spawn(&fiber, fiber.name_);
    make_ready(fiber);
    fiber.state_ = State::initial;
}

/// The whole life of a fiber. At its end it goes on with the next, and never comes back. The stack
/// ends here, so that an exception that comes this far stops the program.
void Loop::enter(void* value) noexcept {
    auto& fiber = *static_cast<Fiber*>(value);
    Loop& loop = *fiber.loop_;
    loop.arrived();
    if (fiber.is_cancelled_ && !fiber.always_begins_) {
        // It never begins. What its function holds is destroyed here, because that may wait.
        fiber.result_ = Error{Errc::cancelled, "cancelled before it began"};
        fiber.destroy_(fiber);
    } else {
        fiber.run_(fiber);
    }
    fiber.locals_.clear();
    fiber.bound_ = {};
    if (fiber.held_) fiber.held_->holder_ended();
    ASSERT(!fiber.scope_);
    fiber.state_ = State::completed;
    loop.finished_ = &fiber;
    if (fiber.group_) fiber.group_->child_ended(fiber);
    loop.switch_from(fiber);
}

void ExceptionReport::print() const {
    log_plain("fiber " + std::string(fiber_->name()) + ": an exception left its function");
}

/// Takes a fiber out of all lists and gives its stack back.
void Loop::forget(Fiber& fiber) {
    if (fiber.previous_of_all_) fiber.previous_of_all_->next_of_all_ = fiber.next_of_all_;
    if (fiber.next_of_all_) fiber.next_of_all_->previous_of_all_ = fiber.previous_of_all_;
    if (all_ == &fiber) all_ = fiber.next_of_all_;
    fibers_count_--;
    if (first_ == &fiber) first_ = nullptr;
    Stack& stack = *fiber.stack_;
    if (StackPool::is_fresh(stack)) [[unlikely]]
        stacks_.note_use(stack, fiber.name());
    fiber.~Fiber();
    stacks_.give_back(stack);
}

std::size_t Loop::callbacks_count() const {
    std::size_t count = queued_.size();
    for (const ReadyQueue& queue : ready_) count += queue.callbacks.size();
    return count;
}

/// Begins a turn, if there are callbacks.
void Loop::make_callbacks_due() {
    while (Callback* callback = queued_.take_first())
        ready_[callback->priority_].callbacks.append(*callback);
    std::size_t count = callbacks_count();
    has_more_than_fibers_.store(count > 0, std::memory_order_relaxed);
    turn_left_ = ready_count_ + count;
}

/// Of those that are due.
Callback* Loop::take_callback() {
    for (ReadyQueue& queue : ready_)
        if (Callback* callback = queue.callbacks.take_first()) return callback;
    return nullptr;
}

/// True if the first of the fibers comes before all callbacks in this turn; it takes its place.
bool Loop::is_before_callbacks() {
    if (is_dump_requested_.load(std::memory_order_relaxed)) return false;
    if (callbacks_count() == 0) {
        has_more_than_fibers_.store(false, std::memory_order_relaxed);
        return true;
    }
    if (turn_left_ == 0 || ready_priorities_ == 0) return false;
    bool is_behind =
        std::any_of(ready_, ready_ + first_priority() + 1,
                    [](const ReadyQueue& queue) { return !queue.callbacks.is_empty(); });
    if (!is_behind) turn_left_--;
    return !is_behind;
}

/// Null if there is none.
inline Fiber* Loop::take_ready() {
    if (ready_priorities_ == 0) return nullptr;
    Priority priority = first_priority();
    ReadyQueue& queue = ready_[priority];
    Fiber* fiber = queue.first;
    queue.first = fiber->next_ready_;
    if (!queue.first) {
        queue.last = nullptr;
        ready_priorities_ &= ~(1u << priority);
    }
    ready_count_--;
    if (begun_priorities_) [[unlikely]]
        taken_priorities_ |= 1u << priority;
    return fiber;
}

/// Counts, when a turn begins, which priorities waited in the one before. Only where fibers of
/// several are ready can one wait.
void Loop::note_turn() {
    std::uint32_t waited = begun_priorities_ & ~std::exchange(taken_priorities_, 0);
    for (Priority each = 0; waited != 0 && each < priority_count; each++)
        turns_waited_[each] += waited >> each & 1u;
    bool are_several = (ready_priorities_ & (ready_priorities_ - 1)) != 0;
    begun_priorities_ = are_several ? ready_priorities_ : 0;
}

/// The next fiber to run before the loop looks at the clock and the system, or a callback runs:
/// that does so on the stack of the loop.
///
/// While there are no callbacks nobody could tell one turn from the next.
inline Fiber* Loop::next_of_turn() {
    if (runs_left_ == 0) return nullptr;
    if (has_more_than_fibers() && !is_before_callbacks()) [[unlikely]]
        return nullptr;
    Fiber* fiber = take_ready();
    if (!fiber) return nullptr;
    runs_left_--;
    fiber->state_ = State::running;
    return fiber;
}

/// Leaves the running fiber for the next one, or for the loop. One that has ended never returns
/// from here, and comes here by a jump: then the calls of the one that goes on are those that the
/// processor remembers, and each of its returns is predicted right.
[[gnu::noinline]] void Loop::switch_from(Fiber& fiber) noexcept {
    fiber.calls_ = 0;
    fiber.suspensions_++;
    Fiber* next = next_of_turn();
    running_ = next;
    probe::switched(&fiber, next);
    if (trace_.is_on()) [[unlikely]]
        return go_on_traced(next, fiber);
    go_on_with(next, fiber);
}

inline void Loop::go_on_with(Fiber* next, Fiber& from) {
    if (next != &from)
        from.context_.switch_to(next ? next->context_ : context_, next,
                                from.state_ == State::completed);
    arrived();
}

/// A function of its own, so that a switch without a trace saves no registers for this.
[[gnu::noinline, gnu::cold]] void Loop::go_on_traced(Fiber* next, Fiber& from) {
    trace_.add_switch(&from, next, poller_.now_ns());
    go_on_with(next, from);
}

Result<void> Loop::say_interruption(Fiber& fiber) {
    auto errc = fiber.interruption(now_ns_);
    if (!errc) {
        fiber.failed_waits_ = 0;
        return {};
    }
    fiber.failed_waits_++;
    if (fiber.failed_waits_ == failed_waits_max) report_spinning(fiber);
    if (fiber.failed_waits_ > failed_waits_max && fiber.failed_waits_ % failed_waits_per_yield == 0)
        yield();
    return interrupted(*errc);
}

Result<void> Loop::park(Wait& wait, WaitQueue* queue, std::uint64_t until_ns) {
    check_thread();
    Fiber& fiber = *running_;
    ASSERT(!fiber.wait_);
    wait.fiber_ = &fiber;
    wait.since_ns_ = now_ns_;
    fiber.wait_ = &wait;
    if (queue) queue->append(wait);
    fiber.sleeps_until_ns_ = until_ns;
    fiber.timer_ns_ = std::min(until_ns, fiber.deadline_ns());
    if (fiber.timer_ns_ != never_ns) timers_.add(fiber, fiber.timer_ns_);
    fiber.state_ = State::suspended;
    probe::park(&fiber, wait.what_, fiber.timer_ns_);
    switch_from(fiber);
    if (fiber.timer_place_) timers_.remove(fiber);
    fiber.wait_ = nullptr;
    fiber.failed_waits_ = 0;
    if (wait.is_done_) return {};
    auto errc = fiber.interruption(now_ns_);
    ASSERT(errc.has_value());
    return interrupted(*errc);
}

void Loop::yield() {
    Fiber& fiber = *running_;
    make_ready(fiber);
    switch_from(fiber);
}

/// Wakes a parked fiber without having done what it waits for. It leaves the queue now, so that
/// what happens later goes to those behind it.
void Loop::interrupt(Fiber& fiber) {
    Wait& wait = *fiber.wait_;
    // The system may still write to the frame of the fiber: it runs when that is over.
    for (Operation* each = wait.operation_; each; each = each->next_of_wait) poller_.cancel(*each);
    WaitQueue::withdraw(wait);
    if (wait.operation_) {
        leave_background(fiber);
        return ring();
    }
    make_ready(fiber);
}

std::size_t& Loop::count_of_waits(const Fiber& fiber) {
    return fiber.is_background_ ? background_waits_ : foreground_waits_;
}

/// What was interrupted ends by itself, and others may wait for that.
void Loop::leave_background(Fiber& fiber) {
    count_of_waits(fiber)--;
    fiber.is_background_ = false;
    count_of_waits(fiber)++;
}

void Loop::reconsider(Fiber& fiber) {
    check_thread();
    bool is_parked = fiber.state_ == State::suspended && fiber.wait_ && !fiber.wait_->is_done_ &&
                     !fiber.wait_->is_promised_;
    if (is_parked && fiber.interruption(now_ns_)) interrupt(fiber);
}

void Loop::cancel(Fiber& fiber) {
    check_thread();
    ASSERT(fiber.state_ != State::completed);
    fiber.is_cancelled_ = true;
    reconsider(fiber);
}

void Loop::request_exit() {
    check_thread();
    if (first_) cancel(*first_);
}

void Loop::fire_timers() {
    while (!timers_.is_empty() && timers_.first_time() <= now_ns_) {
        Fiber& fiber = timers_.first();
        timers_.remove(fiber);
        if (fiber.state_ != State::suspended) continue; // something else woke it in this turn
        if (fiber.sleeps_until_ns_ <= now_ns_) {
            fiber.wait_->is_done_ = true;
            WaitQueue::withdraw(*fiber.wait_);
            make_ready(fiber);
        } else if (!fiber.wait_->is_promised_) {
            interrupt(fiber);
        }
    }
}

/// Bounded, so that threads that never stop posting do not stop the fibers.
void Loop::run_posts() {
    for (std::size_t i = 0; i < turn_posts_max; i++) {
        Post* post = inbox_.take();
        if (!post) return;
        post->run();
    }
}

bool Loop::is_of_this_thread() const {
    bool is_here = false;
    for (Loop* loop = loops_of_thread; loop; loop = loop->next_of_thread_) is_here |= loop == this;
    return is_here;
}

bool Loop::run_callback() {
    if (!has_more_than_fibers() || turn_left_ == 0 || runs_left_ == 0) return false;
    Callback* callback = take_callback();
    if (!callback) return false;
    turn_left_--;
    runs_left_--;
    callback->run();
    return true;
}

void Loop::turn(bool may_wait) {
    check_process();
    // Those that become ready meanwhile wait for the next turn, so that the clock is not forgotten.
    make_callbacks_due();
    note_turn();
    bool has_looked = false;
    do {
        while (Fiber* fiber = next_of_turn()) {
            running_ = fiber;
            probe::switched(nullptr, fiber);
            if (trace_.is_on()) trace_.add_switch(nullptr, fiber, poller_.now_ns());
            context_.switch_to(fiber->context_, fiber);
            check_process();
            if (must_look()) has_looked = look_at_clock(*fiber);
            arrived();
        }
        running_ = nullptr;
    } while (run_callback());
    if (is_dump_requested_.load(std::memory_order_relaxed)) log_requested_dump();
    if (!first_ || (!has_looked && !must_look())) return;
    if (!has_looked) now_ns_ = poller_.now_ns(); // only callbacks ran
    fire_timers();
    bool has_work = ready_count_ > 0 || callbacks_count() > 0 || !inbox_.is_empty();
    std::uint64_t deadline_ns = timers_.is_empty() ? never_ns : timers_.first_time();
    bool is_alone = may_wait && !outer_; // else somebody outside may wake its fibers
    bool only_background = background_waits_ > 0 && foreground_waits_ == 0;
    bool can_wake = !is_alone || (poller_.can_wake() && !only_background) || outside_count_ > 0;
    if (!has_work && deadline_ns == never_ns && !can_wake) return report_deadlock();
    std::uint64_t before_ns = now_ns_;
    if (!has_work && may_wait)
        inbox_.sleep([&](bool may_sleep) { collect(may_sleep ? end_of_sleep(deadline_ns) : 0); });
    else if (!is_alone || poller_.can_wake())
        collect(0);
    now_ns_ = poller_.now_ns();
    if (now_ns_ - before_ns >= idle_trim_ns) stacks_.trim_warm();
    fire_timers();
    run_posts();
    runs_left_ = runs_told_ = long_turns_.runs_per_look(ready_count_);
}

/// A long sleep is cut short once, so that free stacks give memory back for the rest of it.
std::uint64_t Loop::end_of_sleep(std::uint64_t deadline_ns) const {
    std::uint64_t trim_ns = now_ns_ + idle_trim_ns;
    bool is_cut = poller_.has_real_time() && deadline_ns > trim_ns && stacks_.can_trim_warm();
    return is_cut ? trim_ns : deadline_ns;
}

/// Waits for operations to end, and makes ready who waits for them.
void Loop::collect(std::uint64_t deadline_ns) {
    if (outer_) {
        // What is there already does not show at the descriptor.
        take_completions(0);
        wait_outside(ready_count_ > 0 ? 0 : deadline_ns);
        deadline_ns = 0;
    }
    take_completions(deadline_ns);
}

void Loop::take_completions(std::uint64_t deadline_ns) {
    Completions completions;
    poller_.wait(deadline_ns, completions);
    while (Operation* operation = completions.take()) finish(*operation);
}

void Loop::finish(Operation& operation) {
    operation.is_reported = true;
    Wait& wait = *operation.wait;
    Fiber& fiber = *wait.fiber_;
    // It may be awake already, because of another operation of the same wait.
    if (fiber.state_ != State::suspended || fiber.wait_ != &wait) return;
    wait.is_done_ = !operation.has_been_stopped() || !wait.operation_;
    if (wait.next_arm_) WaitQueue::withdraw(wait);
    make_ready(fiber);
}

Result<void> Loop::perform(Operation* first, const char* what, std::uint64_t until_ns) {
    Wait wait(what);
    return perform(wait, first, until_ns);
}

Result<void> Loop::perform(Wait& wait, Operation* first, std::uint64_t until_ns) {
    check_process();
    wait.operation_ = first;
    for (Operation* each = first; each; each = each->next_of_wait) {
        each->wait = &wait;
        each->is_cancelled = each->is_ended = each->is_reported = false;
        poller_.submit(*each);
    }
    count_of_waits(*running_)++;
    Result<void> outcome = park(wait, nullptr, until_ns);
    drain(first);
    count_of_waits(*running_)--;
    return outcome;
}

/// Ends those of a wait that have not ended.
void Loop::drain(Operation* first) {
    for (Operation* each = first; each; each = each->next_of_wait) {
        if (each->is_reported) continue;
        Shield shield(never_ns);
        for (Operation* rest = each; rest; rest = rest->next_of_wait) poller_.cancel(*rest);
        // It has no operation to cancel, so that any end of one ends it.
        Wait wait("operations that were cancelled");
        for (Operation* rest = each; rest; rest = rest->next_of_wait) rest->wait = &wait;
        while (!each->is_reported) ASSERT(park(wait, nullptr, never_ns).has_value());
    }
}

void Loop::remember(int descriptor, Trial trial) {
    auto index = static_cast<std::size_t>(descriptor);
    if (descriptor < 0) return;
    if (index >= trials_.size()) trials_.resize(index + 1);
    trials_[index] = trial;
}

/// Of all loops of the thread; the number of those that are still under way.
std::size_t Loop::end_operations(int descriptor) {
    std::size_t count = 0;
    for (Loop* loop = loops_of_thread; loop; loop = loop->next_of_thread_) {
        count += loop->poller_.close(descriptor);
        loop->ring();
        if (loop->trial(descriptor) != Trial::unknown) loop->remember(descriptor, Trial::unknown);
    }
    return count;
}

void Loop::close(int descriptor) {
    // A child of fork shares what the poller has in the kernel.
    while (registered_.is_of_this_process() && end_operations(descriptor) > 0) {
        ASSERT(running_);
        Shield shield(never_ns);
        Wait wait("descriptor that is being closed");
        (void)park(wait, nullptr, now_ns_ + 1);
    }
    ::close(descriptor);
}

/// True if the turn that ends here is followed by a look at the clock and the system.
bool Loop::must_look() const {
    bool is_busy = ready_count_ > 0 || callbacks_count() > 0;
    return !is_busy || runs_left_ == 0 || !inbox_.is_empty();
}

/// `last` has run since the last look, perhaps among others; if it was alone, it is not gone yet.
/// True.
bool Loop::look_at_clock(Fiber& last) {
    std::uint64_t before_ns = std::exchange(now_ns_, poller_.now_ns());
    long_turns_.looked(last, std::exchange(runs_told_, runs_left_) - runs_left_,
                       now_ns_ - before_ns);
    return true;
}

void Loop::check_process() const {
    if (registered_.is_of_this_process()) return;
    stop("bug: a child of fork used the loop of its parent; start programs with Process instead");
}

void Loop::request_dump() {
    is_dump_requested_.store(true, std::memory_order_relaxed);
    has_more_than_fibers_.store(true, std::memory_order_relaxed);
    poller_.wake();
}

void Loop::log_requested_dump() {
    is_dump_requested_.store(false, std::memory_order_relaxed);
    log_plain(dump(*this));
}

void Loop::report_spinning(const Fiber& fiber) const {
    std::string name(fiber.name());
    log(fiber, "fiber " + name + " goes on although its waits fail: " +
                   std::to_string(failed_waits_max) + " in a row");
    if (stops_at_spinning_) stop("bug: fiber " + name + " does not end when it is interrupted");
}

/// Nothing is ready, nothing can become ready: all that is left is to end. What is inside a shield
/// without a limit ends when those it waits for have.
void Loop::report_deadlock() {
    log_plain(deadlock_report(*this));
    for (Fiber* each = all_; each; each = each->next_of_all_) {
        each->is_deadlocked_ = true;
        reconsider(*each);
    }
    if (ready_count_ == 0) stop("bug: no fiber can be interrupted");
}

void Loop::run_last_callbacks() {
    while (callbacks_count() > 0) {
        make_callbacks_due();
        take_callback()->run();
    }
}

void Loop::run_until_ended(Fiber& fiber) {
    check_thread();
    first_ = &fiber;
    fiber.always_begins_ = true;
    now_ns_ = poller_.now_ns();
    while (first_) turn(true);
    run_last_callbacks();
}

} // namespace kindling::fiber
