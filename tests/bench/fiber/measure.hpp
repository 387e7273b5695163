// SPDX-License-Identifier: MIT
//
// How the figures of fibers are taken: ours and the peer's in one process, in turns, and of each
// the least time, for whatever disturbs a run makes it longer.
#pragma once

#include "fiber/group.hpp"

#include <cstdint>
#include <functional>

namespace kindling::bench {

/// Something that is measured.
struct Figure {
    const char* name; ///< as tools/bench prints it
    double goal;      ///< the largest ratio that is wanted
    void (*measure)(const Figure& figure);
};

/// Nanoseconds of one operation, measured once.
using Side = std::function<double()>;

/// Ours beside the peer, printed as one line. `peer` names it.
void compare(const Figure& figure, const char* peer, const Side& ours, const Side& theirs);

/// One line: what it is, and the peer's or the limit's value; 0 and null if there is none.
void report(const Figure& figure, const char* unit, double value, const char* peer,
            double peer_value);

/// Nanoseconds of a clock that only goes forward.
std::uint64_t now_ns();

/// The time from now to `stop`, by `count` operations.
class Stopwatch {
public:
    explicit Stopwatch(std::size_t count) : count_(count) {}
    void start() { start_ns_ = now_ns(); }
    void stop() { stop_ns_ = now_ns(); }
    double per_operation() const {
        return static_cast<double>(stop_ns_ - start_ns_) / static_cast<double>(count_);
    }

private:
    std::size_t count_;
    std::uint64_t start_ns_ = 0;
    std::uint64_t stop_ns_ = 0;
};

/// Runs `function` as the first fiber of a new loop on the system's poller.
void run_on_loop(const std::function<Result<void>()>& function);

/// Ends the program if `result` is an error.
void require(const Result<void>& result);

[[noreturn]] void fail(const char* what);

// What is measured, by file:
void measure_switch(const Figure& figure);
void measure_swapcontext(const Figure& figure);
void measure_yield_2(const Figure& figure);
void measure_yield_64(const Figure& figure);
void measure_yield_1000(const Figure& figure);
void measure_spawn_join(const Figure& figure);
void measure_channel(const Figure& figure);
void measure_mutex_condition(const Figure& figure);
void measure_read_ready_socket(const Figure& figure);
void measure_read_ready_pipe(const Figure& figure);
void measure_read_ready_pipe_own(const Figure& figure);
void measure_read_wait(const Figure& figure);
void measure_socket_pair(const Figure& figure);
void measure_post(const Figure& figure);
void measure_parked_bytes(const Figure& figure);

} // namespace kindling::bench
