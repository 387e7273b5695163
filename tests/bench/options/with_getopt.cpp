// SPDX-License-Identifier: MIT
//
// The command line with getopt_long, in the shape that its users know.
#include "tests/bench/options/arguments.hpp"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace {

bool is_loud;

int wrong(const char* what, const char* value) {
    if (is_loud) fprintf(stderr, "error: %s '%s'\nTry 'depot --help'.\n", what, value);
    return 2;
}

bool parse_number(const char* text, uint64_t min, uint64_t max, uint64_t& into) {
    char* end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || end == text || *end || *text == '-' || value < min || value > max) return false;
    into = value;
    return true;
}

bool parse_size(const char* text, uint64_t& into) {
    static const char units[] = "KMGTPE";
    char* end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || end == text || *text == '-') return false;
    if (*end) {
        const char* unit = strchr(units, *end);
        if (!unit || end[1]) return false;
        unsigned shift = 10 * (unsigned(unit - units) + 1);
        if (value > (UINT64_MAX >> shift)) return false;
        value <<= shift;
    }
    into = value;
    return true;
}

bool parse_duration(const char* text, uint64_t& into) {
    static const struct {
        const char* name;
        uint64_t us;
    } units[] = {{"us", 1},         {"ms", 1000},      {"s", 1000000},     {"", 1000000},
                 {"min", 60000000}, {"h", 3600000000}, {"d", 86400000000}, {"w", 604800000000}};
    char* end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || end == text || *text == '-') return false;
    for (const auto& unit : units) {
        if (strcmp(end, unit.name) != 0) continue;
        if (value > UINT64_MAX / unit.us) return false;
        into = value * unit.us;
        return true;
    }
    return false;
}

template <class Enum>
bool parse_choice(const char* text, const char* const (&names)[3], Enum& into) {
    for (int i = 0; i < 3; i++) {
        if (strcmp(text, names[i]) != 0) continue;
        into = static_cast<Enum>(i);
        return true;
    }
    return false;
}

const char* const colors[] = {"auto", "always", "never"};
const char* const formats[] = {"pretty", "short", "off"};
const char* const checksums[] = {"sha256", "blake3", "none"};

enum {
    option_version = 256,
    option_color,
    option_no_pager,
    option_no_legend,
    option_json,
    option_cache,
    option_since,
    option_limit,
    option_compress,
    option_rate,
    option_timeout,
    option_checksum,
};

const struct option long_options[] = {
    {"help", no_argument, nullptr, 'h'},
    {"version", no_argument, nullptr, option_version},
    {"quiet", no_argument, nullptr, 'q'},
    {"verbose", no_argument, nullptr, 'v'},
    {"color", required_argument, nullptr, option_color},
    {"no-pager", no_argument, nullptr, option_no_pager},
    {"no-legend", no_argument, nullptr, option_no_legend},
    {"json", required_argument, nullptr, option_json},
    {"store", required_argument, nullptr, 's'},
    {"key", required_argument, nullptr, 'k'},
    {"cache", required_argument, nullptr, option_cache},
    {"host", required_argument, nullptr, 'H'},
    {"tag", required_argument, nullptr, 't'},
    {"exclude", required_argument, nullptr, 'x'},
    {"dry-run", no_argument, nullptr, 'n'},
    {"since", required_argument, nullptr, option_since},
    {"limit", required_argument, nullptr, option_limit},
    {"all", no_argument, nullptr, 'a'},
    {"compress", optional_argument, nullptr, option_compress},
    {"jobs", required_argument, nullptr, 'J'},
    {"rate", required_argument, nullptr, option_rate},
    {"force", no_argument, nullptr, 'f'},
    {"timeout", required_argument, nullptr, option_timeout},
    {"checksum", required_argument, nullptr, option_checksum},
    {nullptr, 0, nullptr, 0},
};

const struct {
    const char* name;
    Verb verb;
    int min, max;
} verbs[] = {
    {"init", verb_init, 0, 0},   {"save", verb_save, 1, -1},      {"list", verb_list, 0, 1},
    {"show", verb_show, 1, 1},   {"restore", verb_restore, 1, 2}, {"forget", verb_forget, 1, -1},
    {"prune", verb_prune, 0, 0}, {"check", verb_check, 0, 1},     {"copy", verb_copy, 2, 2},
    {"mount", verb_mount, 1, 1}, {"diff", verb_diff, 2, 2},       {"help", verb_help, 0, 1},
};

int choose_verb(int count, char** words, Arguments& into) {
    const char* name = count > 0 ? words[0] : "list";
    for (const auto& verb : verbs) {
        if (strcmp(verb.name, name) != 0) continue;
        int behind = count > 0 ? count - 1 : 0;
        if (behind < verb.min) return wrong("too few arguments for verb", name);
        if (verb.max >= 0 && behind > verb.max) return wrong("too many arguments for verb", name);
        into.verb = verb.verb;
        for (int i = 0; i < behind && i < 8; i++) into.words[into.words_count++] = words[i + 1];
        return 0;
    }
    return wrong("unknown verb", name);
}

} // namespace

