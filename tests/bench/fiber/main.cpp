// SPDX-License-Identifier: MIT
//
//     fiber-bench [PREFIX]
//
// Figures of fiber/ whose names start with PREFIX, one JSON line each; docs/testing.md says what
// they mean.
#include "tests/bench/fiber/measure.hpp"

#include <string_view>

using namespace kindling::bench;

namespace {

constexpr Figure figures[] = {
    {"fiber.switch", 0.10, measure_switch},
    {"fiber.switch_swapcontext", 0.10, measure_swapcontext},
    {"fiber.yield_2", 0.35, measure_yield_2},
    {"fiber.yield_64", 0.75, measure_yield_64},
    {"fiber.yield_1000", 0.85, measure_yield_1000},
    {"fiber.spawn_join", 0.20, measure_spawn_join},
    {"fiber.channel", 0.35, measure_channel},
    {"fiber.mutex_condition", 0.35, measure_mutex_condition},
    {"fiber.read_ready_socket", 1.10, measure_read_ready_socket},
    {"fiber.read_ready_pipe", 1.20, measure_read_ready_pipe},
    {"fiber.read_ready_pipe_own", 1.20, measure_read_ready_pipe_own},
    {"fiber.read_wait", 1.10, measure_read_wait},
    {"fiber.socket_pair", 0.80, measure_socket_pair},
    {"fiber.post", 0.10, measure_post},
    {"fiber.parked_bytes", 1.00, measure_parked_bytes},
};

} // namespace

int main(int count, char** words) {
    std::string_view prefix = count > 1 ? words[1] : "";
    for (const Figure& each : figures)
        if (std::string_view(each.name).starts_with(prefix)) each.measure(each);
}
