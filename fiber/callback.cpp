// SPDX-License-Identifier: MIT
#include "fiber/callback.hpp"

namespace kindling::fiber {

Callback::~Callback() {
    if (list_) list_->remove(*this);
}

CallbackList::~CallbackList() {
    while (take_first()) {
    }
}

void CallbackList::append(Callback& callback) {
    ASSERT(!callback.list_);
    callback.list_ = this;
    callback.previous_ = last_;
    (last_ ? last_->next_ : first_) = &callback;
    last_ = &callback;
    size_++;
}

void CallbackList::remove(Callback& callback) {
    (callback.previous_ ? callback.previous_->next_ : first_) = callback.next_;
    (callback.next_ ? callback.next_->previous_ : last_) = callback.previous_;
    size_--;
    callback.list_ = nullptr;
    callback.previous_ = callback.next_ = nullptr;
}

Callback* CallbackList::take_first() {
    Callback* callback = first_;
    if (callback) remove(*callback);
    return callback;
}

void CallbackList::take_all(CallbackList& other) {
    while (Callback* callback = other.take_first()) append(*callback);
}

} // namespace kindling::fiber