int parse_arguments(int argc, char** argv, Arguments& arguments, bool prints) {
    Arguments& into = arguments;
    is_loud = prints;
    opterr = prints;
    optind = 0;
    int option;
    while ((option = getopt_long(argc, argv, "hqvjs:k:H:t:x:naJ:f", long_options, nullptr)) >= 0) {
        switch (option) {
        case 'h':
            into.ask = ask_help;
            break;
        case option_version:
            into.ask = ask_version;
            break;
        case 'q':
            into.is_quiet = true;
            break;
        case 'v':
            into.verbosity++;
            break;
        case option_color:
            if (!parse_choice(optarg, colors, into.color)) return wrong("invalid color", optarg);
            break;
        case option_no_pager:
            into.has_pager = false;
            break;
        case option_no_legend:
            into.has_legend = false;
            break;
        case option_json:
            if (!parse_choice(optarg, formats, into.json)) return wrong("invalid format", optarg);
            break;
        case 'j':
            into.json = json_short;
            break;
        case 's':
            if (!*optarg) return wrong("invalid path", optarg);
            into.store = optarg;
            break;
        case 'k':
            if (!*optarg) return wrong("invalid file", optarg);
            into.key = optarg;
            break;
        case option_cache:
            if (!*optarg) return wrong("invalid directory", optarg);
            into.cache = optarg;
            break;
        case 'H':
            if (!*optarg) return wrong("invalid host", optarg);
            into.host = optarg;
            break;
        case 't':
            into.tag = optarg;
            break;
        case 'x':
            if (into.excludes_count < excludes_max) into.excludes[into.excludes_count++] = optarg;
            break;
        case 'n':
            into.is_dry_run = true;
            break;
        case option_since:
            if (!parse_duration(optarg, into.since_us)) return wrong("invalid time", optarg);
            break;
        case option_limit:
            if (!parse_number(optarg, 1, 100000, into.limit)) return wrong("not 1..100000", optarg);
            break;
        case 'a':
            into.wants_all = true;
            break;
        case option_compress:
            into.wants_compression = true;
            into.compression = optarg;
            break;
        case 'J':
            if (!parse_number(optarg, 1, 64, into.jobs)) return wrong("not 1..64", optarg);
            break;
        case option_rate:
            if (!parse_size(optarg, into.rate_bytes)) return wrong("invalid size", optarg);
            break;
        case 'f':
            into.is_forced = true;
            break;
        case option_timeout:
            if (!parse_duration(optarg, into.timeout_us)) return wrong("invalid time", optarg);
            break;
        case option_checksum:
            if (!parse_choice(optarg, checksums, into.checksum))
                return wrong("invalid checksum", optarg);
            break;
        default:
            return 2;
        }
    }
    if (into.ask != ask_nothing) return 0;
    return choose_verb(argc - optind, argv + optind, into);
}

#ifndef WITHOUT_HELP
void print_help(const char* program) {
    printf("Usage: %s [OPTION…] VERB …\n\n"
           "Keep copies of files in a store.\n\n"
           "Verbs:\n"
           "  init                Make a store\n"
           "  save FILE...        Save files\n"
           "  list [COPY]         List copies, or what is in one (default)\n"
           "  show COPY           Show what is known about a copy\n"
           "  restore COPY [DIR]  Bring files back\n"
           "  forget COPY...      Forget copies\n"
           "  prune               Remove what nothing needs\n"
           "  check [COPY]        Look for damage\n"
           "  copy COPY STORE     Copy to another store\n"
           "  mount DIR           Show the store as a directory\n"
           "  diff COPY COPY      Show what differs\n"
           "  help [VERB]         Show this help\n\n"
           "Options:\n"
           "  -h --help              Show this help\n"
           "     --version           Show the version\n"
           "  -q --quiet             Print errors and results only\n"
           "  -v --verbose           Say more\n"
           "     --color=WHEN        When to use colors: auto, always, never\n"
           "     --no-pager          Do not pipe output into a pager\n"
           "     --no-legend         Do not show headers and footers\n"
           "     --json=FORMAT       Output as JSON: pretty, short, off\n"
           "  -j                     Same as --json=short\n\n"
           "Where things are:\n"
           "  -s --store=PATH        Directory of the store\n"
           "  -k --key=FILE          Key that the store is locked with\n"
           "     --cache=DIR         Directory of what is kept for speed\n"
           "  -H --host=[USER@]HOST  Work on another machine\n\n"
           "What is meant:\n"
           "  -t --tag=NAME          Only copies with this tag\n"
           "  -x --exclude=PATTERN   Leave out files like this\n"
           "  -n --dry-run           Only say what would be done\n"
           "     --since=TIME        Only copies not older than this\n"
           "     --limit=N           At most that many copies\n"
           "  -a --all               Also those that are hidden\n\n"
           "How things move:\n"
           "     --compress[=METHOD] Compress what is saved\n"
           "  -J --jobs=N            How much is done at once\n"
           "     --rate=SIZE         At most that many bytes a second\n"
           "  -f --force             Do it in spite of warnings\n"
           "     --timeout=TIME      Give up after this time\n"
           "     --checksum=KIND     What files are checked with: sha256, blake3, none\n\n"
           "A store is a directory that only depot writes to.\n",
           program);
}
#endif
