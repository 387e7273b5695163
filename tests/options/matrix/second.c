/* SPDX-License-Identifier: MIT */
/*
 * A second unit: a loop over options of both units, and verbs.
 */
#include "tests/options/matrix/face.h"

COMMAND("matrix", OPTION_NULL_, "Is built in many ways.", OPTION_NULL_, "shared", OPTION_NULL_);

/* The labels of the macros are no expressions. */
/* clang-format off */
LINKAGE bool parse_shared(int argc, char** argv) {
    PARSER("shared");
    FOREACH_OPTION(option, PARSER_ARGUMENT) {
        if (take_shared(option)) continue;
        switch (option) {
        OPTION_NAMESPACE("shared"):
        OPTION('2', "second-unit", OPTION_NULL_, "Declared in the second unit"):
            seen("second-unit", OPTION_NULL_);
            break;
        OPTION_LONG("also-second", OPTION_NULL_, "As is this"):
            seen("also-second", OPTION_NULL_);
            break;
        }
    }
    if (HAS_FAILED) return false;
    CHOICE(choice);
    switch (choice.id) {
    VERB_DEFAULT("list", "[NAME]", 0, 1, "List them"):
        seen("list", choice.arguments_count ? choice.arguments[0] : OPTION_NULL_);
        return true;
    VERB_GROUP("Others"):
    VERB_NOARG("internal", OPTION_NULL_):
        seen("internal", OPTION_NULL_);
        return true;
    VERB_ALIAS("ls", "list"):
    VERB_NESTED("remote", "Work on others"): {
        NESTED_CHOICE(inner, choice);
        switch (inner.id) {
        VERB_NAMESPACE("remote"):
        VERB("remove", "NAME...", 1, VERB_ANY, "Remove some"):
            seen("remote remove", inner.arguments[0]);
            return true;
        VERB_TYPED("add", "NAME URL", "text;text", 2, 2, "Add one"):
            seen("remote add", inner.arguments[1]);
            return true;
        VERB_ERROR:
            return false;
        }
        return false;
    }
    VERB_ERROR:
        return false;
    }
    return false;
}
