// SPDX-License-Identifier: MIT
//
// A program around the command line: prints what it says.
#include "tests/bench/options/arguments.hpp"

#include <stdio.h>
#include <string.h>

int main(int argc, char** argv) {
#ifdef WITH_OUTPUTS
    if (argc == 3 && strcmp(argv[1], "--output") == 0) return !print_output(argv[2]);
#endif
    Arguments got;
    int status = parse_arguments(argc, argv, got, true);
    if (status != 0) return status;
    if (got.ask == ask_version) return puts("depot 1") < 0;
#ifndef WITHOUT_HELP
    if (got.ask == ask_help || got.verb == verb_help) {
        print_help(argv[0]);
        return 0;
    }
#endif
    auto text = [](const char* name, const char* value) {
        if (value) printf("%s=%s\n", name, value);
    };
    auto number = [](const char* name, uint64_t value) {
        if (value) printf("%s=%llu\n", name, static_cast<unsigned long long>(value));
    };
    number("ask", got.ask);
    number("quiet", got.is_quiet);
    number("verbosity", got.verbosity);
    number("color", got.color);
    number("pager", got.has_pager);
    number("legend", got.has_legend);
    number("json", got.json);
    text("store", got.store);
    text("key", got.key);
    text("cache", got.cache);
    text("host", got.host);
    text("tag", got.tag);
    for (size_t i = 0; i < got.excludes_count; i++) text("exclude", got.excludes[i]);
    number("dry-run", got.is_dry_run);
    number("since", got.since_us);
    number("limit", got.limit);
    number("all", got.wants_all);
    number("compress", got.wants_compression);
    text("compression", got.compression);
    number("jobs", got.jobs);
    number("rate", got.rate_bytes);
    number("force", got.is_forced);
    number("timeout", got.timeout_us);
    number("checksum", got.checksum);
    number("verb", got.verb);
    for (size_t i = 0; i < got.words_count; i++) text("word", got.words[i]);
    return 0;
}
