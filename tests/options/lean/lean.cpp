// SPDX-License-Identifier: MIT
//
// A program that asks for no more than it must, so that the archive decides what else it contains.
// Prints the error and ends with 2, or ends with 0.
#include "options/option_macros.h"
#include "options/option_verb.hpp"

#include <unistd.h>

using namespace kindling::options;

namespace {

template <class Wrong>
int print_error(const Wrong& wrong) {
    FileSink error(STDERR_FILENO);
    write_error(error.sink(), wrong, "lean");
    return exit_usage;
}

Table table_of_options() {
#ifdef FOREIGN_TABLE
    // A record that no macro made.
    alignas(8) static constexpr struct {
        RecordHeader header;
        char texts[16];
    } record = {make_header({.flags = group_marker, .line = 1, .name = "Group", .scope = "list"}),
                "Group\0\0\0\0list\0"};
    auto* first = reinterpret_cast<const unsigned char*>(&record);
    return {first, first + sizeof(record)};
#else
    return OPTION_TABLE;
#endif
}

// The labels of the macros are no expressions.
// clang-format off
void take_options(Parser& parser) {
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION('a', "all", nullptr, "All"):
            break;
#ifdef WITH_GROUP
        OPTION_GROUP_VERBS("Of list", "list"):
        OPTION('l', "long", nullptr, "Long"):
            break;
#endif
        }
    }
}

} // namespace

int main(int argc, char** argv) {
    Parser parser(table_of_options(), argc, argv);
    take_options(parser);
    if (parser.has_failed()) return print_error(parser.error());
    VerbChoice choice = choose_verb(VERB_TABLE, parser);
    switch (choice.id) {
    VERB_NOARG("list", "List"):
    VERB_NOARG("prune", "Prune"):
        return 0;
    }
    return print_error(choice);
}
// clang-format on
