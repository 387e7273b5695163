// SPDX-License-Identifier: MIT
//
// How long fibers run before the loop looks at the clock and the system, and which of them kept the
// others waiting.
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
    static constexpr std::uint64_t look_interval_ns = 100'000;
    static constexpr std::size_t runs_min = 64, runs_max = 256;

    /// So much time may go by without a look at the clock; 0 says that nobody minds.
    void set_limit_ns(std::uint64_t limit_ns) { limit_ns_ = limit_ns; }

    /// How many runs there may be until the next look: that costs more than a switch, but where
    /// many are ready it also costs each of them less. No more than fit `look_interval_ns`, if they
    /// go on taking as long as the last ones.
    std::size_t runs_per_look(std::size_t ready_count) const {
        if (single_runs_) return 1;
        return std::min(std::clamp(ready_count, runs_min, runs_max), runs_in_interval_);
    }

    /// After a look at the clock. `last` is looked at if there was one run. Logs each fiber that
    /// held the loop too long once, by name.
    void looked(Fiber& last, std::size_t runs, std::uint64_t took_ns) {
        runs_in_interval_ = runs_max;
        if (took_ns > 0)
            runs_in_interval_ =
                std::clamp<std::size_t>(runs * look_interval_ns / took_ns, 1, runs_max);
        if (single_runs_) single_runs_--;
        if (limit_ns_ && took_ns > limit_ns_) [[unlikely]]
            report(last, runs, took_ns);
    }

private:
    void report(Fiber& last, std::size_t runs, std::uint64_t took_ns);

    std::uint64_t limit_ns_ = limit_default_ns;
    std::size_t runs_in_interval_ = runs_max;
    std::size_t single_runs_ = 0; ///< that are still to come
    bool has_told_of_several_ = false;
};

} // namespace kindling::fiber
