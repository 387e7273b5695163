// SPDX-License-Identifier: MIT
//
// Fibers that belong together: they end before their group does, and have one outcome.
//
//     Group group{Policy::all};
//     for (const Peer& peer : peers) TRY(group.spawn(peer.name, [&] { return ask(peer); }));
//     return group.wait();
#pragma once

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
    /// `spawn` waits while so many run.
    std::size_t running_max = ~std::size_t{0};
};

/// A child that failed.
struct Failure {
    std::string_view name; ///< borrowed from the group
    Error error;
};

/// Lives in a scope of the fiber that makes it, which is its parent. When a group fails under
/// Policy::all, every wait of the parent inside that scope says `cancelled`, but for `wait`, which
/// says why.
class Group : public Scope {
public:
    explicit Group(GroupOptions options = {});
    explicit Group(Policy policy) : Group(GroupOptions{policy}) {}
    /// Cancels what still runs and waits for it, whatever happens to the parent meanwhile.
    ~Group();

    /// Starts a fiber that calls `function`, which returns nothing or a Result<void>; it is moved
    /// to the fiber's stack. The name is copied. `stack_class` is for one that needs more than most
    /// do, or is one of very many.
    ///
    /// Errors: cancelled (the group is decided, or the parent was cancelled while it waited for
    /// others to end); timed_out; no_memory and too_large (no stack). `function` is then destroyed.
    template <class Function>
    Result<void> spawn(std::string_view name, Function&& function,
                       Priority priority = priority_default,
                       StackClass stack_class = StackClass::kib_256) {
        TRY(admit());
        Fiber* fiber = TRY(Loop::current()->create(name, priority, this,
                                                   std::forward<Function>(function), stack_class));
        add(*fiber);
        return {};
    }

    /// Cancels what still runs; the outcome is `cancelled` unless it was decided before.
    void cancel();

    /// Waits until all have ended. The outcome; asking again gives it again. If the parent is
    /// interrupted meanwhile the group is cancelled, and waited for all the same.
    Result<void> wait();

    /// All that failed of themselves, in the order in which they ended.
    std::vector<Failure> failures() const;

    std::size_t running_count() const { return running_count_; }

private:
    friend class Loop;

    struct NamedError {
        char name[name_size_max + 1];
        Error error;
    };

    Result<void> admit();
    void add(Fiber& fiber);
    void child_ended(Fiber& fiber);
    void decide(Result<void> outcome);
    void cancel_children();
    void drain();

    GroupOptions options_;
    Fiber* children_ = nullptr;
    std::size_t running_count_ = 0;
    bool is_decided_ = false;
    bool is_waiting_ = false;
    Result<void> outcome_;
    std::vector<NamedError> failures_;
    WaitQueue ended_;
    WaitQueue admitted_;
};

} // namespace kindling::fiber
