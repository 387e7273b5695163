// SPDX-License-Identifier: MIT
//
// The parser against getopt_long of the C library, on random command lines.
#include "options/option.h"
#include "options/option_parser.hpp"
#include "tests/catch.hpp"
#include "tests/options/command_line.hpp"
#include "tests/options/record_table.hpp"

#include <cstdlib>
#include <getopt.h>
#include <random>

// Ours has the same name and is no macro.
#undef optional_argument

using namespace kindling::options;

namespace {

const RecordTable& shared_table() {
    static const RecordTable records(
        one_option('a', "all", nullptr, "Flag"),
        one_option(0, "alpha", nullptr, "Shares a beginning"),
        one_option(0, "alp", "ARG", "And is one of another"),
        one_option('b', nullptr, nullptr, "Short only"),
        one_option('r', "required", "ARG", "With an argument"),
        one_option(0, "request", "ARG", "Shares a beginning"),
        one_option('o', "optional", "ARG", "Perhaps with one", optional_arg),
        one_option(0, "only-long", "ARG", "Perhaps with one", optional_arg),
        one_option('p', nullptr, "ARG", "Perhaps with one", optional_arg),
        one_option('q', nullptr, "ARG", "With an argument"),
        one_option('1', "one", nullptr, "A digit"), one_option(0, "z-hidden", nullptr, nullptr));
    return records;
}

/// What came of a command line. After an error nothing else is compared.
struct Outcome {
    Words events;
    Words positionals;
    bool has_failed = false;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

std::ostream& operator<<(std::ostream& to, const Outcome& outcome) {
    for (const std::string& each : outcome.events) to << '[' << each << ']';
    to << (outcome.has_failed ? " failed" : " then");
    for (const std::string& each : outcome.positionals) to << " [" << each << ']';
    return to;
}

Outcome parse(const Words& words, Mode mode) {
    CommandLine line(words);
    Parser parser(shared_table().table(), line.argc(), line.argv());
    parser.set_mode(mode);
    parser.set_abbreviations(Abbreviations::accept);
    Outcome outcome;
    FOREACH_OPTION(id, parser) {
        if (id != error_id) outcome.events.push_back(event_of(parser, id));
    }
    outcome.has_failed = parser.has_failed();
    outcome.positionals = positionals_of(parser);
    return outcome;
}

/// The same through the functions for C.
Outcome parse_in_c(const Words& words, Mode mode) {
    CommandLine line(words);
    Table table = shared_table().table();
    option_parser parser;
    option_parser_init(&parser, {table.first, table.end, false}, line.argc(), line.argv());
    option_parser_set_mode(&parser, static_cast<option_mode>(mode));
    option_parser_set_abbreviations(&parser, OPTION_ABBREVIATIONS_ACCEPT);
    Outcome outcome;
    while (int id = option_parser_next(&parser)) {
        if (id == error_id) continue;
        const char* argument = option_parser_argument(&parser);
        if (id == positional_id) {
            outcome.events.push_back(std::string("+") + argument);
            continue;
        }
        Option option(reinterpret_cast<const unsigned char*>(option_parser_option(&parser)));
        std::string name = option.has(has_long_name) ? option.name().data()
                                                     : std::string("-") + option.short_name();
        outcome.events.push_back(argument ? name + "=" + argument : name);
    }
    outcome.has_failed = option_parser_failed(&parser);
    const char* const* left = option_parser_get_args(&parser);
    outcome.positionals = {left, left + option_parser_get_n_args(&parser)};
    return outcome;
}

/// Words that must not move: as in the mode that returns positionals, whatever the mode.
Outcome parse_constant(const Words& words) {
    CommandLine line(words);
    Parser parser(shared_table().table(), line.argc(),
                  static_cast<const char* const*>(line.argv()));
    Outcome outcome;
    while (int id = parser.next())
        if (id != error_id) outcome.events.push_back(event_of(parser, id));
    outcome.has_failed = parser.has_failed();
    outcome.positionals = positionals_of(parser);
    return outcome;
}

/// The table in the C library's form. `val` is the number of the option, from 1000.
struct GetoptTable {
    std::vector<Option> options;
    std::vector<std::string> names;
    std::vector<::option> long_options;
    std::string short_options = ":";

