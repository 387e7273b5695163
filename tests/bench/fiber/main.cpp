// SPDX-License-Identifier: MIT
//
// Figures of fiber/, one JSON line each; docs/testing.md says what they mean.
#include "options/option.hpp"
#include "tests/bench/fiber/measure.hpp"

#include <optional>
#include <string_view>

using namespace kindling;
using namespace kindling::bench;

COMMAND("fiber-bench", "[OPTION...] [PREFIX]",
        "Measure what fibers cost, beside others: all figures, or those whose names start with "
        "PREFIX.",
        nullptr, nullptr, nullptr);

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

/// The exit status if there is nothing to measure.
// clang-format off
std::optional<int> parse(options::Parser& parser, std::string_view& prefix) {
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION_COMMON_HELP:
            return options::print_help(parser, COMMAND_TABLE);
        }
    }
    if (!parser.expect_positionals(0, 1)) return options::print_error(parser);
    if (parser.positionals_count() == 1) prefix = parser.positional(0);
    return std::nullopt;
}
// clang-format on

} // namespace

int main(int argc, char** argv) {
    options::Parser parser(OPTION_TABLE, argc, argv);
    std::string_view prefix;
    if (std::optional<int> status = parse(parser, prefix)) return *status;
    for (const Figure& each : figures)
        if (std::string_view(each.name).starts_with(prefix)) each.measure(each);
}
