// SPDX-License-Identifier: MIT
#include "fiber/long_turn.hpp"

#include "fiber/record.hpp"

#include <string>

namespace kindling::fiber {

namespace {

constexpr std::size_t measured_runs = 256;

}

void LongTurnWatch::report(Fiber& last, std::size_t runs, std::uint64_t took_ns) {
    std::string time = std::to_string(took_ns / 1'000'000) + " ms";
    if (runs == 1) {
        if (last.is_first_time_slow())
            log(last, "fiber " + std::string(last.name()) + " held the loop for " + time);
        return;
    }
    single_runs_ = measured_runs;
    if (has_told_of_several_) return;
    has_told_of_several_ = true;
    log_plain("fibers that ran " + std::to_string(runs) + " times held the loop for " + time +
              " together; from now on each is measured");
}

} // namespace kindling::fiber
