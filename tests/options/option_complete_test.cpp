// SPDX-License-Identifier: MIT
#include "options/option_complete.hpp"

#include "tests/catch.hpp"
#include "tests/options/command_line.hpp"
#include "tests/options/record_table.hpp"

using namespace kindling::options;

namespace {

template <class... Records>
std::string script_of(Shell shell, const Records&... records) {
    RecordTable options(records...);
    TextSink text;
    write_completion(text.sink(), shell, {{}, {}, {options.table()}}, "tool");
    return text.text();
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string candidate(Text value, Text description) {
    TextSink text;
    write_candidate(text.sink(), value, description);
    return text.text();
}

} // namespace

TEST_CASE("text of a declaration is one word for every shell", "[complete]") {
    auto option = one_option('a', "all", nullptr, "It's \"$HOME\" `x` \\ !");
    std::string plain = "'It'\\''s \"$HOME\" `x` \\ !'";
    CHECK(has(script_of(Shell::bash, option), plain));
    CHECK(has(script_of(Shell::zsh, option), plain));
    CHECK(has(script_of(Shell::fish, option), "'It\\'s \"$HOME\" `x` \\\\ !'"));
}

TEST_CASE("a short name that a shell would read otherwise is quoted", "[complete]") {
    Shell shell = GENERATE(Shell::bash, Shell::zsh, Shell::fish);
    CHECK(has(script_of(shell, one_option('?', nullptr, nullptr, "Help")), "'-?'"));
    CHECK(has(script_of(shell, one_option('*', nullptr, nullptr, "All")), "'-*'"));
    CHECK(has(script_of(shell, one_option(';', nullptr, nullptr, "Part")), "'-;'"));
}

TEST_CASE("hidden options are in the script, marked, and metadata are not", "[complete]") {
    std::string script =
        script_of(Shell::bash, one_option(0, "old", "X", nullptr), group_record("Group title"),
                  verbatim_record("literal row", "Help of the row"),
                  one_option(0, "entry", nullptr, "Help of the entry", help_entry));
    CHECK(has(script, "\"$1\" '' '' old '' --old '=' h '' ''"));
    CHECK_FALSE(has(script, "Group title"));
    CHECK_FALSE(has(script, "literal row"));
    CHECK_FALSE(has(script, "entry"));
}

TEST_CASE("an alias has what its option has, and no help", "[complete]") {
    std::string script =
        script_of(Shell::fish, one_option('f', "file", "FILE", "Reads", 0, 0, "file"),
                  alias_record('F', "from", "file"), alias_record(0, "odd", "none"));
    CHECK(has(script, "$argv[1] '' '' file -F --from '=' h file ''"));
    CHECK_FALSE(has(script, "odd"));
}

TEST_CASE("options of some verbs and lists are marked", "[complete]") {
    std::string script = script_of(Shell::bash, group_record("G", "list|show"),
                                   one_option(0, "names", "A", "Names", 0, 0, "one|two,"),
                                   one_option('v', nullptr, nullptr, "More", repeatable),
                                   one_option('e', nullptr, nullptr, "Run", stops_parsing));
    CHECK(has(script, "'' 'list|show' names '' --names '=' r 'one|two,' Names"));
    CHECK(has(script, "'' 'list|show' -v -v '' '' r '' More"));
    CHECK(has(script, "'' 'list|show' -e -e '' '' s '' Run"));
}

TEST_CASE("a program without options or verbs has a script without errors", "[complete]") {
    Shell shell = GENERATE(Shell::bash, Shell::zsh, Shell::fish);
    TextSink text;
    write_completion(text.sink(), shell, {}, "x'y; rm");
    CHECK_FALSE(has(text.text(), "@@"));
    CHECK_FALSE(has(text.text(), "@NAME@"));
    CHECK_FALSE(has(text.text(), "@DYNAMIC@"));
    CHECK(has(text.text(), "_x_y__rm"));
    CHECK(has(text.text(), shell == Shell::fish ? "'x\\'y; rm'" : "'x'\\''y; rm'"));
}

TEST_CASE("a candidate is a line of its own", "[complete]") {
    CHECK(candidate("a b", "what it is") == "a b\twhat it is\n");
    CHECK(candidate("a", "") == "a\n");
    CHECK(candidate("a", "two\nlines\tand \x1b[1m") == "a\ttwo lines and  [1m\n");
    CHECK(candidate("two\nlines", "no").empty());
    CHECK(candidate("tab\tulator", "no").empty());
    CHECK(candidate("", "nothing").empty());
}
