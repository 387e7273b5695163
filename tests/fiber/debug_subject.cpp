// SPDX-License-Identifier: MIT
//
// A program for gdb_test.py to look into.
#include "fiber/event.hpp"
#include "fiber/fiber.hpp"
#include "fiber/group.hpp"
#include "fiber/io.hpp"
#include "fiber/lock.hpp"
#include "fiber/overflow.hpp"
#include "options/option.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>

using namespace kindling;
using namespace kindling::fiber;

COMMAND("debug_subject", nullptr, "Park fibers for a debugger to look at, or die of one.", nullptr,
        nullptr, nullptr);

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

int run_on_loop(Result<void> (*first)()) {
    auto poller = create_poller();
    if (!poller || !install_overflow_report()) return EXIT_FAILURE;
    Loop loop(**poller);
    return loop.run("first", first) ? EXIT_SUCCESS : EXIT_FAILURE;
}

// clang-format off
int run(const options::Parser& parser) {
    options::VerbChoice verb = options::choose_verb(VERB_TABLE, parser);
    switch (verb.id) {
    VERB("park", nullptr, 0, 0, "Park three fibers, stop, and let them go on"):
        return run_on_loop([] { return park_some(false); });
    VERB("abort", nullptr, 0, 0, "Abort while three are parked"):
        return run_on_loop([] { return park_some(true); });
    VERB("overflow", nullptr, 0, 0, "Use more stack than a fiber has"):
        return run_on_loop(overflow);
    VERB("stray", nullptr, 0, 0, "Write to where nothing is"):
        return run_on_loop([] { return write_to(reinterpret_cast<int*>(16)); });
    }
    return options::print_error(verb);
}

int parse_and_run(options::Parser& parser) {
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION_COMMON_HELP:
            return options::print_help(parser, COMMAND_TABLE, VERB_TABLE);
        }
    }
    return run(parser);
}
// clang-format on

} // namespace

int main(int argc, char** argv) {
    options::Parser parser(OPTION_TABLE, argc, argv);
    parser.set_verbs(VERB_TABLE);
    return parse_and_run(parser);
}
