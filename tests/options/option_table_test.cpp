// SPDX-License-Identifier: MIT
#include "options/option_builder.hpp"
#include "options/option_macros.h"
#include "options/option_table.hpp"
#include "tests/catch.hpp"
#include "tests/options/command_line.hpp"
#include "tests/options/record_table.hpp"

using namespace kindling::options;

namespace {

std::string synopsis(Option option, const char* joiner = " ", bool with_metavar = true) {
    TextSink text;
    write_synopsis(text.sink(), option, joiner, with_metavar);
    if (with_metavar) CHECK(synopsis_width(option, joiner) == width_of(Text(text.text().c_str())));
    return text.text();
}

template <class R>
Option view(const R& record) {
    return Option(reinterpret_cast<const unsigned char*>(&record));
}

Words names_of(const Scope& scope, bool real_only = false) {
    Words names;
    Listing listing(scope);
    while (Option each = listing.next()) {
        if (real_only && each.has(metadata)) continue;
        std::string group = listing.group() ? std::string(listing.group().name().data()) + "/" : "";
        names.push_back(group + each.name().data());
    }
    return names;
}

constexpr auto both = one_option('r', "required", "ARG", "Help");
constexpr auto only_long = one_option(0, "required", "ARG", "Help");
constexpr auto only_short = one_option('r', nullptr, "ARG", "Help");
constexpr auto flag = one_option('f', "flag", nullptr, "Help");
constexpr auto blank = one_option('b', "blank", "NAME: VALUE", "Help");
constexpr auto both_optional = one_option('r', "required", "ARG", "Help", optional_arg);
constexpr auto long_optional = one_option(0, "required", "ARG", "Help", optional_arg);
constexpr auto short_optional = one_option('r', nullptr, "ARG", "Help", optional_arg);
constexpr auto blank_optional = one_option('b', "blank", "NAME: VALUE", "Help", optional_arg);

} // namespace

TEST_CASE("a record gives back what was declared", "[options][table]") {
    constexpr auto record = one_option('x', "extra", "FILE", "Add a file", optional_arg, -7);
    Option option = view(record);
    CHECK(option.short_name() == 'x');
    CHECK(option.name().data() == std::string("extra"));
    CHECK(option.metavar().data() == std::string("FILE"));
    CHECK(option.help().data() == std::string("Add a file"));
    CHECK(option.details().is_empty());
    CHECK(option.data() == -7);
    CHECK(option.flags() == (optional_arg | takes_argument | has_long_name));
    CHECK(option.record_size_bytes() == sizeof(record));
    CHECK(option.id() > 0);
}

TEST_CASE("texts that are not there are empty and leave their flags out", "[options][table]") {
    constexpr auto hidden = one_option('x', nullptr, nullptr, nullptr);
    CHECK(view(hidden).flags() == is_hidden);
    CHECK(view(hidden).name().is_empty());
    CHECK(view(hidden).metavar().is_empty());
    CHECK(view(hidden).help().is_empty());
    CHECK(view(hidden).id() == (0x20000000 | 'x'));
}

TEST_CASE("a synopsis shows names and argument as they are typed", "[options][table]") {
    CHECK(synopsis(view(both)) == "-r --required=ARG");
    CHECK(synopsis(view(both), "/") == "-r/--required=ARG");
    CHECK(synopsis(view(both), "") == "-r--required=ARG");
    CHECK(synopsis(view(only_long)) == "--required=ARG");
    CHECK(synopsis(view(only_short)) == "-r ARG");
    CHECK(synopsis(view(flag)) == "-f --flag");
    CHECK(synopsis(view(both), " ", false) == "-r --required=");
    CHECK(synopsis(view(only_long), " ", false) == "--required=");
    CHECK(synopsis(view(only_short), " ", false) == "-r");
    CHECK(synopsis(view(flag), "+", false) == "-f+--flag");
    CHECK(synopsis(view(blank)) == "-b --blank='NAME: VALUE'");
    CHECK(synopsis(view(blank), " ", false) == "-b --blank=");
}

