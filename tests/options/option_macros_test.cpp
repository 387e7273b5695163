// SPDX-License-Identifier: MIT
//
// The macros in a loop as a program writes it. Everything else has tests of its own.
#include "options/option_common.h"
#include "options/option_macros.h"
#include "options/option_parser.hpp"
#include "tests/catch.hpp"
#include "tests/options/command_line.hpp"
#include "tests/options/table_copy.hpp"

using namespace kindling::options;

namespace {

struct Seen {
    Words events;
    Words positionals;
    Words data; ///< names whose data word is not 0
    bool returned = false;

    friend bool operator==(const Seen&, const Seen&) = default;
};

void note(Seen& seen, const Parser& parser, const char* name) {
    seen.events.push_back(parser.argument() ? std::string(name) + "=" + parser.argument() : name);
    if (parser.option() && parser.option().data() != 0)
        seen.data.push_back(name + std::to_string(parser.option().data()));
}

// The macros' labels are not expressions.
// clang-format off
Seen run_with(Table table, const Words& words, Mode mode, const char* name_space) {
    Seen seen;
    CommandLine line(words);
    Parser parser(table, line.argc(), line.argv(), name_space);
    parser.set_mode(mode);
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION_NAMESPACE("macros"):
        OPTION_POSITIONAL:
            note(seen, parser, "positional");
            break;
        OPTION('b', "both", nullptr, "Both names"):
            note(seen, parser, "both");
            break;
        OPTION_LONG("long", nullptr, "Only a long name"):
            note(seen, parser, "long");
            break;
        OPTION_SHORT('s', nullptr, "Only a short name"):
            note(seen, parser, "short");
            break;
        OPTION('r', "required", "ARG", "With an argument"):
            note(seen, parser, "required");
            break;
        OPTION_FULL(optional_arg, 'o', "optional", "ARG", "Perhaps with one"):
            note(seen, parser, "optional");
            break;
        OPTION_LONG_FLAGS(optional_arg, "long-optional", "ARG", "Long"):
            note(seen, parser, "long-optional");
            break;
        OPTION_SHORT_FLAGS(optional_arg, 'p', "ARG", "Short"):
            note(seen, parser, "short-optional");
            break;
        OPTION_LONG_FLAGS(stops_parsing, "exec", nullptr, "The rest is a command"):
            note(seen, parser, "exec");
            break;
        OPTION_HELP_VERBATIM("-bb", "Both, twice"):
        OPTION_LONG_DATA("data", nullptr, 666, "With a word of data"):
        OPTION_SHORT_DATA('d', nullptr, 667, "The same body for another option"):
            note(seen, parser, "data");
            break;
        OPTION_GROUP("Advanced"):
        OPTION_FULL_DATA(0, 'g', "grouped", nullptr, -1, nullptr):
            note(seen, parser, "grouped");
            break;
        OPTION_ERROR:
            seen.events.push_back("error");
            break;
        }
    }
    CHECK_FALSE(parser.option());
    CHECK(parser.argument() == nullptr);
    seen.positionals = positionals_of(parser);
    return seen;
}

/// The same from the section and from a plain array.
Seen run(const Words& words, Mode mode = Mode::normal, const char* name_space = "macros") {
    static const TableBuilder array = copy_of(OPTION_TABLE, {"macros"});
    Seen seen = run_with(OPTION_TABLE, words, mode, name_space);
    CHECK(run_with(array.table(), words, mode, name_space) == seen);
    return seen;
}

/// A function that returns at a wrong word.
ParseError run_or_return(const Words& words, Seen& seen) {
    CommandLine line(words);
    Parser parser(OPTION_TABLE, line.argc(), line.argv(), "other");
    FOREACH_OPTION_OR_RETURN(option, parser) {
        switch (option) {
        OPTION_NAMESPACE("other"):
        OPTION('r', "red", "ARG", "The same short name, another meaning"):
            note(seen, parser, "red");
            break;
        }
    }
    seen.returned = true;
    return {};
}

/// Options that programs share.
Words run_common(const Words& words) {
    Words seen;
    CommandLine line(words);
    Parser parser(OPTION_TABLE, line.argc(), line.argv(), "common");
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION_NAMESPACE("common"):
        OPTION_COMMON_HELP:
        OPTION_COMMON_VERSION:
        OPTION_COMMON_QUIET:
        OPTION_COMMON_VERBOSE:
        OPTION_COMMON_NO_PAGER:
        OPTION_COMMON_NO_LEGEND:
        OPTION_COMMON_JSON:
        OPTION_COMMON_JSON_SHORT:
        OPTION_COMMON_COLOR:
        OPTION_COMMON_DRY_RUN:
        OPTION_COMMON_HOST:
        OPTION_COMMON_MACHINE:
        OPTION_COMMON_SYSTEM:
        OPTION_COMMON_USER:
            seen.push_back(event_of(parser, option));
            break;
        }
    }
    return seen;
}
// clang-format on

} // namespace

