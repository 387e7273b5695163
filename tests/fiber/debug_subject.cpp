// SPDX-License-Identifier: MIT
//
// A program for gdb_test.py to look into: debug_subject park | abort | overflow | stray
#include "fiber/event.hpp"
#include "fiber/fiber.hpp"
#include "fiber/group.hpp"
#include "fiber/io.hpp"
#include "fiber/event.hpp"
#include "fiber/lock.hpp"
#include "fiber/overflow.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace kindling;
using namespace kindling::fiber;

namespace {

Mutex disk("disk");
Event go_on;

[[gnu::noinline]] Result<void> hold_the_disk() {
    Guard held = TRY(disk.lock());
    TRY(go_on.wait());
    return {};
}

[[gnu::noinline]] Result<void> wait_for_a_byte(int fd) {
    std::byte byte{};
    TRY(read(fd, {&byte, 1}));
    return {};
}

[[gnu::noinline]] Result<void> wait_for_the_disk(int depth) {
    if (depth > 0) {
        Result<void> result = wait_for_the_disk(depth - 1);
        asm volatile("" : : : "memory"); // not a tail call
        return result;
    }
    Guard held = TRY(disk.lock());
    return {};
}

/// A breakpoint for gdb, at which three fibers are parked; or the end of the program.
[[gnu::noinline]] void come_to_a_stop(bool aborts) {
    asm volatile("");
    if (aborts) std::abort();
}

Result<void> park_some(bool aborts) {
    int ends[2];
    if (::pipe(ends) != 0) return Error{Errc::io, "no pipe"};
    host::Fd from(ends[0]), to(ends[1]);
    Group group;
    TRY(group.spawn("writer", [] { return hold_the_disk(); }));
    TRY(group.spawn("reader", [] { return wait_for_the_disk(3); }));
    TRY(group.spawn("listener", [&] { return wait_for_a_byte(from.get()); }));
    TRY(this_fiber::yield());
    TRY(group.spawn("late", [] {}));
    come_to_a_stop(aborts);
    go_on.set();
    to = {};
    return group.wait();
}

[[gnu::noinline]] int fill_the_stack(int depth) { // NOLINT(misc-no-recursion)
    volatile char block[1024];
    block[0] = static_cast<char>(depth);
    return depth < 0 ? 0 : fill_the_stack(depth + 1) + block[0];
}

Result<void> overflow() {
    Group group;
    TRY(group.spawn("glutton", [] { std::printf("%d\n", fill_the_stack(0)); }));
    return group.wait();
}

Result<void> write_to(volatile int* nowhere) {
    *nowhere = 1;
    return {};
}

} // namespace

int main(int argc, char** argv) {
    const char* what = argc > 1 ? argv[1] : "";
    auto poller = create_poller();
    if (!poller || !install_overflow_report()) return 2;
    Loop loop(**poller);
    auto result = loop.run("first", [&]() -> Result<void> {
        if (std::strcmp(what, "overflow") == 0) return overflow();
        if (std::strcmp(what, "stray") == 0) return write_to(reinterpret_cast<int*>(16));
        return park_some(std::strcmp(what, "abort") == 0);
    });
    return result ? 0 : 1;
}
