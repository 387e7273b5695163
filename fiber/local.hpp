// SPDX-License-Identifier: MIT
//
// Variables of which each fiber has its own value, and values that hold for a scope and for all
// fibers that are started in it. Off a fiber both belong to the thread.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <memory>
#include <utility>

namespace kindling::fiber {

/// A value of one FiberLocal; FiberLocal<T> has the T.
struct LocalValue {
    explicit LocalValue(const void* variable) : owner(variable) {}
    LocalValue(const LocalValue&) = delete;
    LocalValue& operator=(const LocalValue&) = delete;
    virtual ~LocalValue() = default;

    const void* owner; ///< the FiberLocal
    std::unique_ptr<LocalValue> older;
};

/// All that one fiber, or one thread, has in FiberLocals.
class LocalValues {
public:
    LocalValues() = default;
    LocalValues(const LocalValues&) = delete;
    LocalValues& operator=(const LocalValues&) = delete;
    ~LocalValues() { clear(); }

    /// Those of the running fiber; off a fiber those of the thread.
    static LocalValues& current();

    /// Null if there is none yet.
    LocalValue* find(const void* owner) const;
    void add(std::unique_ptr<LocalValue> value);

    /// Destroys them, the newest first; also what their destructors make anew.
    void clear() {
        while (newest_) {
            // Taken out first: its destructor may look for other values.
            std::unique_ptr<LocalValue> value = std::move(newest_);
            newest_ = std::move(value->older);
        }
    }

private:
    std::unique_ptr<LocalValue> newest_;
};

/// A variable of which each fiber has its own value, such as a cache or a buffer for messages.
/// Must outlive every fiber that uses it, so most are static.
template <class T>
class FiberLocal {
public:
    FiberLocal() = default;
    FiberLocal(const FiberLocal&) = delete;
    FiberLocal& operator=(const FiberLocal&) = delete;

    /// The value of this fiber; its first use makes it, as `T()`, which is all that allocates. The
    /// fiber destroys its values when its function has returned, the newest first, and before its
    /// group or its future hears of the end. A destructor must not use the variable that is being destroyed.
    T& get() {
        LocalValues& values = LocalValues::current();
        LocalValue* found = values.find(this);
        if (found) return static_cast<Value*>(found)->value;
        auto made = std::make_unique<Value>(this);
        T& value = made->value;
        values.add(std::move(made));
        return value;
    }
    T& operator*() { return get(); }
    T* operator->() { return &get(); }

private:
    struct Value : LocalValue {
        using LocalValue::LocalValue;
        T value{};
    };
};

/// A value of one Scoped, which the scope and the fibers started in it share.
struct BoundValue {
    explicit BoundValue(const void* variable) : owner(variable) {}
    BoundValue(const BoundValue&) = delete;
    BoundValue& operator=(const BoundValue&) = delete;
    virtual ~BoundValue() = default;

    const void* owner;
    BoundValue* outer = nullptr; ///< shared too
    std::size_t shares = 1;
};

/// A share in what is bound around some point of a program, from the inside out. One thread only.
class BoundValues {
public:
    BoundValues() = default;
    BoundValues(const BoundValues& other) : innermost_(other.innermost_) {
        if (innermost_) innermost_->shares++;
    }
    BoundValues(BoundValues&& other) noexcept : innermost_(std::exchange(other.innermost_, {})) {}
    BoundValues& operator=(BoundValues other) noexcept {
        std::swap(innermost_, other.innermost_);
        return *this;
    }
    ~BoundValues() {
        // Whoever drops the last share of a value has the share of that value in the next.
        while (innermost_ && --innermost_->shares == 0) {
            std::unique_ptr<BoundValue> last(innermost_);
            innermost_ = last->outer;
        }
    }

    /// What the running fiber sees; off a fiber what the thread does.
    static BoundValues& current();

    /// The innermost one; null if there is none.
    const BoundValue* find(const void* owner) const;
    void bind(std::unique_ptr<BoundValue> value);
    /// Ends the innermost one.
    void unbind();

    const BoundValue* innermost() const { return innermost_; }

private:
    BoundValue* innermost_ = nullptr;
};

/// What holds for a scope without being handed down as an argument: a trace id, fields of a log.
///
///     static Scoped<std::string> trace_id;
///     Scoped<std::string>::Binding bound(trace_id, "17");
///     ... trace_id.get() ...                  // also in each fiber that was started in the scope
template <class T>
class Scoped {
    struct Value : BoundValue {
        Value(const void* variable, T bound) : BoundValue(variable), value(std::move(bound)) {}
        const T value;
    };

public:
    Scoped() = default;
    Scoped(const Scoped&) = delete;
    Scoped& operator=(const Scoped&) = delete;

    /// What the innermost scope bound; null outside of all. Valid while the scope or the fiber is.
    const T* get() const {
        const BoundValue* found = BoundValues::current().find(this);
        return found ? &static_cast<const Value*>(found)->value : nullptr;
    }

    /// Binds a value until its scope ends. Ends on the fiber it began on, in reverse order. Fibers
    /// that were started in it keep the value for as long as they run.
    class [[nodiscard]] Binding {
    public:
        Binding(const Scoped& variable, T value) {
            auto bound = std::make_unique<Value>(&variable, std::move(value));
            value_ = bound.get();
            BoundValues::current().bind(std::move(bound));
        }
        Binding(const Binding&) = delete;
        Binding& operator=(const Binding&) = delete;
        ~Binding() {
            ASSERT(BoundValues::current().innermost() == value_);
            BoundValues::current().unbind();
        }

    private:
        const BoundValue* value_;
    };
};

} // namespace kindling::fiber
