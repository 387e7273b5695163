// SPDX-License-Identifier: MIT
//
// Checks of the switch in a program that needs nothing but the switch, so that it can be built in
// every way and for every processor.
#pragma once

#include "fiber/context.hpp"

#include <cstdint>

namespace kindling::fiber::checks {

/// Counts a check and prints it if it does not hold.
void check(bool holds, const char* what);

/// The flow of `main`, and the one that a check begins beside it.
extern Context outer, inner;

/// Prepares `inner` to call `entry` on memory of its own, and goes there; back with the first
/// switch to `outer`.
void begin_inner(void (*entry)(void*));

/// What each flow does to let the other run.
void go_out();
void go_in();
[[noreturn]] void leave();

void check_registers();
void check_alignment();
void check_exceptions();
void check_backtraces();

} // namespace kindling::fiber::checks
