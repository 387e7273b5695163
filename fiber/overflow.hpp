// SPDX-License-Identifier: MIT
//
// Names the fiber whose stack was too small.
#pragma once

#include "base/result.hpp"

namespace kindling::fiber {

/// From now on a fiber of this thread that runs into the guard below its stack is named on standard
/// error before the program ends as it would have: "fiber NAME overflowed its 256 KiB stack". The
/// signal, and the place that a core dump shows, stay what they are. Faults elsewhere go to the
/// handler that was there before. Where they end the program, and a loop keeps a trace of what its
/// fibers did, that comes first.
///
/// Called on each thread that has a loop, after other handlers of SIGSEGV and SIGBUS were set. It
/// gives the thread an alternate stack of 64 KiB, unless it has one. Calling it again does nothing.
///
/// Errors: no_memory; as errno says.
Result<void> install_overflow_report();

} // namespace kindling::fiber
