// SPDX-License-Identifier: MIT
#include "fiber/poll_arm.hpp"

#include "fiber/io.hpp"
#include "fiber/process.hpp"
#include "tests/fiber/poller_loop.hpp"

#include <array>

using namespace kindling;
using namespace kindling::fiber;

namespace {

std::string text_of(const Result<std::size_t>& place) {
    return place ? std::to_string(*place) : to_text(place.error().code);
}

void write_byte(const Pipe& pipe) {
    REQUIRE(::write(pipe.write_end.get(), "x", 1) == 1);
}

/// Takes the byte that must be there.
Result<void> read_byte(const Pipe& pipe) {
    Deadline now(Deadline::in_us(1'000'000));
    std::array<std::byte, 1> byte;
    TRY(read(pipe.read_end.get(), byte));
    return {};
}

} // namespace

TEST_CASE("a select ends when a descriptor is ready", "[fiber][select]") {
    on_each_poller([]() -> Result<void> {
        bool is_before = GENERATE(true, false);
        short events = GENERATE(as<short>(), POLLIN, POLLRDNORM);
        Pipe pipe = TRY(make_pipe());
        Event event;
        PollArm readable(pipe.read_end.get(), events);
        if (is_before) write_byte(pipe);
        Group group;
        std::string ended;
        TRY(group.spawn("selecter", [&] { ended = text_of(select(EventArm(event), readable)); }));
        TRY(this_fiber::sleep_for_us(10));
        if (!is_before) write_byte(pipe);
        TRY(group.wait());
        CHECK(ended == "1");
        CHECK(TRY(readable.result()) == events);
        TRY(read_byte(pipe)); // still there
        CHECK(text_of(select(TimeArm(Deadline::in_us(10)), readable)) == "0");
        pipe.write_end = host::Fd();
        CHECK(text_of(select(readable)) == "0");
        CHECK((TRY(readable.result()) & POLLHUP) != 0);
        CHECK_FALSE(Loop::current()->poller().can_wake());
        return {};
    });
}

TEST_CASE("what is ready too late is still there for the next select", "[fiber][select]") {
    on_each_poller([]() -> Result<void> {
        Pipe pipe = TRY(make_pipe()), other = TRY(make_pipe());
        Channel<int> channel(0);
        ReceiveArm received(channel);
        PollArm readable(pipe.read_end.get(), POLLIN), never(other.read_end.get(), POLLIN);
        Group group;
        std::string ended;
        TRY(group.spawn("selecter", [&]() -> Result<void> {
            ended = text_of(select(readable, never, received)) + ";";
            CHECK(TRY(received.result()) == 5);
            ended += text_of(select(never, readable));
            return {};
        }));
        TRY(this_fiber::sleep_for_us(10));
        int item = 5;
        TRY(channel.try_push(item));
        write_byte(pipe); // in the same turn
        CHECK(channel.try_push(item).error().code == Errc::would_block);
        TRY(group.wait());
        CHECK(ended == "2;1");
        CHECK_FALSE(Loop::current()->poller().can_wake());
        return read_byte(pipe);
    });
}

TEST_CASE("what is ready takes its select out of the queues at once", "[fiber][select]") {
    on_each_poller([]() -> Result<void> {
        Pipe pipe = TRY(make_pipe());
        Channel<int> channel(0);
        ReceiveArm received(channel);
        std::string ended;
        Group group;
        TRY(group.spawn("selecter", [&] {
            ended = text_of(select(received, PollArm(pipe.read_end.get(), POLLIN)));
        }));
        bool is_sent = false;
        auto push = [&]() -> Result<void> {
            TRY(this_fiber::sleep_for_us(10));
            write_byte(pipe);
            // When both are woken in one turn this one is the first to run.
            TRY(this_fiber::sleep_for_us(1));
            int item = 1;
            is_sent = channel.try_push(item).has_value();
            return {};
        };
        TRY(group.spawn("pusher", push, {.priority = 0}));
        TRY(group.wait());
        CHECK(ended == (is_sent ? "0" : "1"));
        if (is_sent) CHECK(TRY(received.result()) == 1);
        return {};
    });
}

TEST_CASE("an interrupted select lets go of its descriptors", "[fiber][select]") {
    on_each_poller([]() -> Result<void> {
        bool is_cancelled = GENERATE(false, true);
        Pipe one = TRY(make_pipe()), two = TRY(make_pipe());
        Channel<int> channel(0);
        std::string ended;
        Group group(Policy::all_settled);
        TRY(group.spawn("selecter", [&] {
            Deadline limit(is_cancelled ? never_ns : Deadline::in_us(100));
            ended = text_of(select(PollArm(one.read_end.get(), POLLIN), ReceiveArm(channel),
                                   PollArm(two.read_end.get(), POLLIN)));
        }));
        TRY(this_fiber::sleep_for_us(20));
        if (is_cancelled) {
            group.cancel();
            int item = 1; // It has left the queue in that moment.
            CHECK(channel.try_push(item).error().code == Errc::would_block);
        }
        (void)group.wait();
        CHECK(ended == (is_cancelled ? "cancelled" : "timed out"));
        CHECK_FALSE(Loop::current()->poller().can_wake());
        return {};
    });
}

TEST_CASE("a descriptor that is closed ends a select, and says so", "[fiber][select]") {
    on_each_poller([]() -> Result<void> {
        Pipe pipe = TRY(make_pipe());
        Event event;
        PollArm readable(pipe.read_end.get(), POLLIN);
        Group group;
        TRY(group.spawn("selecter", [&] {
            CHECK(text_of(select(EventArm(event), readable)) == "1");
            CHECK(readable.result().error().code == Errc::closed);
        }));
        TRY(this_fiber::sleep_for_us(10));
        pipe.read_end = host::Fd();
        TRY(group.wait());
        CHECK(text_of(select(readable)) == "0");
        CHECK(readable.result().error().code == Errc::closed);
        return {};
    });
}
