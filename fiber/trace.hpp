// SPDX-License-Identifier: MIT
//
// What the fibers of a loop did last.
#pragma once

#include "fiber/signal_text.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace kindling::fiber {

class Fiber;

/// The last events of one loop, in a ring. Off unless KINDLING_FIBER_TRACE is set in the
/// environment or a program switches it on: the stores, and a clock that is read for each, cost
/// several times what a switch does. While it is off nothing is kept, and a switch pays two tests.
class Trace {
public:
    static constexpr std::size_t events_max = 256;       ///< that are kept
    static constexpr std::size_t slots = events_max + 1; ///< one is that which is being written

    enum class Kind : std::uint8_t {
        ready, ///< may run now
        run,   ///< goes on
        park,  ///< has left its stack
    };

    struct Event {
        std::uint64_t at_ns = 0;      ///< on the clock of the loop
        const Fiber* fiber = nullptr; ///< only to tell them apart: it may be gone
        const char* reason = nullptr; ///< what it waits or waited for; static text
        char name[32] = "";           ///< ends with a zero
        Kind kind = Kind::ready;
    };

    Trace();
    Trace(const Trace&) = delete;
    Trace& operator=(const Trace&) = delete;

    bool is_on() const { return events_ != nullptr; }
    /// Begins with none.
    void switch_on();
    void switch_off();

    /// Only while it is on.
    void add_ready(const Fiber& fiber, std::uint64_t now_ns);
    /// Either may be null: the loop itself.
    void add_switch(const Fiber* from, const Fiber* to, std::uint64_t now_ns);

    /// A line for each event that is kept, the oldest first: how long before the last one it was,
    /// which fiber, why, and how long that had been ready, had run or had been parked.
    std::string text() const;

    /// The same on standard error, from a signal handler on the thread of the loop: it allocates
    /// and locks nothing.
    void write_to_standard_error() const;

private:
    void add(Kind kind, const Fiber& fiber, const char* reason, std::uint64_t now_ns);
    std::size_t first() const { return count_ > events_max ? count_ - events_max : 0; }
    const Event& event(std::size_t number) const { return events_[number % slots]; }
    const Event* event_before(std::size_t number) const;
    SignalText line(std::size_t number) const;

    std::unique_ptr<Event[]> memory_;
    Event* events_ = nullptr; ///< of `memory_`; null: it is off
    std::size_t count_ = 0;   ///< of all events that were added
};

} // namespace kindling::fiber
