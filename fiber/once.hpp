// SPDX-License-Identifier: MIT
//
// A value that is made when it is first asked for, once, by one of those who ask.
#pragma once

#include "fiber/wait.hpp"

#include <optional>
#include <utility>

namespace kindling::fiber {

template <class T>
class OnceCell {
public:
    /// `name` is static text for people.
    explicit OnceCell(const char* name = "") : waiting_(*this, name) {}
    /// Destroying one while its value is being made is a bug.
    ~OnceCell() {
        if (maker_) stop_for_bug("once cell", waiting_.name(), "destroyed while made by", maker_);
    }

    /// The value, which stays where it is for as long as the cell does. If there is none yet, the
    /// first to ask calls `function`, which returns a Result<T>, and the others wait. If that
    /// fails, only the one who called it gets the error, and the next who waits calls its own.
    /// Asking from inside of `function` is a bug.
    ///
    /// Errors: cancelled, timed_out; those of `function`.
    template <class Function>
    Result<T*> get_or_init(Function&& function) {
        TRY(check_interruption());
        if (value_) return &*value_;
        Fiber& fiber = running_fiber();
        if (maker_ == &fiber)
            stop_for_bug("once cell", waiting_.name(), "asked while it is made by", maker_);
        if (maker_) {
            Wait wait("once cell");
            TRY(waiting_.park(wait));
            if (value_) return &*value_;
            ASSERT(maker_ == &fiber); // the one before failed
        }
        maker_ = &fiber;
        Result<T> made = std::forward<Function>(function)();
        if (!made) {
            pass_on();
            return made.error();
        }
        value_.emplace(std::move(*made));
        maker_ = nullptr;
        waiting_.wake_all();
        return &*value_;
    }

    /// Null if there is none yet.
    T* get() { return value_ ? &*value_ : nullptr; }

private:
    struct Waiting : WaitQueue {
        Waiting(const OnceCell& owner, const char* name) : WaitQueue(name), cell(owner) {}
        const Fiber* holder(const Fiber* after) const override {
            return after ? nullptr : cell.maker_;
        }
        const OnceCell& cell;
    };

    /// The first that waits makes it, before it runs.
    void pass_on() {
        maker_ = waiting_.is_empty() ? nullptr : waiting_.first()->fiber();
        waiting_.wake_one();
    }

    Fiber* maker_ = nullptr;
    std::optional<T> value_;
    Waiting waiting_;
};

} // namespace kindling::fiber
