// SPDX-License-Identifier: MIT
//
// Options that many programs share, so that their names and help agree. A program that wants no
// short form, or another text, declares its own.
#pragma once

#include "options/option_macros.hpp"

#define OPTION_COMMON_HELP OPTION('h', "help", nullptr, "Show this help")
#define OPTION_COMMON_VERSION OPTION_LONG("version", nullptr, "Show the version and its features")
#define OPTION_COMMON_VERSION_SHORT                                                                \
    OPTION('V', "version", nullptr, "Show the version and its features")
#define OPTION_COMMON_QUIET OPTION('q', "quiet", nullptr, "Print errors and results only")
#define OPTION_COMMON_VERBOSE OPTION('v', "verbose", nullptr, "Say more")
#define OPTION_COMMON_NO_PAGER OPTION_LONG("no-pager", nullptr, "Do not pipe output into a pager")
#define OPTION_COMMON_NO_LEGEND                                                                    \
    OPTION_LONG("no-legend", nullptr, "Do not show headers and footers of tables")
#define OPTION_COMMON_JSON OPTION_LONG("json", "FORMAT", "Output as JSON: pretty, short or off")
#define OPTION_COMMON_JSON_SHORT                                                                   \
    OPTION_SHORT('j', nullptr, "Same as --json=pretty on a terminal, --json=short otherwise")
#define OPTION_COMMON_COLOR OPTION_LONG("color", "WHEN", "Use colors: auto, always or never")
#define OPTION_COMMON_DRY_RUN OPTION('n', "dry-run", nullptr, "Only say what would be done")
#define OPTION_COMMON_HOST OPTION('H', "host", "[USER@]HOST", "Work on a remote host")
#define OPTION_COMMON_MACHINE OPTION('M', "machine", "CONTAINER", "Work on a local container")
#define OPTION_COMMON_SYSTEM OPTION_LONG("system", nullptr, "Connect to the system manager")
#define OPTION_COMMON_USER OPTION_LONG("user", nullptr, "Connect to the user manager")

#define VERB_COMMON_HELP VERB("help", "[VERB]", 0, 1, "Show this help, or that of a verb")
#define VERB_COMMON_HELP_HIDDEN VERB("help", "[VERB]", 0, 1, nullptr)
