// SPDX-License-Identifier: MIT
#include "fiber/local.hpp"

#include "fiber/loop.hpp"

namespace kindling::fiber {

namespace {

thread_local LocalValues locals_of_thread;
thread_local BoundValues bound_of_thread;

} // namespace

LocalValues& LocalValues::current() {
    Fiber* fiber = Loop::current_fiber();
    return fiber ? fiber->locals_ : locals_of_thread;
}

LocalValue* LocalValues::find(const void* owner) const {
    LocalValue* value = newest_.get();
    while (value && value->owner != owner) value = value->older.get();
    return value;
}

void LocalValues::add(std::unique_ptr<LocalValue> value) {
    value->older = std::move(newest_);
    newest_ = std::move(value);
}

BoundValues& BoundValues::current() {
    Fiber* fiber = Loop::current_fiber();
    return fiber ? fiber->bound_ : bound_of_thread;
}

const BoundValue* BoundValues::find(const void* owner) const {
    const BoundValue* value = innermost_;
    while (value && value->owner != owner) value = value->outer;
    return value;
}

void BoundValues::bind(std::unique_ptr<BoundValue> value) {
    value->outer = innermost_;
    innermost_ = value.release();
}

void BoundValues::unbind() {
    BoundValues outer;
    outer.innermost_ = innermost_->outer;
    if (outer.innermost_) outer.innermost_->shares++;
    *this = std::move(outer);
}

} // namespace kindling::fiber
