// SPDX-License-Identifier: MIT
//
// Signals as something to wait for, and not as something that comes in between.
#pragma once

#include "base/result.hpp"
#include "host/fd.hpp"

#include <csignal>
#include <span>

namespace kindling::fiber {

/// Signals that are kept for `next` as long as this lives. They are blocked in the thread that
/// makes the set; threads that are there already must block them too, or one of them gets them.
///
/// A signal that is sent again before it was taken counts once, as ever. Those that nobody took are
/// delivered in the ordinary way when the set ends.
class SignalSet {
public:
    /// numbers  of signals to take. SIGCHLD belongs to others: it must not be among them
    ///
    /// Errors: invalid (no signal, one that cannot be blocked, SIGCHLD); as errno says.
    static Result<SignalSet> create(std::span<const int> numbers);

    SignalSet(SignalSet&& other) noexcept = default;
    SignalSet& operator=(SignalSet&&) = delete;
    /// Blocks again what was blocked before, and nothing else. Must be on the thread of `create`.
    ~SignalSet();

    /// Waits for one of the signals; gives its number. Errors: cancelled, timed_out; as errno says.
    Result<int> next();

private:
    SignalSet(host::Fd descriptor, const sigset_t& mask_before)
        : descriptor_(std::move(descriptor)), mask_before_(mask_before) {}

    host::Fd descriptor_; ///< none once it was moved from
    sigset_t mask_before_;
};

} // namespace kindling::fiber
