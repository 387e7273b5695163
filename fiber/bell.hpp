// SPDX-License-Identifier: MIT
//
// What the real pollers share: their clock, and the bell that other threads ring.
#pragma once

#include "base/result.hpp"
#include "host/fd.hpp"

#include <cstdint>

namespace kindling::fiber {

/// Nanoseconds of CLOCK_MONOTONIC, which does not run while the machine sleeps.
std::uint64_t monotonic_ns();

/// An eventfd that becomes readable when somebody rings.
class Bell {
public:
    /// Errors: as errno says.
    static Result<Bell> create();

    /// From any thread. Rings until it is answered.
    void ring();
    /// Once for all that have rung.
    void answer();
    int descriptor() const { return descriptor_.get(); }

private:
    explicit Bell(host::Fd descriptor) : descriptor_(std::move(descriptor)) {}
    host::Fd descriptor_;
};

} // namespace kindling::fiber
