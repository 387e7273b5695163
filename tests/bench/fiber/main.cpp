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
    {"fiber.switch", measure_switch},
    {"fiber.switch_swapcontext", measure_swapcontext},
    {"fiber.yield_2", measure_yield_2},
    {"fiber.yield_64", measure_yield_64},
    {"fiber.yield_1000", measure_yield_1000},
    {"fiber.spawn_join", measure_spawn_join},
    {"fiber.channel", measure_channel},
    {"fiber.mutex_condition", measure_mutex_condition},
    {"fiber.read_ready_socket", measure_read_ready_socket},
    {"fiber.read_ready_pipe", measure_read_ready_pipe},
    {"fiber.read_wait", measure_read_wait},
    {"fiber.socket_pair", measure_socket_pair},
    {"fiber.parked_bytes", measure_parked_bytes},
};

} // namespace

int main(int count, char** words) {
    std::string_view prefix = count > 1 ? words[1] : "";
    for (const Figure& each : figures)
        if (std::string_view(each.name).starts_with(prefix)) each.measure(each.name);
}
