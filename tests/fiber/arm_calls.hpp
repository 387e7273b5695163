// SPDX-License-Identifier: MIT
//
// Calls that wait for futures, for other fibers and threads, and for one of several things.
#pragma once

#include "fiber/group.hpp"
#include "fiber/remote_channel.hpp"
#include "fiber/remote_receive_arm.hpp"
#include "fiber/select.hpp"
#include "tests/fiber/primitive_calls.hpp"

namespace kindling::fiber {

struct AwaitCall : SuspendingCall {
    void make_ready() override { complete(); }
    Result<void> call() override { return await(future); }
    void complete() override {
        if (promise.is_pending()) promise.resolve(1);
    }
    std::size_t state() const override { return future.is_resolved(); }

    Future<int> future;
    Promise<int> promise{future};
};

struct JoinCall : AwaitCall {
    Result<void> call() override {
        ASSERT(TRY(join(future)) == 1);
        return {};
    }
};

/// Waits for its place in a group in which one may run.
struct SpawnCall : SuspendingCall {
    void block(Group&) override { ASSERT(call().has_value()); }
    Result<void> call() override {
        auto child = [this]() -> Result<void> {
            TRY(ends.pop());
            return {};
        };
        return children.spawn("child", child, Priority{3});
    }
    void complete() override {
        (void)ends.push(1);
        (void)this_fiber::yield(); // the child goes first
    }
    std::size_t state() const override { return children.running_count(); }

    Channel<int> ends{4};
    Group children{{.policy = Policy::all_settled, .running_max = 1}};
};

/// Its items come from the same thread, but take the way of any other.
struct RemotePopCall : SuspendingCall {
    void make_ready() override { complete(); }
    Result<void> call() override {
        ASSERT(TRY(channel.pop()) == 1);
        return {};
    }
    void complete() override {
        int item = 1;
        (void)sender.try_push(item);
    }
    std::size_t state() const override { return channel.size(); }

    RemoteChannel<int> channel{1};
    RemoteSender<int> sender = channel.sender();
};

/// Waits for `wanted`, and for an event that never comes.
inline Result<void> select_or_never(Arm& wanted) {
    Event never;
    EventArm other(never);
    Arm* arms[] = {&other, &wanted};
    ASSERT(TRY(select_among(arms, next_select_start())) == 1);
    return {};
}

struct SelectReceiveCall : PopCall {
    Result<void> call() override {
        ReceiveArm item(channel);
        TRY(select_or_never(item));
        ASSERT(TRY(item.result()) == 1);
        return {};
    }
};

struct SelectSendCall : PushCall {
    Result<void> call() override {
        Item item(2);
        SendArm sent(channel, item);
        auto selected = select_or_never(sent);
        ASSERT(selected.has_value() == (item.value == 0));
        return selected;
    }
};

struct SelectRemoteCall : RemotePopCall {
    Result<void> call() override {
        RemoteReceiveArm item(channel);
        TRY(select_or_never(item));
        ASSERT(TRY(item.result()) == 1);
        return {};
    }
};

struct SelectEventCall : EventCall {
    Result<void> call() override {
        EventArm set(event);
        return select_or_never(set);
    }
};

struct SelectFutureCall : AwaitCall {
    Result<void> call() override {
        FutureArm resolved(future);
        return select_or_never(resolved);
    }
};

struct SelectTimeCall : TimeCall {
    Result<void> call() override {
        due_ns = Deadline::in_us(us);
        TimeArm over(due_ns);
        return select_or_never(over);
    }
};

} // namespace kindling::fiber