TEST_CASE("each kind of declaration is its own case", "[options][macros]") {
    struct Line {
        Words words;
        Words events;
    };
    auto [words, events] = GENERATE(values<Line>({
        {{"--both"}, {"both"}},
        {{"-b"}, {"both"}},
        {{"--long"}, {"long"}},
        {{"-s"}, {"short"}},
        {{"--required=x"}, {"required=x"}},
        {{"--required", "x"}, {"required=x"}},
        {{"-r", "x"}, {"required=x"}},
        {{"-rx"}, {"required=x"}},
        {{"--optional=x"}, {"optional=x"}},
        {{"--optional"}, {"optional"}},
        {{"-ox"}, {"optional=x"}},
        {{"-o"}, {"optional"}},
        {{"--long-optional=x", "--long-optional"}, {"long-optional=x", "long-optional"}},
        {{"-px", "-p"}, {"short-optional=x", "short-optional"}},
        {{"--exec"}, {"exec"}},
        {{"-s", "-b"}, {"short", "both"}},
        {{"-dd"}, {"data", "data"}},
        {{"--group"}, {"grouped"}},
        {{"--Advanced"}, {"error"}},
        {{"--(positional)"}, {"error"}},
        {{"---bb"}, {"error"}},
        {{"--grouped", "-g"}, {"grouped", "grouped"}},
        {{"-bsg"}, {"both", "short", "grouped"}},
        {{"-bsr", "x"}, {"both", "short", "required=x"}},
        {{"-bsox"}, {"both", "short", "optional=x"}},
        {{"-x"}, {"error"}},
        {{"--lon"}, {"error"}},
        {{"-b", "--required"}, {"both", "error"}},
    }));
    CAPTURE(words);
    Seen seen = run(words);
    CHECK(seen.events == events);
    CHECK(seen.positionals.empty());
}

TEST_CASE("a line with all kinds comes back in order", "[options][macros]") {
    Seen seen = run({"w1", "--both", "-s", "-rx", "--optional", "w2", "-p", "--data", "--grouped",
                     "--long-optional=y", "--exec", "--both", "-z"});
    CHECK(seen.events == Words{"both", "short", "required=x", "optional", "short-optional", "data",
                               "grouped", "long-optional=y", "exec"});
    CHECK(seen.positionals == Words{"w1", "w2", "--both", "-z"});
    CHECK(seen.data == Words{"data666", "grouped-1"});
}

TEST_CASE("options can share one body and tell themselves apart", "[options][macros]") {
    Seen seen = run({"-d", "--data", "-b"});
    CHECK(seen.events == Words{"data", "data", "both"});
    CHECK(seen.data == Words{"data667", "data666"});
}

TEST_CASE("a positional case receives the words in place", "[options][macros]") {
    Seen seen = run({"-b", "x", "-s", "y"}, Mode::return_positional);
    CHECK(seen.events == Words{"both", "positional=x", "short", "positional=y"});
    CHECK(seen.positionals.empty());
    seen = run({"x", "--exec", "y", "-b"}, Mode::return_positional);
    CHECK(seen.events == Words{"positional=x", "exec"});
    CHECK(seen.positionals == Words{"y", "-b"});
}

TEST_CASE("after a stopping option one direct pair of dashes vanishes", "[options][macros]") {
    CHECK(run({"--exec", "--", "a", "--", "b"}).positionals == Words{"a", "--", "b"});
    CHECK(run({"--exec", "--", "--", "a"}).positionals == Words{"--", "a"});
    CHECK(run({"--exec", "a", "--", "b"}).positionals == Words{"a", "--", "b"});
    CHECK(run({"--", "--exec", "a"}).events.empty());
}

TEST_CASE("a loop may return at the first wrong word", "[options][macros]") {
    Seen seen;
    CHECK(run_or_return({"-rx", "--red=y"}, seen).kind == ErrorKind::none);
    CHECK(seen.events == Words{"red=x", "red=y"});
    CHECK(seen.returned);
    Seen failed;
    CHECK(run_or_return({"-rx", "--blue", "-ry"}, failed).kind == ErrorKind::unknown);
    CHECK(failed.events == Words{"red=x"});
    CHECK_FALSE(failed.returned);
}

TEST_CASE("the shared options do not get in each other's way", "[options][macros]") {
    CHECK(
        run_common({"-h", "--version", "-qv", "--no-pager", "--no-legend", "--json=short", "-j",
                    "--color", "never", "-n", "-H", "a@b", "--machine=m", "--system", "--user"}) ==
        Words{"help", "version", "quiet", "verbose", "no-pager", "no-legend", "json=short", "-j",
              "color=never", "dry-run", "host=a@b", "machine=m", "system", "user"});
    CHECK(find_mistake(OPTION_TABLE).what == nullptr);
}

TEST_CASE("declarations stand in the table in the order of the source", "[options][macros]") {
    Words names;
    unsigned line = 0;
    Listing listing({OPTION_TABLE, "macros", {}});
    while (Option option = listing.next()) {
        CHECK(option.line() > line);
        line = option.line();
        names.push_back(option.name().data());
    }
    CHECK(names == Words{"(positional)", "both", "long", "", "required", "optional",
                         "long-optional", "", "exec", "-bb", "data", "", "Advanced", "grouped"});
}
