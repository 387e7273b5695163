// SPDX-License-Identifier: MIT
#include "fiber/loop.hpp"

#include "fiber/group.hpp"
#include "host/fd.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace kindling::fiber {

namespace {

constexpr std::size_t turn_runs_max = 256;
// The clock and the system cost more than a switch: they are asked after so many.
constexpr std::size_t runs_per_look = 64;
constexpr std::size_t turn_posts_max = 256;
// What is left when the loop is destroyed may post again, but not for ever.
constexpr std::size_t last_posts_max = 1'000'000;
// A fiber that goes on after it was cancelled must not stop the others.
constexpr std::uint32_t failed_waits_max = 1000;
constexpr std::uint32_t failed_waits_per_yield = 64;

} // namespace

constinit thread_local Loop* Loop::of_thread = nullptr;

Loop::Loop(Poller& poller) : poller_(poller), now_ns_(poller.now_ns()) {
    ASSERT(!of_thread);
    of_thread = this;
    host::descriptor_closer = [](int number) { current()->close(number); };
}

Loop::~Loop() {
    ASSERT(fibers_count_ == 0);
    for (std::size_t posts = 0; !inbox_.is_empty(); posts += turn_posts_max) {
        ASSERT(posts < last_posts_max);
        run_posts();
    }
    host::descriptor_closer = nullptr;
    of_thread = nullptr;
}

Result<Fiber*> Loop::reserve(std::string_view name, Priority priority, Group* group,
                             std::size_t function_bytes, StackClass stack_class) {
    ASSERT(priority < priority_count && of_thread == this);
    Stack& stack = *TRY(stacks_.take(stack_class));
    // The record and the function lie at the top, so that a fiber is one piece of memory.
    constexpr std::size_t alignment = 16;
    std::byte* top = stack.memory.top();
    top -= (sizeof(Fiber) + alignment - 1) / alignment * alignment;
    auto* fiber = ::new (top) Fiber;
    top -= (function_bytes + alignment - 1) / alignment * alignment;
    fiber->function_ = top;
    fiber->stack_ = &stack;
    fiber->loop_ = this;
    fiber->group_ = group;
    fiber->priority_ = priority;
    std::memcpy(fiber->name_, name.data(), std::min(name.size(), name_size_max));
    StackMemory rest{stack.memory.bottom, static_cast<std::size_t>(top - stack.memory.bottom)};
    fiber->context_.prepare(rest, enter, fiber->name_);
    return fiber;
}

void Loop::start(Fiber& fiber) {
    fiber.next_of_all_ = all_;
    if (all_) all_->previous_of_all_ = &fiber;
    all_ = &fiber;
    fibers_count_++;
    make_ready(fiber);
    fiber.state_ = State::initial;
}

/// The whole life of a fiber. At its end it goes on with the next, and never comes back.
void Loop::enter(void* value) {
    auto& fiber = *static_cast<Fiber*>(value);
    Loop& loop = *fiber.loop_;
    loop.arrived();
    fiber.run_(fiber);
    ASSERT(!fiber.scope_);
    fiber.state_ = State::completed;
    loop.finished_ = &fiber;
    if (fiber.group_) fiber.group_->child_ended(fiber);
    Fiber* next = loop.next_of_turn();
    loop.running_ = next;
    fiber.context_.leave_to(next ? next->context_ : loop.context_, next);
}

/// Takes a fiber out of all lists and gives its stack back.
void Loop::forget(Fiber& fiber) {
    if (fiber.previous_of_all_) fiber.previous_of_all_->next_of_all_ = fiber.next_of_all_;
    if (fiber.next_of_all_) fiber.next_of_all_->previous_of_all_ = fiber.previous_of_all_;
    if (all_ == &fiber) all_ = fiber.next_of_all_;
    fibers_count_--;
    if (first_ == &fiber) first_ = nullptr;
    Stack& stack = *fiber.stack_;
    fiber.~Fiber();
    stacks_.give_back(stack);
}

Fiber* Loop::take_ready() {
    if (ready_priorities_ == 0) return nullptr;
    auto priority = static_cast<unsigned>(std::countr_zero(ready_priorities_));
    ReadyQueue& queue = ready_[priority];
    Fiber* fiber = queue.first;
    queue.first = fiber->next_ready_;
    if (!queue.first) {
        queue.last = nullptr;
        ready_priorities_ &= ~(1u << priority);
    }
    ready_count_--;
    return fiber;
}

/// The next fiber to run before the loop looks at the clock again.
Fiber* Loop::next_of_turn() {
    while (turn_left_ > 0 || begin_turn()) {
        Fiber* fiber = take_ready();
        if (!fiber) return nullptr;
        turn_left_--;
        if (fiber->is_cancelled_ && fiber->state_ == State::initial && fiber != first_)
            [[unlikely]] {
            drop(*fiber);
            continue;
        }
        fiber->state_ = State::running;
        return fiber;
    }
    return nullptr;
}

/// Another turn without a look at the clock and the system, if the last look was not long ago and
/// no other thread wants anything.
bool Loop::begin_turn() {
    if (ready_count_ == 0 || runs_before_look_ == 0 || !inbox_.is_empty()) return false;
    turn_left_ = std::min(ready_count_, runs_before_look_);
    runs_before_look_ -= turn_left_;
    return true;
}

/// One that was cancelled before it began never begins.
void Loop::drop(Fiber& fiber) {
    fiber.destroy_(fiber);
    fiber.result_ = Error{Errc::cancelled, "cancelled before it began"};
    fiber.state_ = State::completed;
    if (fiber.group_) fiber.group_->child_ended(fiber);
    forget(fiber);
}