TEST_CASE("a synopsis puts an optional argument in brackets", "[options][table]") {
    CHECK(synopsis(view(both_optional)) == "-r --required[=ARG]");
    CHECK(synopsis(view(both_optional), "/") == "-r/--required[=ARG]");
    CHECK(synopsis(view(long_optional)) == "--required[=ARG]");
    CHECK(synopsis(view(short_optional)) == "-r [ARG]");
    CHECK(synopsis(view(both_optional), " ", false) == "-r --required=");
    CHECK(synopsis(view(short_optional), " ", false) == "-r");
    CHECK(synopsis(view(blank_optional)) == "-b --blank[='NAME: VALUE']");
}

TEST_CASE("every form of a synopsis is its parts, in this order", "[options][table]") {
    TableBuilder forms;
    for (bool has_short : {true, false})
        for (bool has_long : {true, false})
            for (bool is_optional : {true, false})
                for (const char* metavar : {"ARG", "NAME: VALUE"})
                    if (has_short || has_long)
                        forms.add({.flags = is_optional ? optional_arg : 0u,
                                   .short_name = has_short ? 'o' : '\0',
                                   .name = has_long ? "output" : "",
                                   .metavar = metavar,
                                   .help = "Help"});
    size_t count = 0;
    Listing listing({forms.table()});
    while (Option option = listing.next()) {
        count++;
        bool is_optional = option.has(optional_arg), has_long = option.has(has_long_name);
        std::string metavar = option.metavar().data();
        if (metavar.find(' ') != std::string::npos) metavar = "'" + metavar + "'";
        for (const char* joiner : {"/", "", " ", "+"}) {
            std::string names = option.short_name() ? "-o" : "";
            if (option.short_name() && has_long) names += joiner;
            if (has_long) names += "--output";
            std::string argument = (has_long ? "=" : "") + metavar;
            if (is_optional) argument = "[" + argument + "]";
            CHECK(synopsis(option, joiner) == names + (has_long ? "" : " ") + argument);
            CHECK(synopsis(option, joiner, false) == names + (has_long ? "=" : ""));
        }
    }
    CHECK(count == 12);
}

TEST_CASE("records of the section follow each other without gaps", "[options][table]") {
    for (Table table : {OPTION_TABLE, VERB_TABLE}) {
        REQUIRE(table.first < table.end);
        const unsigned char* at = table.first;
        while (at < table.end) {
            Option record(at);
            REQUIRE(record.record_size_bytes() % 8 == 0);
            REQUIRE(record.record_size_bytes() >= sizeof(RecordHeader) + 6);
            Text details = record.details();
            CHECK(details.data()[details.size()] == 0);
            const char* end = details.data() + details.size() + 1;
            CHECK(reinterpret_cast<const unsigned char*>(end) <= at + record.record_size_bytes());
            at += record.record_size_bytes();
        }
        CHECK(at == table.end);
    }
}

TEST_CASE("other flags do not change a synopsis, display rows give their text",
          "[options][table]") {
    constexpr auto stopping = one_option('e', "exec", "CMD", "Help", stops_parsing);
    constexpr auto entry = one_option('e', "exec", "CMD", "Help", help_entry);
    constexpr auto verbatim = verbatim_record("-RR, or more", "Help");
    CHECK(synopsis(view(stopping)) == "-e --exec=CMD");
    CHECK(synopsis(view(entry)) == "-e --exec=CMD");
    CHECK(synopsis(view(verbatim)) == "-RR, or more");
    CHECK(synopsis(view(verbatim), "/", false) == "-RR, or more");
    constexpr auto positional = one_option(0, "(positional)", nullptr, nullptr, positional_entry);
    CHECK(synopsis(view(positional)) == "(positional)");
    constexpr auto flagged = one_option('e', "exec", "CMD", "Help", stops_parsing | optional_arg);
    CHECK(synopsis(view(flagged)) == "-e --exec[=CMD]");
}

