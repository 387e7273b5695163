// SPDX-License-Identifier: MIT
//
// Where tracers such as perf and SystemTap can look into a running program: each place is one
// instruction that does nothing, and a note about it in the file. Without <sys/sdt.h> at build
// time there are none. Source: SystemTap, "UserSpaceProbeImplementation" (notes of type stapsdt).
#pragma once

#include <cstdint>

#ifdef KINDLING_FIBER_PROBES
#include <sys/sdt.h>
#endif

namespace kindling::fiber::probe {

/// A fiber was made: its address, which tells it apart while it lives, and its name.
inline void spawn([[maybe_unused]] const void* fiber, [[maybe_unused]] const char* name) {
#ifdef KINDLING_FIBER_PROBES
    DTRACE_PROBE2(kindling_fiber, spawn, fiber, name);
#endif
}

/// One runs on after another; null is the loop.
[[gnu::always_inline]] inline void switched([[maybe_unused]] const void* from,
                                            [[maybe_unused]] const void* to) {
#ifdef KINDLING_FIBER_PROBES
    DTRACE_PROBE2(kindling_fiber, switch, from, to);
#endif
}

/// A fiber begins to wait: for what, and until when on the clock of the loop; all ones is for ever.
inline void park([[maybe_unused]] const void* fiber, [[maybe_unused]] const char* what,
                 [[maybe_unused]] std::uint64_t until_ns) {
#ifdef KINDLING_FIBER_PROBES
    DTRACE_PROBE3(kindling_fiber, park, fiber, what, until_ns);
#endif
}

} // namespace kindling::fiber::probe
