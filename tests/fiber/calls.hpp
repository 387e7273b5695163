// SPDX-License-Identifier: MIT
//
// One row for every call that may suspend and that an interruption leaves without effect.
//
// Others have rules of their own, and tests of them: Group::wait, when_all, when_any, race and run
// end what they wait for; `copy`, `read_all` and LineReader keep or count what they have moved;
// what another thread does, or a disk, is interrupted before it begins or not at all.
#pragma once

#include "tests/fiber/arm_calls.hpp"
#include "tests/fiber/io_calls.hpp"
#include "tests/fiber/primitive_calls.hpp"

namespace kindling::fiber {

constexpr CallTraits of_system{.ends_outside = true};
constexpr CallTraits of_time{.is_ready_by_itself = false};

inline const CallRow suspending_calls[] = {
    row<LockCall>("Mutex::lock"),
    row<ConditionCall>("Condition::wait", {.is_ready_by_itself = false}),
    row<ConditionMovedCall>("Condition::wait, notified under the mutex",
                            {.is_ready_by_itself = false}),
    row<SemaphoreCall>("Semaphore::acquire"),
    row<EventCall>("Event::wait"),
    row<BatonCall>("Baton::wait", {.takes_many = false}),
    row<WaitGroupCall>("WaitGroup::wait"),
    row<BarrierCall>("Barrier::arrive_and_wait",
                     {.is_ready_by_itself = false, .takes_many = false}),
    row<ReadCall>("RwLock::read"),
    row<WriteCall>("RwLock::write"),
    row<OnceCall>("OnceCell::get_or_init"),
    row<PushCall>("Channel::push"),
    row<PopCall>("Channel::pop"),
    row<PushAcrossCall>("Channel::push, without room", {.is_ready_by_itself = false}),
    row<PopAcrossCall>("Channel::pop, without room", {.is_ready_by_itself = false}),
    row<RateCall>("RateLimiter::acquire"),
    row<SleepCall>("sleep_for_us", of_time),
    row<SleepUntilCall>("sleep_until_ns", of_time),

    row<AwaitCall>("await", {.result_comes_first = true}),
    row<JoinCall>("join", {.result_comes_first = true}),
    row<SpawnCall>("Group::spawn, when as many run as may"),
    row<RemotePopCall>("RemoteChannel::pop", {.ends_outside = true}),
    row<SelectReceiveCall>("select, to receive"),
    row<SelectSendCall>("select, to send"),
    row<SelectRemoteCall>("select, to receive from a thread", {.ends_outside = true}),
    row<SelectEventCall>("select, of an event"),
    row<SelectFutureCall>("select, of a future"),
    row<SelectTimeCall>("select, of a time", of_time),

    row<SelectPollCall>("select, of a descriptor", of_system),
    row<PollCall>("poll", of_system),
    row<PpollCall>("ppoll", of_system),
    row<TakeCall<by_read>>("read", of_system),
    row<ReadPipeCall>("read, of a pipe", of_system),
    row<TakeCall<by_readv>>("readv", of_system),
    row<TakeCall<by_recv>>("recv", of_system),
    row<TakeCall<by_recvmsg>>("recvmsg", of_system),
    row<TakeCall<by_recvfrom>>("recvfrom", of_system),
    row<ReadExactCall>("read_exact", of_system),
    row<ReadLineCall>("read_line", {.takes_many = false, .ends_outside = true}),
    row<GiveCall<by_write>>("write", of_system),
    row<WritePipeCall>("write, to a pipe", of_system),
    row<GiveCall<by_writev>>("writev", of_system),
    row<GiveCall<by_send>>("send", of_system),
    row<GiveCall<by_sendmsg>>("sendmsg", of_system),
    row<GiveCall<by_sendto>>("sendto", of_system),
    row<WriteAllCall>("write_all", of_system),
    row<AcceptCall>("accept", of_system),
    row<ConnectCall>("connect", {.takes_many = false}),
    row<ChildCall>("Process::wait", of_system),
    row<SignalCall>("SignalSet::next", of_system),
};

} // namespace kindling::fiber
