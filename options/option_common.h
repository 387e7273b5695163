/* SPDX-License-Identifier: MIT */
/*
 * Options that many programs share, so that their names, types and help agree. A program that wants
 * no short form, or another text, declares its own.
 */
#pragma once

#include "options/option_macros.h"

/** The values of --json= and --color=, in the order of `parser.choice()`. */
#define OPTION_JSON_VALUES "pretty:indented, for people|short:on one line|off:text instead"
#define OPTION_COLOR_VALUES "auto:on a terminal that can|always|never"

#define OPTION_COMMON_HELP OPTION('h', "help", OPTION_NULL_, "Show this help")
#define OPTION_COMMON_VERSION                                                                      \
    OPTION_LONG("version", OPTION_NULL_, "Show the version")
#define OPTION_COMMON_VERSION_SHORT                                                                \
    OPTION('V', "version", OPTION_NULL_, "Show the version")
#define OPTION_COMMON_QUIET OPTION('q', "quiet", OPTION_NULL_, "Print errors and results only")
#define OPTION_COMMON_VERBOSE                                                                      \
    OPTION_FULL(OPTION_REPEATABLE, 'v', "verbose", OPTION_NULL_, "Say more")
#define OPTION_COMMON_DEBUG OPTION_LONG("debug", OPTION_NULL_, "Say what happens inside")
#define OPTION_COMMON_NO_PAGER                                                                     \
    OPTION_LONG("no-pager", OPTION_NULL_, "Do not pipe output into a pager")
#define OPTION_COMMON_NO_LEGEND                                                                    \
    OPTION_LONG("no-legend", OPTION_NULL_, "Do not show headers and footers of tables")
#define OPTION_COMMON_NO_ASK_PASSWORD                                                              \
    OPTION_LONG("no-ask-password", OPTION_NULL_, "Do not ask for passwords")
#define OPTION_COMMON_LOG_LEVEL                                                                    \
    OPTION_LONG_TYPED("log-level", "LEVEL", "debug|info|notice|warning|err|crit|alert|emerg",      \
                      "Log from this level on")
#define OPTION_COMMON_LOG_TARGET                                                                   \
    OPTION_LONG_TYPED("log-target", "TARGET", "auto|console|journal|kmsg|null", "Log to there")
#define OPTION_COMMON_LOG_COLOR OPTION_LONG_TYPED("log-color", "BOOL", "bool", "Log in colors")
#define OPTION_COMMON_LOG_LOCATION                                                                 \
    OPTION_LONG_TYPED("log-location", "BOOL", "bool", "Log the place in the source")
#define OPTION_COMMON_LOG_TIME OPTION_LONG_TYPED("log-time", "BOOL", "bool", "Log the time")
#define OPTION_COMMON_JSON                                                                         \
    OPTION_LONG_TYPED("json", "FORMAT", OPTION_JSON_VALUES, "Output as JSON")
#define OPTION_COMMON_JSON_SHORT                                                                   \
    OPTION_SHORT('j', OPTION_NULL_, "Same as --json=pretty on a terminal, --json=short otherwise")
#define OPTION_COMMON_COLOR                                                                        \
    OPTION_LONG_TYPED("color", "WHEN", OPTION_COLOR_VALUES, "Use colors")
#define OPTION_COMMON_DRY_RUN OPTION('n', "dry-run", OPTION_NULL_, "Only say what would be done")
#define OPTION_COMMON_CAT_CONFIG                                                                   \
    OPTION_LONG("cat-config", OPTION_NULL_, "Show the configuration files")
#define OPTION_COMMON_TLDR                                                                         \
    OPTION_LONG("tldr", OPTION_NULL_, "Show what is not commented out in them")
#define OPTION_COMMON_HOST OPTION_TYPED('H', "host", "[USER@]HOST", "host", "Work on a remote host")
#define OPTION_COMMON_MACHINE OPTION('M', "machine", "CONTAINER", "Work on a local container")
#define OPTION_COMMON_SYSTEM OPTION_LONG("system", OPTION_NULL_, "Connect to the system manager")
#define OPTION_COMMON_USER OPTION_LONG("user", OPTION_NULL_, "Connect to the user manager")
#define OPTION_COMMON_ENTRY_TOKEN                                                                  \
    OPTION_LONG("entry-token", "TOKEN",                                                            \
                "Name of the entries: machine-id, os-id, literal:TEXT, auto")
#define OPTION_COMMON_MAKE_ENTRY_DIRECTORY                                                         \
    OPTION_LONG_TYPED("make-entry-directory", "BOOL|auto", "tristate",                             \
                      "Create the directory of the entries")
#define OPTION_COMMON_PRIVATE_KEY(purpose_)                                                        \
    OPTION_LONG_TYPED("private-key", "PATH|URI", "path", "Private key " purpose_)
#define OPTION_COMMON_PRIVATE_KEY_SOURCE                                                           \
    OPTION_LONG("private-key-source", "SOURCE", "Read it from: file, provider:NAME, engine:NAME")
#define OPTION_COMMON_CERTIFICATE(purpose_)                                                        \
    OPTION_LONG_TYPED("certificate", "PATH|URI", "path", "Certificate " purpose_)
#define OPTION_COMMON_CERTIFICATE_SOURCE                                                           \
    OPTION_LONG("certificate-source", "SOURCE", "Read it from: file, provider:NAME")
#define OPTION_COMMON_RESOLVE_NAMES                                                                \
    OPTION_TYPED('N', "resolve-names", "MODE", "early|late|never", "When to resolve names")
/** Hidden; prints the tables as JSON, see `write_introspection`. */
#define OPTION_COMMON_INTROSPECT_CLI OPTION_LONG("introspect-cli", OPTION_NULL_, OPTION_NULL_)

/** Hidden; prints a script for a shell, see `write_completion`. */
#define OPTION_SHELL_VALUES "bash|zsh|fish"
#define OPTION_COMMON_COMPLETION                                                                   \
    OPTION_LONG_TYPED("completion", "SHELL", OPTION_SHELL_VALUES, OPTION_NULL_)
/**
 * Hidden; for a program without verbs that has values to complete of the type "dynamic:WHAT". The
 * words of the command line so far are its positionals; see option_complete.hpp for the answer.
 */
#define OPTION_COMMON_COMPLETE OPTION_LONG("complete-values", "WHAT", OPTION_NULL_)

/** The type of its arguments stands for verbs in completions; any text is valid. */
#define VERB_COMMON_HELP_(help_)                                                                   \
    VERB_NEEDING_(, 0, "help", "[VERB]", "verb", 0, VERB_ANY, OPTION_NULL_, 0, help_, OPTION_NULL_)
#define VERB_COMMON_HELP VERB_COMMON_HELP_("Show this help, or that of a verb")
#define VERB_COMMON_HELP_HIDDEN VERB_COMMON_HELP_(OPTION_NULL_)
/**
 * Hidden; answers for values of the type "dynamic:WHAT". Its arguments are WHAT and the words of
 * the command line so far.
 */
#define VERB_COMMON_COMPLETE                                                                       \
    VERB("complete-values", "WHAT [WORD...]", 1, VERB_ANY, OPTION_NULL_)
