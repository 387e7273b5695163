// SPDX-License-Identifier: MIT
//
// Which fiber kept the others waiting.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace kindling::fiber {

class Fiber;

/// Judges by the readings of the clock that the loop makes anyway, which are one in many runs of
/// fibers. Where too much time went by and only one had run, that one did it. Where several had,
/// the clock is read after each run for a while, so that whoever does it again is known.
class LongTurnWatch {
public:
    static constexpr std::uint64_t limit_default_ns = 50'000'000;
    static constexpr std::size_t runs_min = 64, runs_max = 256;

    /// So much time may go by without a look at the clock; 0 says that nobody minds.
    void set_limit_ns(std::uint64_t limit_ns) { limit_ns_ = limit_ns; }

    /// How many runs there may be until the next look: that costs more than a switch, but where
    /// many are ready it also costs each of them less.
    std::size_t runs_per_look(std::size_t ready_count) const {
        return single_runs_ ? 1 : std::clamp(ready_count, runs_min, runs_max);
    }

    /// After a look at the clock. `last` is looked at if there was one run. Logs each fiber that
    /// held the loop too long once, by name.
    void looked(Fiber& last, std::size_t runs, std::uint64_t took_ns) {
        if (single_runs_) single_runs_--;
        if (limit_ns_ && took_ns > limit_ns_) [[unlikely]]
            report(last, runs, took_ns);
    }

private:
    void report(Fiber& last, std::size_t runs, std::uint64_t took_ns);

    std::uint64_t limit_ns_ = limit_default_ns;
    std::size_t single_runs_ = 0; ///< that are still to come
    bool has_told_of_several_ = false;
};

} // namespace kindling::fiber
