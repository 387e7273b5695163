// SPDX-License-Identifier: MIT
//
// What fibers do, as text for people: for a log, a signal, or a program that cannot go on.
#pragma once

#include "base/result.hpp"

#include <string>

namespace kindling::fiber {

class Fiber;
class Loop;

/// What a fiber waits for: `mutex "disk" held by writer`; empty if it waits for nothing.
std::string wait_text(const Fiber& fiber);

/// A line for the loop and one for each fiber, the oldest first: its state, since when it waits,
/// its name, what for, where it comes from, and how much of its stack was used; under each that is
/// parked one with its backtrace. Then what else the loop has. On the thread of the loop.
/// Allocates.
std::string dump(const Loop& loop);

/// What a loop has beside its fibers, a line each: operations under way and whose they are,
/// registered descriptors, priorities that had to wait, how much of their stacks the fibers of each
/// name needed, and the trace if it is on.
std::string loop_dump(const Loop& loop);

/// The text of `dump` when no fiber can go on, and a sentence for those that wait for each other in
/// a circle: "a waits for mutex "m" held by b; b waits for ...".
std::string deadlock_report(const Loop& loop);

/// From now on `signal` makes every loop of the program log its dump at the end of its turn; a loop
/// whose fiber runs at that moment says at once which one. For SIGUSR1 and the like: other uses of
/// the signal are replaced. A signal for one thread alone, such as of raise(), asks only its loop.
///
/// Errors: invalid (no such signal, or one that cannot be caught).
Result<void> dump_on_signal(int signal);

} // namespace kindling::fiber
