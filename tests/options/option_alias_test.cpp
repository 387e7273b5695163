// SPDX-License-Identifier: MIT
//
// Other names, deprecated ones and hidden ones, of options and verbs.
#include "options/option_verb.hpp"
#include "tests/catch.hpp"
#include "tests/options/child.hpp"
#include "tests/options/command_line.hpp"
#include "tests/options/record_table.hpp"

using namespace kindling::options;

namespace {

template <class Message>
consteval auto deprecated_option(char short_name, const char (&name)[9], const Message& message) {
    return test_record<64>({.flags = is_deprecated,
                            .short_name = short_name,
                            .name = name,
                            .metavar = "ARG",
                            .details = message});
}

const RecordTable& shared_options() {
    static const RecordTable records(
        alias_record('C', "colour", "color"), one_option('c', "color", "WHEN", "Colors"),
        one_option(0, "column", nullptr, "Columns"), one_option('o', "output", "FILE", "File"),
        alias_record(0, "outfile", "output"), alias_record(0, "destination", "output"),
        alias_record('O', "out-dir", "output", is_deprecated, "use --output"),
        alias_record('T', nullptr, "color", is_deprecated, "use -c"),
        alias_record(0, "ancient", "color", is_deprecated, "use -c too"),
        deprecated_option('z', "zap-file", "use rm"), alias_record(0, "zapper", "zap-file"),
        one_option(0, "secret", nullptr, nullptr));
    return records;
}

/// The events, and what was said meanwhile.
struct Outcome {
    Words events;
    std::string warnings;
};

Outcome run(const Words& words, Abbreviations policy = Abbreviations::accept) {
    CommandLine line(words);
    TextSink warnings;
    Parser parser(shared_options().table(), line.argc(), line.argv());
    parser.set_abbreviations(policy);
    parser.set_warnings(warnings.sink());
    Outcome outcome;
    while (int id = parser.next()) outcome.events.push_back(event_of(parser, id));
    outcome.warnings = warnings.text();
    return outcome;
}

std::string message(const Words& words) {
    CommandLine line(words);
    Parser parser(shared_options().table(), line.argc(), line.argv());
    while (parser.next()) {
    }
    return error_text(parser.error());
}

} // namespace

TEST_CASE("an alias is the option that it stands for, argument and all", "[options][alias]") {
    for (const Words& words :
         {Words{"--colour", "x"}, {"--colour=x"}, {"-Cx"}, {"-C", "x"}, {"--color=x"}, {"-cx"}})
        CHECK(run(words).events == Words{"color=x"});
    CHECK(run({"--destination=x", "--outfile", "y"}).events == Words{"output=x", "output=y"});
    CHECK(run({"--destination=x"}).warnings.empty());
    CHECK(run({"--colour"}).events == Words{"error"});
}

TEST_CASE("a beginning of several names of one option is not ambiguous", "[options][alias]") {
    CHECK(run({"--outf=x"}).events == Words{"output=x"});
    CHECK(run({"--colo=x"}).events == Words{"color=x"});
    CHECK(run({"--colou=x"}).events == Words{"color=x"});
    CHECK(run({"--outp=x"}).events == Words{"output=x"});
    CHECK(run({"--out=x"}).events == Words{"output=x"});
    CHECK(run({"--out=x"}).warnings.empty());
    CHECK(run({"--col=x"}).events == Words{"error"});
    CHECK(run({"--colo=x"}, Abbreviations::exact).events == Words{"error"});
}

TEST_CASE("an ambiguous word is told with one name for each option", "[options][alias]") {
    CHECK(message({"--col"}) ==
          "error: option '--col' is ambiguous; it could be --color, --column\n"
          "hint: Try 'program --help'.\n");
}

TEST_CASE("deprecated names work and warn", "[options][alias]") {
    Outcome outcome =
        run({"--out-dir=x", "-Ox", "-Tx", "--ancient=x", "-zx", "--zap-f=y", "--zapper=x"});
    CHECK(outcome.events == Words{"output=x", "output=x", "color=x", "color=x", "zap-file=x",
                                  "zap-file=y", "zap-file=x"});
    CHECK(outcome.warnings == "warning: '--out-dir' is deprecated: use --output\n"
                              "warning: '-O' is deprecated: use --output\n"
                              "warning: '-T' is deprecated: use -c\n"
                              "warning: '--ancient' is deprecated: use -c too\n"
                              "warning: '-z' is deprecated: use rm\n"
                              "warning: '--zap-f' is deprecated: use rm\n"
                              "warning: '--zapper' is deprecated: use rm\n");
}

