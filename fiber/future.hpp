// SPDX-License-Identifier: MIT
//
// A value that is not there yet: the future is its reading side, the promise its writing side.
//
//     Future<Reply> ask(Question question) {
//         Future<Reply> reply;
//         send(question, Promise<Reply>(reply));
//         return reply;
//     }
//     Reply reply = TRY(join(ask(question)));
//
// The two know each other wherever they are moved to, so there is nothing shared and nothing is
// allocated. Both belong to the thread of one loop.
#pragma once

#include "fiber/callback.hpp"

#include <memory>

namespace kindling::fiber {

class UntypedPromise;

/// Who works on a promise and can be asked to stop.
class Producer {
public:
    /// Starts to stop the work. Sooner or later the promise must be resolved: with `cancelled`, or
    /// with the real result if that came first. May be called again, and may resolve at once.
    virtual Result<void> cancel() = 0;

protected:
    ~Producer() = default;
};

/// What does not depend on the type of the value.
class UntypedFuture {
public:
    /// True from the moment of the result on.
    bool is_resolved() const { return is_resolved_; }
    /// True while there is a promise. One that was just made, or moved from, has none.
    bool is_pending() const { return promise_; }

    /// Asks the producer to stop; what comes of it is the result. Nothing happens if that is there
    /// already. Errors: unsupported (nobody can be asked); those of the producer.
    Result<void> cancel();

    /// Registers a callback, whether the result is there or not. It keeps its place when the future
    /// is moved or destroyed.
    void notify(Callback& callback);

    /// The priority of the fiber that makes the result, from when it becomes ready next. Errors:
    /// closed (the result is there); unsupported (no fiber makes it).
    Result<void> set_priority(Priority priority);

    /// The fiber that makes the result; null if it is none.
    const Fiber* fiber() const;

protected:
    UntypedFuture() = default;
    UntypedFuture(UntypedFuture&& other) noexcept { take(other); }
    UntypedFuture(const UntypedFuture&) = delete;
    UntypedFuture& operator=(const UntypedFuture&) = delete;
    ~UntypedFuture() { ASSERT(!promise_); }

    void take(UntypedFuture& other);
    /// Cancels and waits until there is no promise any more.
    void settle();

private:
    friend class FutureArm;
    friend class Group;
    friend class UntypedPromise;
    friend Result<void> await(UntypedFuture& future);

    UntypedPromise* promise_ = nullptr;
    bool is_resolved_ = false;
    WaitQueue waiting_;
    CallbackList callbacks_;
};

template <class T>
class Promise;

/// Holds a Result<T> once it is resolved. Destroying a pending one cancels it and waits for what
/// comes of that, whatever interrupts the fiber meanwhile; off a fiber nobody can wait, and so it
/// is a bug unless the producer stops at once. Moving one that is waited for is a bug.
template <class T>
class [[nodiscard]] Future : public UntypedFuture {
public:
    Future() = default;
    Future(Future&& other) noexcept : UntypedFuture(std::move(other)) { take_result(other); }
    Future& operator=(Future&& other) noexcept {
        if (this == &other) return *this;
        settle();
        take(other);
        take_result(other);
        return *this;
    }
    ~Future() { settle(); }

    /// The outcome. Asking one that is not resolved is a bug.
    Result<T>& result() & {
        ASSERT(is_resolved());
        return *result_;
    }
    Result<T> result() && {
        ASSERT(is_resolved());
        return std::move(*result_);
    }

private:
    friend class Promise<T>;
    void take_result(Future& other) {
        result_ = std::move(other.result_);
        other.result_.reset();
    }

    std::optional<Result<T>> result_;
};

class UntypedPromise {
public:
    /// False once it was resolved, or moved from.
    bool is_pending() const { return future_; }
    /// Borrowed until it was resolved; null is nobody, as at first.
    void set_producer(Producer* producer) { producer_ = producer; }

protected:
    explicit UntypedPromise(UntypedFuture& future);
    UntypedPromise(UntypedPromise&& other) noexcept;
    UntypedPromise& operator=(UntypedPromise&&) = delete;
    ~UntypedPromise() = default;

    /// Ends the tie, makes ready who waits and queues the callbacks.
    void finish();

    UntypedFuture* future_;

private:
    friend class Group;
    friend class UntypedFuture;

    Producer* producer_ = nullptr;
    Fiber* fiber_ = nullptr; ///< that resolves it
};

/// Destroyed unresolved, it resolves its future with `broken`, so that nobody waits for ever.
template <class T>
class [[nodiscard]] Promise : public UntypedPromise {
public:
    /// The writing side of `future`, which has had none yet.
    explicit Promise(Future<T>& future) : UntypedPromise(future) {}
    Promise(Promise&& other) noexcept = default;
    ~Promise() {
        if (is_pending()) resolve(Error{Errc::broken, "the promise was given up"});
    }

    /// Doing it twice is a bug. Those that wait run later.
    void resolve(Result<T> result) {
        ASSERT(is_pending());
        static_cast<Future<T>*>(future_)->result_.emplace(std::move(result));
        finish();
    }
};

/// Waits until the future is resolved; says nothing of its result. Waiting for oneself, or off a
/// fiber, is a bug.
/// Errors: cancelled, timed_out: those of the fiber that waits, and not if the future is resolved.
Result<void> await(UntypedFuture& future);

/// The result, or what interrupted the wait for it.
template <class T>
Result<T> join(Future<T>& future) {
    TRY(await(future));
    return future.result();
}
template <class T>
Result<T> join(Future<T>&& future) {
    TRY(await(future));
    return std::move(future).result();
}

/// Result<T> for a T, and for a Result<T>.
template <class T>
struct ToResult {
    using type = Result<T>;
};
template <class T>
struct ToResult<Result<T>> {
    using type = Result<T>;
};

/// What a function returns, as a Result.
template <class Function, class... Arguments>
using ResultOf = typename ToResult<std::invoke_result_t<Function&, Arguments...>>::type;

template <class Function, class... Arguments>
ResultOf<Function, Arguments...> result_of(Function& function, Arguments&&... arguments) {
    if constexpr (std::is_void_v<std::invoke_result_t<Function&, Arguments...>>) {
        function(std::forward<Arguments>(arguments)...);
        return {};
    } else {
        return function(std::forward<Arguments>(arguments)...);
    }
}

/// Two futures, and the function that makes the result of one from that of the other. Ends with
/// the second promise, and owns itself until then.
template <class T, class U, class Function>
class Chain final : public Callback, public Producer {
public:
    Chain(Future<T>&& source, Promise<U>&& promise, Function&& function)
        : source_(std::move(source)), promise_(std::move(promise)), function_(std::move(function)) {
        promise_.set_producer(this);
        source_.notify(*this);
    }
    Result<void> cancel() override { return source_.cancel(); }

private:
    void run() override {
        std::unique_ptr<Chain> self(this);
        promise_.resolve(result_of(function_, std::move(source_).result()));
    }

    Future<T> source_;
    Promise<U> promise_;
    Function function_;
};

/// A future whose result `function` makes of a Result<T>, once that is there. The loop calls it as
/// a callback. Cancelling the new one cancels the first. The one allocation futures make.
template <class T, class Function>
auto then(Future<T>&& source, Function function) {
    using U = typename ResultOf<Function, Result<T>>::value_type;
    ASSERT(source.is_pending() || source.is_resolved());
    Future<U> next;
    auto chain = std::make_unique<Chain<T, U, Function>>(std::move(source), Promise<U>(next),
                                                         std::move(function));
    (void)chain.release();
    return next;
}

} // namespace kindling::fiber
