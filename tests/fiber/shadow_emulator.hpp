// SPDX-License-Identifier: MIT
//
// Shadow stacks on a processor that has none: a program takes single steps, and between them the
// rules of the processor are applied to what it did and is about to do.
// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, 17.2; volume 2,
// INCSSP, RDSSP, RSTORSSP, SAVEPREVSSP.
#pragma once

#include <cstddef>

namespace kindling::fiber {

struct EmulatorOptions {
    /// Is passed over, to see that somebody misses it: "rstorssp", "saveprevssp" or "incsspq".
    const char* skipped = "";
    std::size_t mappings_max = 1000; ///< as many the system gives
};

/// What a program did so far.
struct EmulatorCounts {
    std::size_t steps = 0;
    std::size_t returns = 0;
    std::size_t switches = 0;
    std::size_t mappings = 0; ///< of shadow stacks, now
};

/// Calls `function` with shadow stacks on. A broken rule is said on standard error, and ends the
/// program: for children of `end_of_child`. Once in a process, which has one thread.
void call_emulated(const EmulatorOptions& options, void (*function)());

const EmulatorCounts& emulator_counts();

} // namespace kindling::fiber