TEST_CASE("warnings go to standard error, to a sink, or nowhere", "[options][alias]") {
    enum class Where { standard_error, sink, nowhere };
    auto printed = [](Where where) {
        ChildResult child = run_in_child([&] {
            CommandLine line({"-Ox", "--outp=y"});
            Parser parser(shared_options().table(), line.argc(), line.argv());
            parser.set_abbreviations(Abbreviations::warn);
            TextSink sink;
            if (where == Where::sink) parser.set_warnings(sink.sink());
            if (where == Where::nowhere) parser.set_warnings({});
            while (parser.next()) {
            }
            return parser.has_failed() || sink.text().empty() == (where == Where::sink);
        });
        CHECK(child.exit_status == 0);
        return child.output;
    };
    CHECK(printed(Where::standard_error) ==
          "warning: '-O' is deprecated: use --output\n"
          "warning: '--outp' is short for '--output'; write it out\n");
    CHECK(printed(Where::sink).empty());
    CHECK(printed(Where::nowhere).empty());
}

TEST_CASE("hidden options work, alone and by a beginning", "[options][alias]") {
    CHECK(run({"--secret", "--secr"}).events == Words{"secret", "secret"});
    CHECK(run({"--secret"}).warnings.empty());
}

TEST_CASE("an alias of nothing is a mistake, and never found", "[options][alias]") {
    RecordTable nothing(one_option('a', "all", nullptr, "All"), alias_record('n', "new", "none"));
    CHECK(find_mistake(nothing.table()).what == std::string("is another name for nothing"));
    RecordTable chain(one_option('a', "all", nullptr, "All"), alias_record('n', "new", "all"),
                      alias_record('m', "newer", "new"));
    CHECK(find_mistake(chain.table()).option.short_name() == 'm');
    for (const char* word : {"-m", "--newer", "--newe", "--newer=x"}) {
        CommandLine line({word});
        Parser parser(chain.table(), line.argc(), line.argv());
        CHECK(parser.next() == error_id);
        CHECK(parser.error().kind == ErrorKind::unknown);
        CHECK(error_text(parser.error()).starts_with("error: unrecognized option '-"));
    }
    RecordTable itself(alias_record('s', "self", "self"));
    CHECK(find_mistake(itself.table()).what);
}

TEST_CASE("an alias outside the groups asked for does not exist, nor without its target",
          "[options][alias]") {
    RecordTable records(one_option(0, "target", nullptr, "T"), group_record("More"),
                        alias_record(0, "alias", "target"),
                        one_option(0, "algorithm", nullptr, "O"));
    const char* const groups[] = {"More"};
    auto message_of = [&](const char* word) {
        CommandLine line({word});
        Parser parser(records.table(), line.argc(), line.argv());
        parser.set_groups(groups, 1);
        parser.next();
        return error_text(parser.error());
    };
    for (const char* word : {"--alias", "--alia", "--alais", "--alias=x"})
        CHECK(message_of(word).ends_with("'\nhint: Try 'program --help'.\n"));
    CHECK(message_of("--al") == "error: nothing is wrong\n");
}

TEST_CASE("a verb has other names too, and deprecated ones", "[options][alias]") {
    RecordTable verbs(verb_record("list", "[X]", 0, 1, "List"),
                      alias_record(0, "ls", "list", is_verb),
                      alias_record(0, "dir", "list", is_verb | is_deprecated, "use list"),
                      alias_record(0, "lost", "none", is_verb));
    auto choose = [&](const char* word, Sink warnings) {
        RecordTable options(one_option('v', "verbose", nullptr, "Say more"));
        CommandLine line({word, "x"});
        Parser parser(options.table(), line.argc(), line.argv());
        parser.set_warnings(warnings);
        while (parser.next()) {
        }
        VerbChoice choice = choose_verb(verbs.table(), parser);
        return std::string(choice.verb ? choice.verb.name().data() : "nothing") + " as " +
               choice.path;
    };
    TextSink warnings;
    CHECK(choose("list", warnings.sink()) == "list as list");
    CHECK(choose("ls", warnings.sink()) == "list as list");
    CHECK(warnings.text().empty());
    CHECK(choose("dir", warnings.sink()) == "list as list");
    CHECK(warnings.text() == "warning: verb 'dir' is deprecated: use list\n");
    CHECK(choose("dir", {}) == "list as list");
    CHECK(choose("lost", {}) == "nothing as ");
    const char* const typo[] = {"losst"};
    CHECK(choose_verb(verbs.table(), 1, typo).suggestion() == verbs["list"]);
    CHECK(find_mistake(verbs.table()).option.name().data() == std::string("lost"));
    ChildResult child = run_in_child([&] {
        const char* const words[] = {"dir"};
        return choose_verb(verbs.table(), 1, words).id == verbs["list"].id() ? 0 : 1;
    });
    CHECK(child.exit_status == 0);
    CHECK(child.output == "warning: verb 'dir' is deprecated: use list\n");
}
