// SPDX-License-Identifier: MIT
//
// Fibers that belong together: they end before their group does, and have one outcome.
//
//     Group group{Policy::all};
//     for (const Peer& peer : peers) TRY(group.spawn(peer.name, [&] { return ask(peer); }));
//     return group.wait();
#pragma once

#include "fiber/future.hpp"
#include "fiber/loop.hpp"

#include <vector>

namespace kindling::fiber {

enum class Policy : std::uint8_t {
    all,         ///< the first error, which cancels the others; else success
    all_settled, ///< the first error, when all have ended
    any,         ///< what the first to end has
    any_success, ///< the first success, which cancels the others; else the first error
};

struct GroupOptions {
    Policy policy = Policy::all;
    /// `spawn` waits while so many run; first come, first served.
    std::size_t running_max = ~std::size_t{0};
    /// Of the children that are spawned without one of their own.
    Priority priority = priority_default;
};

/// Of one child.
struct SpawnOptions {
    Priority priority = priority_of_group;
    /// Another one is for a fiber that needs more than most do, or is one of very many.
    StackClass stack_class = StackClass::kib_256;
    /// Lets the fiber have floating-point modes (rounding, flush to zero) of its own, which begin
    /// as those of whoever spawns it, and whose switches then cost more. Without that, a fiber that
    /// changes them restores them before it waits.
    bool keeps_arithmetic_modes = false;
};

/// A child that failed.
struct Failure {
    std::string_view name; ///< borrowed from the group
    Error error;
};

/// A function of a fiber, and the promise of what it returns.
template <class T, class Function>
class PromisedCall {
public:
    PromisedCall(Promise<T>&& promise, Function&& function)
        : promise_(std::move(promise)), function_(std::move(function)) {}
    PromisedCall(PromisedCall&&) = default;
    ~PromisedCall() {
        if (promise_.is_pending())
            promise_.resolve(Error{Errc::cancelled, "cancelled before it began"});
    }

    Result<void> operator()() {
        Result<T> result = result_of(function_);
        Result<void> outcome = result ? Result<void>() : Result<void>(result.error());
        LocalValues::current().clear(); // before anybody can hear of the end
        promise_.resolve(std::move(result));
        return outcome;
    }

private:
    Promise<T> promise_;
    Function function_;
};

/// Lives in a scope of the fiber that makes it, which is its parent. When a group fails under
/// Policy::all, every wait of the parent inside that scope says `cancelled`, but for `wait`, which
/// says why.
class Group : public Scope {
public:
    Group() : Group(defaults) {}
    explicit Group(const GroupOptions& options);
    explicit Group(Policy policy) : Group(defaults) { options_.policy = policy; }
    /// Cancels what still runs and waits for it, whatever happens to the parent meanwhile.
    ~Group();

    /// Starts a fiber that calls `function`, which returns nothing or a Result<void>; it is moved
    /// to the fiber's stack. The name is copied.
    ///
    /// Errors: cancelled (the group is decided, or the parent was cancelled while it waited for
    /// others to end); timed_out; no_memory, too_large and unsupported (no stack); too_large (what
    /// `function` holds is more than half of one). `function` is then destroyed.
    template <class Function>
    Result<void> spawn(std::string_view name, Function&& function,
                       Priority priority = priority_of_group, Place place = Place::current()) {
        return spawn(name, std::forward<Function>(function), SpawnOptions{priority}, place);
    }
    template <class Function>
    Result<void> spawn(std::string_view name, Function&& function, SpawnOptions options,
                       Place place = Place::current()) {
        TRY(admit());
        TRY(start(name, std::forward<Function>(function), options, place));
        return {};
    }

    /// The same for a function that returns a T or a Result<T>, which the future brings; where it
    /// is an error, the child has failed. Destroying the future while the fiber runs cancels the
    /// fiber, and that counts as a failure too.
    template <class Function>
    auto spawn_future(std::string_view name, Function function,
                      Priority priority = priority_of_group, Place place = Place::current())
        -> Result<Future<typename ResultOf<Function>::value_type>> {
        using T = typename ResultOf<Function>::value_type;
        TRY(admit());
        Future<T> future;
        PromisedCall<T, Function> call(Promise<T>(future), std::move(function));
        Fiber* fiber = TRY(start(name, std::move(call), {priority}, place));
        future.promise_->fiber_ = fiber;
        return future;
    }

    /// Makes a future a child like any other: its error fails the group, a group that is decided
    /// cancels it, and the group waits until it is resolved. Borrowed, and must stay where it is,
    /// until the group has ended. Errors: those of `spawn`.
    template <class T>
    Result<void> add(std::string_view name, Future<T>& future, Place place = Place::current()) {
        TRY(admit());
        auto follow = [&future]() -> Result<void> {
            settle(future);
            return future.result() ? Result<void>() : Result<void>(future.result().error());
        };
        Fiber* fiber = TRY(start(name, follow, {}, place));
        fiber->always_begins_ = true; // It cancels the future if it was cancelled itself.
        return {};
    }

    /// Cancels what still runs; the outcome is `cancelled` unless it was decided before.
    void cancel();

    /// Waits until all have ended. The outcome; asking again gives it again. If the parent is
    /// interrupted meanwhile the group is cancelled, and waited for all the same.
    Result<void> wait();

    static constexpr std::size_t failures_max = 1000;

    /// Those that failed of themselves, in the order in which they ended; no more than the first
    /// `failures_max`.
    std::vector<Failure> failures() const;

    std::size_t running_count() const { return running_count_; }
    const Fiber* parent() const { return fiber(); }

private:
    friend class Loop;

    // Not a temporary: the processor waits where bytes just written are read as a whole.
    static constexpr GroupOptions defaults{};

    /// Those that wait for the children.
    struct Waiters : WaitQueue {
        explicit Waiters(Group& owner) : group(owner) {}
        const Fiber* holder(const Fiber* after) const override;
        Group& group;
    };

    struct NamedError {
        char name[name_size_max + 1];
        Error error;
    };

    template <class Function>
    Result<Fiber*> start(std::string_view name, Function&& function, SpawnOptions options,
                         Place place) {
        Priority priority =
            options.priority == priority_of_group ? options_.priority : options.priority;
        auto fiber = Loop::current()->create(name, priority, this, std::forward<Function>(function),
                                             options.stack_class, place);
        if (!fiber) {
            give_up_place();
            return fiber;
        }
        if (options.keeps_arithmetic_modes) (*fiber)->context_.keep_arithmetic_modes();
        add(**fiber);
        return fiber;
    }

    /// Waits for a future, and cancels it if that is interrupted.
    static void settle(UntypedFuture& future);

    Result<void> admit();
    void let_in();
    void give_up_place();
    /// Nobody runs, nor is about to.
    bool is_empty() const { return running_count_ + promised_count_ == 0; }
    void add(Fiber& fiber);
    void child_ended(Fiber& fiber);
    void decide(Result<void> outcome);
    void cancel_children();
    void drain();

    GroupOptions options_;
    Fiber* children_ = nullptr;
    std::size_t running_count_ = 0;
    std::size_t promised_count_ = 0; ///< places of those that were woken to take them
    bool is_decided_ = false;
    bool is_waiting_ = false;
    Result<void> outcome_;
    std::vector<NamedError> failures_;
    Waiters ended_{*this};
    Waiters admitted_{*this};
};

} // namespace kindling::fiber
