// SPDX-License-Identifier: MIT
//
// A channel that other threads push into, among the things a select waits for.
#pragma once

#include "fiber/remote_channel.hpp"
#include "fiber/select.hpp"

namespace kindling::fiber {

/// Wins when there is an item, which it then takes, or when the channel is closed and empty.
template <class T>
class RemoteReceiveArm final : public Arm {
public:
    explicit RemoteReceiveArm(RemoteChannel<T>& channel) : core_(*channel.core_) {}

    /// The item, or what the channel was closed with. Only to be asked once after each win.
    Result<T> result() {
        ASSERT(result_);
        Result<T> result = std::move(*result_);
        result_.reset();
        return result;
    }

private:
    /// Asks to be called for what is pushed from now on, before its wait is in its place: the loop
    /// answers in a later turn.
    bool try_now() override {
        Result<T> popped = core_.try_pop(true);
        if (!popped && popped.error().code == Errc::would_block) return false;
        result_.emplace(std::move(popped));
        return true;
    }
    Place place() override {
        Loop::current()->expect_posts();
        return {&core_.receivers_, &node_.emplace()};
    }
    void left() override { Loop::current()->stop_expecting_posts(); }
    void won() override { result_.emplace(core_.outcome(*node_)); }

    RemoteCore<T>& core_;
    std::optional<typename RemoteCore<T>::Demand> node_;
    std::optional<Result<T>> result_;
};

} // namespace kindling::fiber
