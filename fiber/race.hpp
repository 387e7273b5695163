// SPDX-License-Identifier: MIT
//
// The common cases in one call: all of some futures, the first of some futures or functions.
#pragma once

#include "fiber/group.hpp"
#include "fiber/select.hpp"

#include <algorithm>

namespace kindling::fiber {

/// Waits until all have a result. The first error cancels the others, which are waited for all the
/// same. Errors: that error; cancelled, timed_out (then all are cancelled); no_memory, too_large
/// (no stack for one more; those before it are cancelled).
template <class... T>
Result<void> when_all(Future<T>&... futures) {
    Group group(Policy::all);
    Result<void> added;
    (void)((added = group.add("when_all", futures), added.has_value()) && ...);
    TRY(added);
    return group.wait();
}

/// Waits for the first result, be it an error, and gives its place among the futures. The others
/// are cancelled and waited for; one may have a value all the same. Errors: cancelled, timed_out
/// (then all are cancelled).
template <class... T>
requires(sizeof...(T) > 0) Result<std::size_t> when_any(Future<T>&... futures) {
    std::array<FutureArm, sizeof...(T)> arms{FutureArm(futures)...};
    std::array<Arm*, sizeof...(T)> all;
    std::transform(arms.begin(), arms.end(), all.begin(), [](FutureArm& arm) { return &arm; });
    Result<std::size_t> first = select_among(all, 0);
    ((void)futures.cancel(), ...);
    Shield shield(never_ns);
    ((void)await(futures), ...);
    return first;
}

/// Calls all functions, each on a fiber of its own, and gives what the first to end returns. The
/// others are cancelled and waited for, and what they return is dropped. All return the same type,
/// a T or a Result<T>. Errors: that of the first; as when_all.
template <class Function, class... Functions>
ResultOf<Function> race(Function first, Functions... others) {
    using R = ResultOf<Function>;
    static_assert((std::is_same_v<R, ResultOf<Functions>> && ...));
    std::optional<R> result;
    Group group(Policy::any);
    auto add = [&](auto& function) {
        return group.spawn("race", [&]() -> Result<void> {
            R own = result_of(function);
            Result<void> outcome = own ? Result<void>() : Result<void>(own.error());
            if (!result) result.emplace(std::move(own));
            return outcome;
        });
    };
    Result<void> added = add(first);
    (void)(added && ... && (added = add(others), added.has_value()));
    TRY(added);
    Result<void> outcome = group.wait();
    // Where the wait was interrupted, that is why the first to end has failed.
    if (!outcome && !*result) return outcome.error();
    return std::move(*result);
}

} // namespace kindling::fiber
