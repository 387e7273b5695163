// SPDX-License-Identifier: MIT
//
// The command line that is written three times: what it says, whoever read it. 25 options, 12
// verbs.
#pragma once

#include <stddef.h>
#include <stdint.h>

constexpr size_t excludes_max = 16;

enum Ask { ask_nothing, ask_help, ask_version };
enum Color { color_auto, color_always, color_never };
enum Json { json_pretty, json_short, json_off };
enum Checksum { checksum_sha256, checksum_blake3, checksum_none };
enum Verb {
    verb_none,
    verb_init,
    verb_save,
    verb_list,
    verb_show,
    verb_restore,
    verb_forget,
    verb_prune,
    verb_check,
    verb_copy,
    verb_mount,
    verb_diff,
    verb_help,
};

/// What a command line says. Texts point into it.
struct Arguments {
    Ask ask = ask_nothing;
    bool is_quiet = false;
    unsigned verbosity = 0;
    Color color = color_auto;
    bool has_pager = true;
    bool has_legend = true;
    Json json = json_off;
    const char* store = nullptr;
    const char* key = nullptr;
    const char* cache = nullptr;
    const char* host = nullptr;
    const char* tag = nullptr;
    const char* excludes[excludes_max] = {};
    size_t excludes_count = 0;
    bool is_dry_run = false;
    uint64_t since_us = 0;
    uint64_t limit = 0;
    bool wants_all = false;
    bool wants_compression = false;
    const char* compression = nullptr;
    uint64_t jobs = 1;
    uint64_t rate_bytes = 0;
    bool is_forced = false;
    uint64_t timeout_us = 0;
    Checksum checksum = checksum_sha256;
    Verb verb = verb_none;
    const char* words[8] = {}; ///< behind the verb
    size_t words_count = 0;
};

/// Reads a command line. Without `is_loud` nothing is printed. 0, or 2 if it was wrong.
int parse_arguments(int argc, char** argv, Arguments& arguments, bool is_loud);

/// Prints the page of --help; not there in programs that are built without it.
void print_help(const char* program);

/// Prints a completion script or the description in JSON; only in the largest of our programs.
bool print_output(const char* what);
