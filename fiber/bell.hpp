// SPDX-License-Identifier: MIT
//
// The bell by which other threads end the sleep of a poller.
#pragma once

#include "base/result.hpp"
#include "host/fd.hpp"

#include <utility>

namespace kindling::fiber {

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
