// SPDX-License-Identifier: MIT
//
// A command line with the mistakes that no compilation sees. It is not run.
#include "options/option.hpp"

using namespace kindling::options;

COMMAND("mistaken", nullptr, "Is wrong", nullptr, "nowhere", nullptr);
COMMAND("mistaken|second", nullptr, "Is wrong too", nullptr, nullptr, nullptr);

// clang-format off
namespace {

[[maybe_unused, gnu::used]] int first(int option) {
    switch (option) {
    OPTION('a', "all", nullptr, "One"):
    OPTION_LONG("all-files", nullptr, "Begins like another"):
    OPTION_ALIAS(0, "every", "al"):
    OPTION_LONG_TYPED("value", "VALUE", "dynamic:values", "Nothing answers"):
    OPTION_GROUP_VERBS("Options of lost", "lsit|remote add"):
    OPTION_HELP_VERBATIM("a-first-column-that-has-no-blank-and-is-wider-than-any-terminal-of-eighty-columns-is", "Too wide"):
        return option;
    }
    return 0;
}

[[maybe_unused, gnu::used]] int second(int option) {
    switch (option) {
    OPTION('a', "again", nullptr, "Has the letter of another"):
        return option;
    }
    return 0;
}

[[maybe_unused, gnu::used]] int verbs(int verb) {
    switch (verb) {
    VERB_NS("list", nullptr, 0, 0, "missing", "Has no such options"):
    VERB_NESTED("remote", "Has no verbs"):
    VERB_ALIAS("ls", "lits"):
    VERB_DEFAULT("show", nullptr, 0, 0, "Runs when none is given"):
        return verb;
    }
    return 0;
}

[[maybe_unused, gnu::used]] int more_verbs(int verb) {
    switch (verb) {
    VERB_DEFAULT("status", nullptr, 0, 0, "Would run as well"):
        return verb;
    }
    return 0;
}

[[maybe_unused, gnu::used]] int unreachable(int verb) {
    switch (verb) {
    VERB_NAMESPACE("remoet"):
    VERB_NOARG("add", "Cannot be reached"):
        return verb;
    }
    return 0;
}

} // namespace
// clang-format on

int main() {
    return 0;
}