/// Leaves the running fiber for the next one, or for the loop.
void Loop::switch_from(Fiber& fiber) {
    fiber.calls_ = 0;
    Fiber* next = next_of_turn();
    running_ = next;
    if (next != &fiber) fiber.context_.switch_to(next ? next->context_ : context_, next);
    arrived();
}

Result<void> Loop::say_interruption(Fiber& fiber) {
    auto errc = fiber.interruption(now_ns_);
    if (!errc) {
        fiber.failed_waits_ = 0;
        return {};
    }
    fiber.failed_waits_++;
    if (fiber.failed_waits_ > failed_waits_max && fiber.failed_waits_ % failed_waits_per_yield == 0)
        yield();
    return Error{*errc, *errc == Errc::cancelled ? "cancelled" : "the deadline has passed"};
}

Result<void> Loop::park(Wait& wait, WaitQueue* queue, std::uint64_t until_ns) {
    check_thread();
    Fiber& fiber = *running_;
    ASSERT(!fiber.wait_);
    wait.fiber_ = &fiber;
    fiber.wait_ = &wait;
    if (queue) queue->append(wait);
    fiber.sleeps_until_ns_ = until_ns;
    fiber.timer_ns_ = std::min(until_ns, fiber.deadline_ns());
    if (fiber.timer_ns_ != never_ns) timers_.add(fiber, fiber.timer_ns_);
    fiber.state_ = State::suspended;
    switch_from(fiber);
    if (fiber.timer_place_) timers_.remove(fiber);
    fiber.wait_ = nullptr;
    fiber.failed_waits_ = 0;
    if (wait.is_done_) return {};
    auto errc = fiber.interruption(now_ns_);
    ASSERT(errc.has_value());
    return Error{*errc, *errc == Errc::cancelled ? "cancelled" : "the deadline has passed"};
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
    if (wait.operation_) return;
    if (WaitQueue* queue = wait.queue_) {
        queue->remove(wait);
        queue->left();
    }
    make_ready(fiber);
}

void Loop::reconsider(Fiber& fiber) {
    check_thread();
    bool is_parked = fiber.state_ == State::suspended && fiber.wait_ && !fiber.wait_->is_done_;
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
            make_ready(fiber);
        } else {
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

void Loop::turn() {
    // Those that become ready meanwhile wait for the next turn, so that the clock is not forgotten.
    turn_left_ = std::min(ready_count_, turn_runs_max);
    runs_before_look_ = turn_left_ < runs_per_look ? runs_per_look - turn_left_ : 0;
    while (Fiber* fiber = next_of_turn()) {
        running_ = fiber;
        context_.switch_to(fiber->context_, fiber);
        arrived();
    }
    running_ = nullptr;
    if (!first_) return;
    now_ns_ = poller_.now_ns();
    fire_timers();
    bool has_work = ready_count_ > 0 || !inbox_.is_empty();
    std::uint64_t deadline_ns = timers_.is_empty() ? never_ns : timers_.first_time();
    bool can_wake = poller_.can_wake() || outside_count_ > 0;
    if (!has_work && deadline_ns == never_ns && !can_wake) return report_deadlock();
    if (!has_work)
        inbox_.sleep([&](bool may_sleep) { collect(may_sleep ? deadline_ns : 0); });
    else if (poller_.can_wake())
        collect(0);
    now_ns_ = poller_.now_ns();
    fire_timers();
    run_posts();
}

/// Waits for operations to end, and makes ready who waits for them.
void Loop::collect(std::uint64_t deadline_ns) {
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
    bool is_interrupted = operation.is_cancelled && operation.result == -ECANCELED;
    wait.is_done_ = !is_interrupted || !wait.operation_;
    make_ready(fiber);
}

Result<void> Loop::perform(Operation* first, const char* what, std::uint64_t until_ns) {
    Wait wait(what);
    wait.operation_ = first;
    for (Operation* each = first; each; each = each->next_of_wait) {
        each->wait = &wait;
        each->is_cancelled = each->is_ended = each->is_reported = false;
        poller_.submit(*each);
    }
    Result<void> outcome = park(wait, nullptr, until_ns);
    drain(first);
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

Trial Loop::trial(int descriptor) const {
    auto index = static_cast<std::size_t>(descriptor);
    return descriptor >= 0 && index < trials_.size() ? trials_[index] : Trial::possible;
}

void Loop::remember(int descriptor, Trial trial) {
    auto index = static_cast<std::size_t>(descriptor);
    if (descriptor < 0) return;
    if (index >= trials_.size()) trials_.resize(index + 1);
    trials_[index] = trial;
}

void Loop::close(int descriptor) {
    while (poller_.close(descriptor) > 0) {
        ASSERT(running_);
        Shield shield(never_ns);
        Wait wait("descriptor that is being closed");
        (void)park(wait, nullptr, now_ns_ + 1);
    }
    if (trial(descriptor) != Trial::possible) remember(descriptor, Trial::possible);
    ::close(descriptor);
}

/// Nothing is ready, nothing can become ready: all that is left is to end.
void Loop::report_deadlock() {
    ASSERT(!first_->is_cancelled_); // It waits for something in a shield without a limit.
    cancel(*first_);
}

void Loop::run_until_ended(Fiber& fiber) {
    check_thread();
    first_ = &fiber;
    while (first_) turn();
}

} // namespace kindling::fiber
