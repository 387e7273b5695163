// SPDX-License-Identifier: MIT
//
// What a parked fiber keeps in memory: its pages, and the tables that lead to them.
#include "tests/bench/fiber/measure.hpp"

#include "fiber/event.hpp"
#include "fiber/fiber.hpp"

#include <cstdio>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

namespace kindling::bench {

namespace {

constexpr std::size_t parked_count = 20'000;
constexpr double limit_bytes = 4.6 * 1024;

/// Resident memory and page tables of this process.
double resident_bytes() {
    std::FILE* status = std::fopen("/proc/self/status", "re");
    if (!status) fail("/proc/self/status");
    double kibibytes = 0;
    for (char line[256]; std::fgets(line, sizeof(line), status);) {
        unsigned long long value = 0;
        if (std::sscanf(line, "VmRSS: %llu", &value) == 1 ||
            std::sscanf(line, "VmPTE: %llu", &value) == 1)
            kibibytes += static_cast<double>(value);
    }
    std::fclose(status);
    return kibibytes * 1024;
}

double bytes_of_each() {
    double before = resident_bytes();
    double each = 0;
    run_on_loop([&]() -> Result<void> {
        fiber::Event end;
        fiber::Group group;
        for (std::size_t i = 0; i < parked_count; i++)
            TRY(group.spawn("parked", [&] { return end.wait(); }));
        TRY(fiber::this_fiber::sleep_for_us(1));
        each = (resident_bytes() - before) / parked_count;
        end.set();
        return group.wait();
    });
    return each;
}

} // namespace

/// In a process of its own, where nothing was freed before that could be used again.
void measure_parked_bytes(const Figure& figure) {
    pid_t child = ::fork();
    if (child < 0) fail("fork");
    if (child == 0) {
        report(figure, "bytes", bytes_of_each(), "limit", limit_bytes);
        std::_Exit(0);
    }
    int status = 0;
    if (::waitpid(child, &status, 0) < 0 || status != 0) fail("a process that measures");
}

} // namespace kindling::bench
