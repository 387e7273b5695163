// SPDX-License-Identifier: MIT
//
// Measures the command line inside the process: `measure SHAPE WORDS PARSES` prints the nanoseconds
// of processor time of one parse, the least of several rounds, and the allocations of the last.
#include "tests/bench/options/arguments.hpp"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern "C" size_t allocations_count;

namespace {

constexpr int rounds = 7;

const char* const typical[] = {"-qv",  "--store=/srv/depot", "-k",    "/etc/depot.key",
                               "save", "--exclude",          "*.o",   "--jobs=4",
                               "-n",   "--checksum=sha256",  "/home", "/etc"};

/// The n-th word of a hostile line. All shapes are valid but for those that end in an error.
const char* word_of(const char* shape, size_t n, size_t count) {
    static const char* const bundles[] = {"-qvanfj", "-fjnavq"};
    static const char* const prefixes[] = {"--no-leg", "--dry-r", "--verb", "--forc"};
    static const char* const values[] = {"--checksum=none", "--timeout=90min", "--rate=1024M"};
    bool is_last = n + 1 == count;
    if (strcmp(shape, "alternating") == 0) return n % 2 ? "--force" : "word";
    if (strcmp(shape, "short") == 0) return n % 2 ? "-f" : "word";
    if (strcmp(shape, "prefixes") == 0) return prefixes[n % 4];
    if (strcmp(shape, "bundles") == 0) return bundles[n % 2];
    if (strcmp(shape, "values") == 0) return values[n % 3];
    if (strcmp(shape, "unknown") == 0) return is_last ? "--checksun" : n % 2 ? "--force" : "word";
    if (strcmp(shape, "ambiguous") == 0) return is_last ? "--no-" : "--checksum=sha256";
    if (strcmp(shape, "positional") == 0) return n ? "--word" + 2 : "forget";
    return nullptr;
}

uint64_t now_ns() {
    timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1000000000u + static_cast<uint64_t>(now.tv_nsec);
}

struct Line {
    const char** words;
    char** scratch; ///< parsers move words
    size_t count;
};

Line make_line(const char* shape, size_t count) {
    bool is_typical = strcmp(shape, "typical") == 0;
    if (is_typical) count = sizeof(typical) / sizeof(typical[0]);
    Line line{static_cast<const char**>(calloc(count + 2, sizeof(char*))),
              static_cast<char**>(calloc(count + 2, sizeof(char*))), count + 1};
    line.words[0] = "depot";
    for (size_t i = 0; i < count; i++) {
        line.words[i + 1] = is_typical ? typical[i] : word_of(shape, i, count);
        if (!line.words[i + 1]) exit(1);
    }
    return line;
}

/// One parse, the copy of the words included.
int parse(const Line& line) {
    memcpy(line.scratch, line.words, (line.count + 1) * sizeof(char*));
    Arguments got;
    return parse_arguments(static_cast<int>(line.count), line.scratch, got, false);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    Line line = make_line(argv[1], strtoull(argv[2], nullptr, 10));
    size_t parses = strtoull(argv[3], nullptr, 10);
    int status = parse(line);
    uint64_t best_ns = UINT64_MAX;
    for (int round = 0; round < rounds; round++) {
        uint64_t start_ns = now_ns();
        for (size_t i = 0; i < parses; i++) status |= parse(line);
        uint64_t spent_ns = now_ns() - start_ns;
        if (spent_ns < best_ns) best_ns = spent_ns;
    }
    size_t before = allocations_count;
    parse(line);
    size_t allocations = allocations_count - before;
#ifndef WITHOUT_HELP
    if (strcmp(argv[1], "typical") == 0) {
        // The page goes the same way as the figures; its own file would cost an allocation.
        before = allocations_count;
        print_help("depot");
        allocations += allocations_count - before;
        fflush(stdout);
    }
#endif
    fprintf(stderr, "%.2f %zu %d\n", static_cast<double>(best_ns) / static_cast<double>(parses),
            allocations, status);
    return 0;
}