TEST_CASE("a walk ends where its namespace ends", "[options][table]") {
    RecordTable records(one_option(0, "a", nullptr, "Help"), namespace_record("first"),
                        one_option(0, "b", nullptr, "Help"), namespace_record("second"),
                        namespace_record("third"), one_option(0, "c", nullptr, "Help"));
    Table table = records.table();
    CHECK(names_of({table}) == Words{"a"});
    CHECK(names_of({table, "first"}) == Words{"b"});
    CHECK(names_of({table, "second"}).empty());
    CHECK(names_of({table, "third"}) == Words{"c"});
    CHECK(names_of({table, "fourth"}).empty());
    CHECK(names_of({Table{}}).empty());
    CHECK(has_namespace(table, "second"));
    CHECK_FALSE(has_namespace(table, "a"));
    CHECK_FALSE(has_namespace(table, "firs"));
    CHECK_FALSE(find_long({table, "first"}, "a"));
    CHECK(find_long({table, "first"}, "b"));
    Scope scope{table, "first"};
    Option only = next_of(scope, {});
    REQUIRE(only);
    CHECK_FALSE(next_of(scope, only));
}

TEST_CASE("a walk knows the group of each record and keeps to those asked for",
          "[options][table]") {
    RecordTable records(one_option(0, "a", nullptr, "Help"), group_record("One"),
                        one_option(0, "b", nullptr, "Help"), group_record("Two"),
                        verbatim_record("row", "Help"), one_option(0, "c", nullptr, "Help"));
    Scope scope{records.table()};
    CHECK(names_of(scope) == Words{"a", "One/One", "One/b", "Two/Two", "Two/row", "Two/c"});
    CHECK(names_of(scope, true) == Words{"a", "One/b", "Two/c"});
    const char* const groups[] = {"Two", "Missing"};
    scope.groups = {groups, 2};
    CHECK(names_of(scope, true) == Words{"Two/c"});
    scope.groups = {groups, 0};
    CHECK(names_of(scope).empty());
}

TEST_CASE("metadata match no name, long or short", "[options][table]") {
    RecordTable records(group_record("group"), verbatim_record("verbatim", "Help"),
                        one_option('e', "entry", nullptr, "Help", help_entry),
                        one_option('p', "(positional)", nullptr, "Help", positional_entry));
    Scope scope{records.table()};
    for (const char* name : {"group", "verbatim", "entry", "(positional)", ""})
        CHECK_FALSE(find_long(scope, name));
    for (char name : {'e', 'p', '\0'}) CHECK_FALSE(find_short(scope, name));
}

TEST_CASE("names are found exactly", "[options][table]") {
    RecordTable records(one_option('a', "all", nullptr, "Help"),
                        one_option('A', nullptr, nullptr, "Help"));
    Scope scope{records.table()};
    CHECK(find_long(scope, "all"));
    for (const char* name : {"al", "alle", "All", "-all", ""}) CHECK_FALSE(find_long(scope, name));
    CHECK(find_short(scope, 'a') == find_long(scope, "all"));
    CHECK_FALSE(find_short(scope, 'A') == find_short(scope, 'a'));
    CHECK_FALSE(find_short(scope, 'b'));
}

TEST_CASE("two verbs that run when none is given are a mistake", "[options][table]") {
    RecordTable verbs(verb_record("list", nullptr, 0, 0, "List", default_verb),
                      verb_record("status", nullptr, 0, 0, "Status", default_verb),
                      namespace_record("remote"),
                      verb_record("show", nullptr, 0, 0, "Show", default_verb));
    Mistake mistake = find_mistake(verbs.table());
    CHECK(mistake.what == std::string("is a second verb that runs when none is given"));
    CHECK(mistake.option == verbs["status"]);
}

TEST_CASE("names that are declared twice are found", "[options][table]") {
    RecordTable fine(one_option('a', "all", nullptr, "Help"),
                     one_option('b', "big", nullptr, "Help"), namespace_record("other"),
                     one_option('a', "all", nullptr, "Help"));
    CHECK(find_mistake(fine.table()).what == nullptr);
    RecordTable long_twice(one_option('a', "all", nullptr, "Help"),
                           one_option('b', "all", nullptr, "Help"));
    CHECK(find_mistake(long_twice.table()).option.short_name() == 'b');
    RecordTable short_twice(one_option('a', "all", nullptr, "Help"),
                            one_option('a', nullptr, nullptr, "Help"));
    CHECK(find_mistake(short_twice.table()).option.name().is_empty());
}
