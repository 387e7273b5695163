// SPDX-License-Identifier: MIT
//
// What the loop calls for code that has no fiber to wait on.
#pragma once

#include "fiber/record.hpp"

#include <concepts>

namespace kindling::fiber {

class CallbackList;

/// Called once by the loop, off any fiber, so that it must not wait. Never called inside what made
/// it due. Whoever owns it may destroy it at any time, and then it is not called any more.
class Callback {
public:
    Callback() = default;
    Callback(const Callback&) = delete;
    Callback& operator=(const Callback&) = delete;
    virtual ~Callback();

    /// True from its registration until it is called.
    bool is_registered() const { return list_; }

private:
    friend class CallbackList;
    friend class Loop;
    friend class UntypedFuture;
    virtual void run() = 0;

    CallbackList* list_ = nullptr;
    Callback *previous_ = nullptr, *next_ = nullptr;
    Priority priority_ = priority_default; ///< of the fiber that registered it
};

/// A callback that calls a function: `FunctionCallback done([&] { ... });`
template <std::invocable Function>
class FunctionCallback final : public Callback {
public:
    explicit FunctionCallback(Function function) : function_(std::move(function)) {}

private:
    void run() override {
        Function function = std::move(function_); // It may destroy this.
        function();
    }

    Function function_;
};

/// Callbacks in the order in which they came; owns none of them.
class CallbackList {
public:
    CallbackList() = default;
    CallbackList(CallbackList&& other) noexcept { take_all(other); }
    CallbackList& operator=(CallbackList&&) = delete;
    /// Those that are left are never called.
    ~CallbackList();

    bool is_empty() const { return !first_; }
    std::size_t size() const { return size_; }
    void append(Callback& callback);
    void remove(Callback& callback);
    /// The first, which leaves the list; null if it is empty.
    Callback* take_first();
    /// All of another list, behind what is here.
    void take_all(CallbackList& other);

private:
    Callback *first_ = nullptr, *last_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace kindling::fiber
