/* SPDX-License-Identifier: MIT */
/*
 * Two functions that parse, in one unit, and a switch whose loop is in another unit.
 */
#include "tests/options/matrix/face.h"

/* The labels of the macros are no expressions. */
/* clang-format off */
bool parse_bare(int argc, char** argv) {
    PARSER(OPTION_NULL_);
    FOREACH_OPTION(option, PARSER_ARGUMENT) {
        switch (option) {
        OPTION('h', "help", OPTION_NULL_, "Show this help"):
            seen("help", OPTION_NULL_);
            break;
        OPTION_LONG("zulu", OPTION_NULL_, "Last of the alphabet"):
            seen("zulu", OPTION_NULL_);
            break;
        OPTION_SHORT('x', OPTION_NULL_, OPTION_NULL_):
            seen("x", OPTION_NULL_);
            break;
        OPTION('a', "alpha", "ARG", "First of the alphabet"):
            seen("alpha", ARGUMENT);
            break;
        OPTION_GROUP("More"):
        OPTION_LONG_FLAGS(OPTION_OPTIONAL_ARG, "maybe", "ARG", "In the middle"):
            seen("maybe", ARGUMENT);
            break;
        }
    }
    for (size_t n = 0; !HAS_FAILED && POSITIONAL(n); n++) seen("word", POSITIONAL(n));
    return !HAS_FAILED;
}

bool parse_named(int argc, char** argv) {
    PARSER("named");
    FOREACH_OPTION(option, PARSER_ARGUMENT) {
        switch (option) {
        OPTION_NAMESPACE("named"):
        OPTION('a', "alpha", OPTION_NULL_, "The same name with another meaning"):
            seen("alpha", ARGUMENT);
            break;
        OPTION_TYPED('n', "numbers", "N,...", "uint:1..99,", "A list of them"):
            while (LIST) seen("number", ITEM == 7 ? "seven" : "another");
            break;
        OPTION_LONG("hidden", OPTION_NULL_, OPTION_NULL_):
            seen("hidden", OPTION_NULL_);
            break;
        OPTION_ALIAS('A', "everything", "alpha"):
        OPTION_ALIAS_DEPRECATED(0, "old-alpha", "alpha", "use --alpha"):
        OPTION_HELP_VERBATIM("-aa", "All of all"):
        OPTION_GROUP_VERBS("Of the verb show", "show"):
        OPTION_FULL_DATA(OPTION_REPEATABLE, 'v', "verbose", OPTION_NULL_, -7, "Say more"):
            seen("verbose", OPTION_NULL_);
            break;
        OPTION_LONG_FLAGS(OPTION_STOPS_PARSING, "exec", OPTION_NULL_, "The rest is a command"):
            seen("exec", OPTION_NULL_);
            break;
        OPTION_LONG_TYPED("color", "WHEN", "auto:as it fits|always|never", "When to use colors"):
            seen("color", ARGUMENT);
            break;
        }
    }
    for (size_t n = 0; !HAS_FAILED && POSITIONAL(n); n++) seen("word", POSITIONAL(n));
    return !HAS_FAILED;
}

bool take_shared(int option) {
    switch (option) {
    OPTION_NAMESPACE("shared"):
    OPTION('1', "first-unit", OPTION_NULL_, "Declared in the first unit"):
        seen("first-unit", OPTION_NULL_);
        return true;
    OPTION_LONG("also-first", OPTION_NULL_, "As is this"):
        seen("also-first", OPTION_NULL_);
        return true;
    }
    return false;
}
