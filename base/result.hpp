// SPDX-License-Identifier: MIT
//
// How every function of ours reports failure, on firmware and on Linux.
#pragma once

#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

namespace kindling {

/// What went wrong, in one word.
enum class Errc : std::uint8_t {
    invalid,     ///< the input breaks a rule of its format
    truncated,   ///< the input ends before its format says so
    too_large,   ///< a size, count or depth is over a named limit
    unsupported, ///< well formed, but we or the machine cannot do it
    not_found,   ///< what was named does not exist
    exists,      ///< what was to be created is there already
    denied,      ///< permission, write protection or signature policy
    no_space,    ///< the disk is full
    no_memory,   ///< memory is short
    io,          ///< the device or the firmware failed; see `cause`
    cancelled,   ///< the caller no longer wants the result
    timed_out,   ///< a deadline passed first
    closed,      ///< the other side has ended
    would_block, ///< it would have to wait, and must not
    broken,      ///< nobody is left who could give the result
    deadlock,    ///< nothing can ever end the wait
};

/// A lower-case name of `code` for messages, such as "not found"; static text.
const char* to_text(Errc code);

/// Why something failed. Small, copied freely, never allocates.
struct Error {
    Errc code = Errc::invalid;
    /// Static text, lower case, no full stop: "too many initrds".
    const char* what = "";
    /// Line (from 1) or byte offset in the input; 0 where neither applies.
    std::uint64_t where = 0;
    /// errno or EFI_STATUS as it came, for the log only; 0 where there is none.
    std::uint64_t cause = 0;
};

/// Stops the program after naming the expression; what follows depends on where we run: the host
/// aborts, the loader prints and returns to the firmware. Never called for bad input.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

/// States what only a bug of ours can break. On in every build.
#define ASSERT(expression)                                                                         \
    ((expression) ? static_cast<void>(0)                                                           \
                  : ::kindling::assertion_failed(#expression, __FILE__, __LINE__))

/// A T, or the Error that kept us from making one. Member names follow std::expected.
template <class T>
class [[nodiscard]] Result {
public:
    using value_type = T;

    Result(T value) : value_(std::move(value)) {}
    Result(const Error& error) : error_(error) {}

    /// Anything a T can be made of is a success too, so that `return "text"` works.
    template <class U>
        requires(std::is_convertible_v<U &&, T> && !std::is_same_v<std::remove_cvref_t<U>, T> &&
                 !std::is_same_v<std::remove_cvref_t<U>, Error> &&
                 !std::is_same_v<std::remove_cvref_t<U>, Result>)
    Result(U&& value) : value_(std::in_place, std::forward<U>(value)) {}

    explicit operator bool() const { return value_.has_value(); }
    bool has_value() const { return value_.has_value(); }

    // Inline even for size: behind a test, which is where they stand, the assertions are nothing.

    /// The value; a Result without one is a bug of the caller.
    [[gnu::always_inline]] T& value() & {
        ASSERT(value_.has_value());
        return *value_;
    }
    [[gnu::always_inline]] const T& value() const& {
        ASSERT(value_.has_value());
        return *value_;
    }
    [[gnu::always_inline]] T&& value() && {
        ASSERT(value_.has_value());
        return std::move(*value_);
    }
    [[gnu::always_inline]] T& operator*() & { return value(); }
    [[gnu::always_inline]] const T& operator*() const& { return value(); }
    [[gnu::always_inline]] T&& operator*() && { return std::move(*this).value(); }
    [[gnu::always_inline]] T* operator->() { return &value(); }
    [[gnu::always_inline]] const T* operator->() const { return &value(); }

    T value_or(T other) && { return value_ ? std::move(*value_) : std::move(other); }

    /// Why there is no value; asking a Result that has one is a bug of the caller.
    [[gnu::always_inline]] const Error& error() const {
        ASSERT(!value_.has_value());
        return *error_;
    }

private:
    std::optional<T> value_;
    std::optional<Error> error_; // where there is no value; success costs no more than a flag
};

template <>
class [[nodiscard]] Result<void> {
public:
    using value_type = void;

    Result() = default;
    Result(const Error& error) : error_(error) {}

    explicit operator bool() const { return !error_; }
    bool has_value() const { return !error_; }
    [[gnu::always_inline]] void value() const { ASSERT(!error_); }

    [[gnu::always_inline]] const Error& error() const {
        ASSERT(error_.has_value());
        return *error_;
    }

private:
    std::optional<Error> error_;
};

/// The value of a Result; a failure is handed to our caller unchanged. The expression may hold a
/// lambda with TRYs of its own.
#define TRY(expression) TRY_COUNTED(expression, __COUNTER__)
#define TRY_COUNTED(expression, counter) TRY_NAMED(expression, counter)
#define TRY_NAMED(expression, counter)                                                             \
    __extension__({                                                                                \
        auto&& try_result_##counter = (expression);                                                \
        if (!try_result_##counter) return try_result_##counter.error();                            \
        std::move(try_result_##counter).value();                                                   \
    })

} // namespace kindling
