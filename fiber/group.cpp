// SPDX-License-Identifier: MIT
#include "fiber/group.hpp"

#include <cstring>

namespace kindling::fiber {

Group::Group(const GroupOptions& options) : Scope(never_ns, false), options_(options) {
    ASSERT(fiber()); // A group needs a fiber that waits for it.
}

Group::~Group() {
    if (is_empty()) return;
    cancel();
    drain();
}

const Fiber* Group::Waiters::holder(const Fiber* after) const {
    return after ? after->next_of_group_ : group.children_;
}

/// Waits for the children, with nothing that could interrupt it.
void Group::drain() {
    Shield shield(never_ns);
    while (!is_empty()) {
        Wait wait("children that were cancelled");
        ASSERT(ended_.park(wait).has_value());
    }
}

void Group::settle(UntypedFuture& future) {
    if (await(future)) return;
    (void)future.cancel();
    Shield shield(never_ns);
    ASSERT(await(future).has_value());
}

Result<void> Group::admit() {
    Loop* loop = Loop::of_fiber();
    ASSERT(loop && loop == fiber()->loop_);
    TRY(loop->check_interruption(*loop->running()));
    if (!is_decided_ && running_count_ + promised_count_ >= options_.running_max) {
        Wait wait("a place in a group");
        TRY(admitted_.park(wait));
        promised_count_--;
    }
    if (!is_decided_) return {};
    if (is_empty()) ended_.wake_all();
    return Error{Errc::cancelled, "the group is decided"};
}

/// A place was given back that is not used.
void Group::give_up_place() {
    let_in();
    if (is_empty()) ended_.wake_all();
}

/// Gives each place that is free to the first that waits; who comes meanwhile waits behind. Once
/// the group is decided there are places for all, but nobody starts anything.
void Group::let_in() {
    while (!admitted_.is_empty() &&
           (is_decided_ || running_count_ + promised_count_ < options_.running_max)) {
        promised_count_++;
        admitted_.wake_one();
    }
}

void Group::add(Fiber& child) {
    child.next_of_group_ = children_;
    if (children_) children_->previous_of_group_ = &child;
    children_ = &child;
    running_count_++;
}

void Group::child_ended(Fiber& child) {
    if (child.previous_of_group_)
        child.previous_of_group_->next_of_group_ = child.next_of_group_;
    else
        children_ = child.next_of_group_;
    if (child.next_of_group_) child.next_of_group_->previous_of_group_ = child.previous_of_group_;
    running_count_--;
    const Result<void>& result = child.result_;
    // What ends because the group is decided says nothing of itself.
    if (!result && !is_decided_ && failures_.size() < failures_max) {
        NamedError& failure = failures_.emplace_back();
        std::memcpy(failure.name, child.name_, sizeof(failure.name));
        failure.error = result.error();
    }
    bool decides = options_.policy == Policy::any || (options_.policy == Policy::all && !result) ||
                   (options_.policy == Policy::any_success && result);
    if (decides && !is_decided_) {
        decide(result);
        if (!result && options_.policy == Policy::all && !is_waiting_) cancel_inside();
    }
    if (!admitted_.is_empty()) let_in();
    if (is_empty()) ended_.wake_all();
}

void Group::decide(Result<void> outcome) {
    if (is_decided_) return;
    is_decided_ = true;
    outcome_ = outcome;
    cancel_children();
    let_in();
}

void Group::cancel_children() {
    for (Fiber *child = children_, *next; child; child = next) {
        next = child->next_of_group_;
        child->loop_->cancel(*child);
    }
}

void Group::cancel() {
    decide(Error{Errc::cancelled, "the group was cancelled"});
}

Result<void> Group::wait() {
    is_waiting_ = true;
    forgive_inside();
    while (!is_empty()) {
        Wait wait("children");
        Loop& loop = *Loop::current();
        Result<void> done = loop.check_interruption(*loop.running());
        if (done) done = loop.park(wait, &ended_, never_ns);
        if (done) continue;
        decide(done);
        drain();
    }
    is_waiting_ = false;
    if (!is_decided_) {
        is_decided_ = true;
        if (!failures_.empty()) outcome_ = failures_.front().error;
        let_in();
    }
    return outcome_;
}

std::vector<Failure> Group::failures() const {
    std::vector<Failure> failures;
    for (const NamedError& each : failures_) failures.push_back({each.name, each.error});
    return failures;
}

/// Calls the function of the first fiber inside the root group, ends that, and says how it failed.
Result<void> Loop::with_root(void (*function)(void*), void* argument) {
    Group root(Policy::all_settled);
    root_ = &root;
    function(argument);
    root.cancel();
    (void)root.wait();
    root_ = nullptr;
    return root.failures_.empty() ? Result<void>() : root.failures_.front().error;
}

} // namespace kindling::fiber
