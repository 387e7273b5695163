// SPDX-License-Identifier: MIT
#include "fiber/channel.hpp"
#include "fiber/event.hpp"
#include "fiber/lock.hpp"
#include "fiber/process.hpp"
#include "fiber/stream.hpp"
#include "tests/fiber/poller_loop.hpp"

#include <array>
#include <cerrno>
#include <cfenv>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <thread>

using namespace kindling;
using namespace kindling::fiber;

namespace {

/// Runs `function` on a fiber, on each of the pollers, with a loop to be run inside of it.
template <class Function>
void on_each_pair(Function function) {
    on_each_poller([&]() -> Result<void> {
        auto choice = GENERATE(PollerChoice{"epoll"}, PollerChoice{"io_uring"},
                               PollerChoice{"io_uring", "defer_taskrun"});
        INFO("inside: " << choice);
        auto poller = make_poller(choice);
        if (!poller) return {};
        Loop inner(*poller);
        Loop* outer = Loop::current();
        CHECK(outer != &inner);
        auto result = function(inner);
        CHECK(Loop::current() == outer);
        CHECK(inner.fibers_count() == 0);
        return result;
    });
}

std::string text_of(const Result<void>& result) {
    return result ? "ok" : to_text(result.error().code);
}

/// Reads a byte.
Result<void> read_one(int fd) {
    std::array<std::byte, 1> one;
    return read_exact(fd, one);
}

} // namespace

TEST_CASE("timers go off in the inner loop and in the outer one", "[fiber][nested]") {
    on_each_pair([](Loop& inner) -> Result<void> {
        int outer_count = 0, inner_count = 0;
        Group group;
        TRY(group.spawn("outer timer", [&]() -> Result<void> {
            while (inner_count < 3) {
                TRY(this_fiber::sleep_for_us(200));
                outer_count++;
            }
            return {};
        }));
        TRY(inner.run("inner timer", [&]() -> Result<void> {
            CHECK(Loop::current() == &inner);
            while (inner_count < 3) {
                TRY(this_fiber::sleep_for_us(300));
                inner_count++;
                // It goes on only if the outer one does.
                int before = outer_count;
                while (outer_count == before) TRY(this_fiber::sleep_for_us(100));
            }
            return {};
        }));
        CHECK(outer_count >= 3);
        return group.wait();
    });
}

TEST_CASE("rounding modes of a fiber stay with it when it runs a loop", "[fiber][nested]") {
    on_each_pair([](Loop& inner) -> Result<void> {
        auto check_mode = [](int mode) {
            return [mode]() -> Result<void> {
                for (int i = 0; i < 3; i++) {
                    CHECK(std::fegetround() == mode);
                    TRY(this_fiber::sleep_for_us(100));
                }
                return {};
            };
        };
        SpawnOptions keeps{.keeps_arithmetic_modes = true};
        auto run_inner = [&]() -> Result<void> {
            std::fesetround(FE_UPWARD);
            TRY(inner.run("first of inner", [&]() -> Result<void> {
                Group group;
                TRY(group.spawn("plain", check_mode(FE_TONEAREST)));
                TRY(group.spawn(
                    "other",
                    [&]() -> Result<void> {
                        std::fesetround(FE_DOWNWARD);
                        return check_mode(FE_DOWNWARD)();
                    },
                    keeps));
                return group.wait();
            }));
            return check_mode(FE_UPWARD)();
        };
        Group group;
        TRY(group.spawn("runs a loop", run_inner, keeps));
        TRY(group.spawn("beside it", check_mode(FE_TONEAREST)));
        TRY(group.wait());
        CHECK(std::fegetround() == FE_TONEAREST);
        return {};
    });
}

TEST_CASE("an inner loop that only waits lets the outer fibers go on", "[fiber][nested]") {
    on_each_pair([](Loop& inner) -> Result<void> {
        bool has_run = false;
        Group group;
        TRY(group.spawn("other", [&] { has_run = true; }));
        CHECK(text_of(inner.run("sleeper", [] { return this_fiber::sleep_for_us(1000); })) == "ok");
        CHECK(has_run);
        return group.wait();
    });
}