    explicit GetoptTable(Mode mode) {
        if (mode == Mode::stop) short_options = "+:";
        if (mode == Mode::return_positional) short_options = "-:";
        Scope scope{shared_table().table()};
        for (Option each; (each = next_real_of(scope, each));) add(each);
        long_options.push_back({});
    }

    Option find(int id) const {
        if (id >= 1000) return options[static_cast<size_t>(id - 1000)];
        return find_short({shared_table().table()}, static_cast<char>(id));
    }

private:
    void add(Option each) {
        int argument = !each.has(takes_argument) ? no_argument
                       : each.has(optional_arg)  ? 2
                                                 : required_argument;
        if (each.has(has_long_name))
            long_options.push_back(
                {each.name().data(), argument, nullptr, 1000 + static_cast<int>(options.size())});
        options.push_back(each);
        if (!each.short_name()) return;
        short_options += each.short_name();
        short_options += std::string(static_cast<size_t>(argument), ':');
    }
};

Outcome parse_with_getopt(const Words& words, Mode mode) {
    GetoptTable table(mode);
    CommandLine line(words);
    Outcome outcome;
    optind = 0; // starts anew, with all its hidden state
    opterr = 0;
    for (;;) {
        int id = getopt_long(line.argc(), line.argv(), table.short_options.c_str(),
                             table.long_options.data(), nullptr);
        if (id == -1) break;
        if (id == '?' || id == ':') {
            outcome.has_failed = true;
            return outcome;
        }
        if (id == 1) {
            outcome.events.push_back(std::string("+") + optarg);
            continue;
        }
        Option option = table.find(id);
        std::string name = option.has(has_long_name) ? option.name().data()
                                                     : std::string("-") + option.short_name();
        outcome.events.push_back(optarg ? name + "=" + optarg : name);
    }
    outcome.positionals = {line.argv() + optind, line.argv() + line.argc()};
    return outcome;
}

/// Words that are likely to mean something.
class WordMaker {
public:
    explicit WordMaker(std::uint32_t seed) : random_(seed) {}

    Words words() {
        Words words(pick(9));
        for (std::string& word : words) word = this->word();
        return words;
    }

private:
    size_t pick(size_t count) { return random_() % count; }

    std::string letters(const char* from, size_t count_max) {
        std::string text(pick(count_max + 1), 0);
        for (char& c : text) c = from[pick(std::strlen(from))];
        return text;
    }

    std::string word() {
        static const char* const names[] = {"all",      "alpha",     "alp", "required", "request",
                                            "optional", "only-long", "one", "z-hidden", "option",
                                            "allx",     "",          "-",   "--"};
        switch (pick(10)) {
        case 0:
            return "--";
        case 1:
            return letters("-=ax", 3);
        case 2:
        case 3:
            return letters("wxyz", 3);
        case 4:
        case 5:
        case 6:
            return "-" + letters("aabbropq1=-x", 4);
        default:
            std::string name = names[pick(std::size(names))];
            if (pick(3) == 0) name.resize(std::min(name.size(), pick(6)));
            std::string argument = pick(3) == 0 ? "=" + letters("=-ax", 2) : "";
            return "--" + name + argument;
        }
    }

    std::mt19937 random_;
};

} // namespace

TEST_CASE("random command lines mean to the parser what they mean to getopt_long",
          "[options][getopt]") {
    unsetenv("POSIXLY_CORRECT");
    constexpr int lines = 300'000; // a third of them in each mode
    WordMaker maker(20261124);
    int failed = 0;
    size_t events = 0;
    for (int i = 0; i < lines; i++) {
        Words words = maker.words();
        Mode mode = static_cast<Mode>(i % 3);
        Outcome expected = parse_with_getopt(words, mode);
        Outcome found = parse(words, mode);
        if (!(found == expected)) {
            CAPTURE(i, i % 3, words);
            REQUIRE(found == expected);
        }
        if (i / 3 % 8 == 0) {
            CAPTURE(i, i % 3, words);
            REQUIRE(parse_in_c(words, mode) == expected);
            if (mode == Mode::return_positional) REQUIRE(parse_constant(words) == expected);
        }
        failed += expected.has_failed;
        events += expected.events.size();
    }
    // The lines are worth something: many end well, many badly, and most have options.
    CHECK(failed > lines / 10);
    CHECK(failed < lines * 9 / 10);
    CHECK(events > lines / 2);
}
