// SPDX-License-Identifier: MIT
//
// Groups for the common cases: all of some futures, the first of some futures or functions. Each
// future or function has a fiber meanwhile.
#pragma once

#include "fiber/group.hpp"

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
/// are cancelled and waited for; one may have a value all the same. Errors: as when_all.
template <class... T>
requires(sizeof...(T) > 0) Result<std::size_t> when_any(Future<T>&... futures) {
    std::optional<std::size_t> first;
    Group group(Policy::any);
    std::size_t count = 0;
    auto add = [&](UntypedFuture& future) -> Result<void> {
        auto follow = [&first, place = count++,
                       followed = FollowedFuture(future)]() mutable -> Result<void> {
            TRY(followed.wait());
            if (!first) first = place;
            return {};
        };
        return group.spawn("when_any", std::move(follow));
    };
    Result<void> added;
    (void)((added = add(futures), added.has_value()) && ...);
    TRY(added);
    Result<void> outcome = group.wait();
    if (first) return *first;
    return outcome.error();
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