TEST_CASE("what need not wait parks nobody", "[fiber][nested]") {
    on_each_pair([](Loop& inner) -> Result<void> {
        Pipe pipe = TRY(make_pipe());
        TRY(write_all(pipe.write_end.get(), to_bytes("x")));
        bool has_run = false;
        Group group;
        TRY(group.spawn("other", [&] { has_run = true; }));
        CHECK(text_of(inner.run("reader", [&] { return read_one(pipe.read_end.get()); })) == "ok");
        CHECK_FALSE(has_run);
        pollfd entry{pipe.read_end.get(), POLLIN, 0};
        TRY(inner.run("looker", [&]() -> Result<void> {
            CHECK(TRY(ppoll({&entry, 1}, 0)) == 0);
            return {};
        }));
        CHECK_FALSE(has_run);
        return group.wait();
    });
}

TEST_CASE("input that comes while an inner loop is parked wakes it", "[fiber][nested]") {
    on_each_pair([](Loop& inner) -> Result<void> {
        Pipe there = TRY(make_pipe()), back = TRY(make_pipe());
        Group group;
        TRY(group.spawn("partner", [&]() -> Result<void> {
            for (int i = 0; i < 5; i++) {
                TRY(this_fiber::yield());
                TRY(write_all(there.write_end.get(), to_bytes("x")));
                TRY(read_one(back.read_end.get()));
            }
            return {};
        }));
        TRY(inner.run("inner", [&]() -> Result<void> {
            Group inside;
            TRY(inside.spawn("reader", [&]() -> Result<void> {
                for (int i = 0; i < 5; i++) {
                    TRY(read_one(there.read_end.get()));
                    TRY(write_all(back.write_end.get(), to_bytes("y")));
                }
                return {};
            }));
            return inside.wait();
        }));
        return group.wait();
    });
}

TEST_CASE("an interrupted run unwinds its fibers, and its loop can be run again",
          "[fiber][nested]") {
    on_each_pair([](Loop& inner) -> Result<void> {
        Pipe pipe = TRY(make_pipe());
        std::string left;
        auto wait_for_ever = [&]() -> Result<void> {
            Group inside;
            TRY(inside.spawn("reader", [&]() -> Result<void> {
                auto ended = read_one(pipe.read_end.get());
                Shield shield(never_ns);
                TRY(this_fiber::sleep_for_us(100)); // clean-up takes its time
                left += text_of(ended) + ";";
                return ended;
            }));
            return inside.wait();
        };
        for (int i = 0; i < 2; i++) {
            Deadline soon(Deadline::in_us(500));
            CHECK(text_of(inner.run("first", wait_for_ever)) == "timed out");
        }
        Group group(Policy::all_settled);
        std::string ended;
        TRY(group.spawn("runner", [&] { ended = text_of(inner.run("first", wait_for_ever)); }));
        TRY(this_fiber::yield());
        TRY(this_fiber::yield());
        group.cancel();
        (void)group.wait();
        CHECK(ended == "cancelled");
        CHECK(left == "cancelled;cancelled;cancelled;");
        // Nothing was read, and the loop works.
        TRY(write_all(pipe.write_end.get(), to_bytes("x")));
        return inner.run("last", [&] { return read_one(pipe.read_end.get()); });
    });
}

TEST_CASE("what succeeds or fails of itself says so, also when interrupted", "[fiber][nested]") {
    on_each_pair([](Loop& inner) -> Result<void> {
        Deadline passed(Deadline::in_us(100));
        CHECK(text_of(inner.run("deaf", []() -> Result<void> {
                  Shield shield(never_ns);
                  return this_fiber::sleep_for_us(1000);
              })) == "ok");
        CHECK(text_of(inner.run("failing", []() -> Result<void> {
                  (void)this_fiber::sleep_for_us(1000);
                  return Error{Errc::broken, "broken"};
              })) == to_text(Errc::broken));
        return {};
    });
}

TEST_CASE("a busy inner loop does not stop the outer one", "[fiber][nested]") {
    on_each_pair([](Loop& inner) -> Result<void> {
        Pipe pipe = TRY(make_pipe());
        int count = 0;
        Group group;
        TRY(group.spawn("reader", [&]() -> Result<void> {
            for (; count < 3; count++) TRY(read_one(pipe.read_end.get()));
            return {};
        }));
        TRY(this_fiber::yield());
        TRY(inner.run("busy", [&]() -> Result<void> {
            for (int before = -1; count < 3;) {
                if (count > before) TRY(write_all(pipe.write_end.get(), to_bytes("x")));
                before = count;
                TRY(this_fiber::yield());
            }
            return {};
        }));
        return group.wait();
    });
}

TEST_CASE("fibers of both loops wake each other", "[fiber][nested]") {
    on_each_pair([](Loop& inner) -> Result<void> {
        Channel<int> in(0), out(1);
        Group group;
        TRY(group.spawn("outside", [&]() -> Result<void> {
            for (int i = 0; i < 5; i++) {
                TRY(in.push(i));
                CHECK(TRY(out.pop()) == i * i);
            }
            in.close();
            return {};
        }));
        CHECK(text_of(inner.run("inside", [&]() -> Result<void> {
                  for (;;) {
                      int number = TRY(in.pop());
                      TRY(out.push(number * number));
                  }
              })) == "closed");
        return group.wait();
    });
}

TEST_CASE("a group outside is cancelled from inside", "[fiber][nested]") {
    on_each_pair([](Loop& inner) -> Result<void> {
        Pipe pipe = TRY(make_pipe());
        Group group(Policy::all_settled);
        std::string ended;
        TRY(group.spawn("reader", [&] { ended = text_of(read_one(pipe.read_end.get())); }));
        TRY(this_fiber::sleep_for_us(10));
        TRY(inner.run("canceller", [&] { group.cancel(); }));
        (void)group.wait();
        CHECK(ended == "cancelled");
        return {};
    });
}

TEST_CASE("the first fiber of an inner loop is asked to end from outside", "[fiber][nested]") {
    on_each_pair([](Loop& inner) -> Result<void> {
        Pipe pipe = TRY(make_pipe());
        Group group;
        TRY(group.spawn("asker", [&]() -> Result<void> {
            TRY(this_fiber::sleep_for_us(100));
            inner.request_exit();
            return {};
        }));
        CHECK(text_of(inner.run("reader", [&] { return read_one(pipe.read_end.get()); })) ==
              "cancelled");
        return group.wait();
    });
}

TEST_CASE("closing a descriptor ends the waits for it in all loops", "[fiber][nested]") {
    on_each_pair([](Loop& inner) -> Result<void> {
        bool is_closed_inside = GENERATE(true, false);
        Pipe pipe = TRY(make_pipe());
        std::string ended;
        auto wait_for_it = [&] { ended += text_of(read_one(pipe.read_end.get())); };
        auto close_it = [&]() -> Result<void> {
            TRY(this_fiber::sleep_for_us(100));
            pipe.read_end = host::Fd();
            return {};
        };
        Group group;
        if (is_closed_inside) {
            TRY(group.spawn("reader", wait_for_it));
            TRY(this_fiber::sleep_for_us(10));
            TRY(inner.run("closer", close_it));
        } else {
            TRY(group.spawn("closer", close_it));
            TRY(inner.run("reader", wait_for_it));
        }
        TRY(group.wait());
        CHECK(ended == "closed");
        // The number is used again, and works in both.
        Pipe next = TRY(make_pipe());
        Group after;
        TRY(after.spawn("writer", [&]() -> Result<void> {
            TRY(this_fiber::sleep_for_us(100));
            return write_all(next.write_end.get(), to_bytes("xx"));
        }));
        TRY(inner.run("reader", [&] { return read_one(next.read_end.get()); }));
        TRY(read_one(next.read_end.get()));
        return after.wait();
    });
}

TEST_CASE("a loop may run inside of one that runs inside of another", "[fiber][nested]") {
    on_each_pair([](Loop& middle) -> Result<void> {
        auto poller = make_poller({"epoll"});
        std::string order;
        Event done;
        TRY(middle.run("middle", [&]() -> Result<void> {
            Loop innermost(*poller);
            Group group;
            TRY(group.spawn("beside", [&]() -> Result<void> {
                TRY(this_fiber::sleep_for_us(100));
                order += "b";
                done.set();
                return {};
            }));
            TRY(innermost.run("innermost", [&]() -> Result<void> {
                TRY(done.wait());
                order += "i";
                return {};
            }));
            order += "m";
            return group.wait();
        }));
        CHECK(order == "bim");
        return {};
    });
}

TEST_CASE("an inner loop needs a poller with a descriptor", "[fiber][nested]") {
    on_each_poller([] {
        VirtualPoller poller;
        Loop inner(poller);
        CHECK(inner.run("first", [] {}).error().code == Errc::unsupported);
    });
}

namespace {

/// Somebody else's loop, around epoll: calls nothing of ours.
class ForeignLoop {
public:
    ForeignLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) { REQUIRE(epoll_); }

    void add(int fd) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = fd;
        REQUIRE(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0);
    }

    int descriptor() const { return epoll_.get(); }

    /// What is readable; -1 if nothing is when the time is over.
    int wait(int timeout_ms) {
        epoll_event event{};
        int count = 0;
        // The kernel may interrupt it to do what an io_uring of ours has to do.
        do count = ::epoll_wait(epoll_.get(), &event, 1, timeout_ms);
        while (count < 0 && errno == EINTR);
        return count == 1 ? event.data.fd : -1;
    }

private:
    host::Fd epoll_;
};

} // namespace

TEST_CASE("a foreign loop runs on a fiber that waits for its descriptor", "[fiber][nested]") {
    on_each_poller([]() -> Result<void> {
        ForeignLoop foreign;
        host::Fd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
        REQUIRE(timer);
        itimerspec every_200_us{{0, 200'000}, {0, 200'000}};
        REQUIRE(::timerfd_settime(timer.get(), 0, &every_200_us, nullptr) == 0);
        foreign.add(timer.get());
        int foreign_count = 0, our_count = 0;
        Group group;
        TRY(group.spawn("our timer", [&]() -> Result<void> {
            while (foreign_count < 3 || our_count < 3) {
                TRY(this_fiber::sleep_for_us(100));
                our_count++;
            }
            return {};
        }));
        while (foreign_count < 3 || our_count < 3) {
            TRY(poll(foreign.descriptor(), POLLIN));
            std::uint64_t expirations = 0;
            while (foreign.wait(0) == timer.get())
                if (::read(timer.get(), &expirations, sizeof(expirations)) > 0) foreign_count++;
        }
        return group.wait();
    });
}

TEST_CASE("our loop runs in a foreign one that waits for its descriptor", "[fiber][nested]") {
    auto choice =
        GENERATE(filter([](const PollerChoice& each) { return each.name[0] != 'v'; },
                        from_range(std::begin(poller_choices), std::end(poller_choices))));
    INFO(choice);
    auto poller = make_poller(choice);
    if (!poller) return;
    Loop loop(*poller);
    ForeignLoop foreign;
    foreign.add(loop.descriptor());
    Pipe pipe = make_pipe().value();
    Event event;
    std::string steps;
    REQUIRE(loop.begin("first",
                       [&] {
                           steps += text_of(read_one(pipe.read_end.get())) + " read;";
                           steps += text_of(this_fiber::sleep_for_us(300)) + " slept;";
                           steps += text_of(event.wait()) + " event;";
                           steps += text_of(this_fiber::sleep_for_us(1'000'000'000)) + " end";
                       })
                .has_value());
    // Asks for nothing but what the loop says: when to look, and for how long to wait.
    auto go_on = [&] {
        auto limit_us = loop.wait_us();
        int limit_ms = limit_us ? static_cast<int>((*limit_us + 999) / 1000) : -1;
        (void)foreign.wait(limit_ms);
        return loop.run_once();
    };
    // Runs up to the read, after which only input can end the wait.
    CHECK(loop.wait_us() == 0);
    while (loop.wait_us()) REQUIRE(loop.run_once());
    CHECK(foreign.wait(0) == -1);
    REQUIRE(::write(pipe.write_end.get(), "x", 1) == 1);
    while (steps != "ok read;ok slept;" || loop.wait_us()) REQUIRE(go_on());
    event.set();
    while (steps != "ok read;ok slept;ok event;" || loop.wait_us() == 0) REQUIRE(go_on());
    loop.request_exit();
    while (go_on()) {
    }
    CHECK(steps == "ok read;ok slept;ok event;cancelled end");
    CHECK(loop.fibers_count() == 0);
}

TEST_CASE("a post wakes a loop that runs in a foreign one", "[fiber][nested]") {
    auto choice = GENERATE(PollerChoice{"epoll"}, PollerChoice{"io_uring"});
    INFO(choice);
    auto poller = make_poller(choice);
    if (!poller) return;
    Loop loop(*poller);
    ForeignLoop foreign;
    foreign.add(loop.descriptor());
    Pipe pipe = make_pipe().value();
    REQUIRE(loop.begin("first", [&] { (void)read_one(pipe.read_end.get()); }).has_value());
    while (loop.wait_us()) REQUIRE(loop.run_once());
    REQUIRE(foreign.wait(0) == -1);
    struct Exit : Post {
        explicit Exit(Loop& wanted)
            : Post([](Post& post) { static_cast<Exit&>(post).loop.request_exit(); }), loop(wanted) {
        }
        Loop& loop;
    };
    Exit exit(loop);
    std::thread poster([&] { loop.post(exit); });
    CHECK(foreign.wait(-1) == loop.descriptor());
    poster.join();
    while (loop.run_once()) (void)foreign.wait(loop.wait_us() ? 0 : -1);
    CHECK(loop.fibers_count() == 0);
}
