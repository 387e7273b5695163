// SPDX-License-Identifier: MIT
//
// Which options a loop knows, wherever it stands, and how it may be left.
#include "options/option_macros.h"
#include "options/option_parser.hpp"
#include "options/option_verb.hpp"
#include "tests/catch.hpp"
#include "tests/options/child.hpp"
#include "tests/options/command_line.hpp"

using namespace kindling::options;

namespace {

// The macros' labels are not expressions.
// clang-format off

/// The same short name as in the next function, another long one.
Words first(const Words& words) {
    Words seen;
    CommandLine line(words);
    Parser parser(OPTION_TABLE, line.argc(), line.argv());
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION('x', "first", nullptr, "Of the first"):
            seen.push_back("first");
            break;
        OPTION_ERROR:
            seen.push_back("error");
            break;
        }
    }
    return seen;
}

Words second(const Words& words) {
    Words seen;
    CommandLine line(words);
    Parser parser(OPTION_TABLE, line.argc(), line.argv());
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION('x', "second", "ARG", "Of the second"):
            seen.push_back(std::string("second=") + parser.argument());
            break;
        OPTION_ERROR:
            seen.push_back("error");
            break;
        }
    }
    return seen;
}

/// Without braces, behind an `if` and before its `else`.
Words without_braces(const Words& words, bool is_asked) {
    Words seen;
    CommandLine line(words);
    Parser parser(OPTION_TABLE, line.argc(), line.argv());
    if (is_asked)
        FOREACH_OPTION(option, parser)
            switch (option) {
            OPTION('x', "third", nullptr, "Of the third"):
                seen.push_back("third");
                break;
            }
    else
        seen.push_back("not asked");
    return seen;
}

class Program {
public:
    Words parse(const Words& words);

private:
    Words seen_;
};

Words Program::parse(const Words& words) {
    CommandLine line(words);
    Parser parser(OPTION_TABLE, line.argc(), line.argv());
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION('x', "member", nullptr, "Of the member function"):
            seen_.push_back("member");
            break;
        OPTION_ERROR:
            seen_.push_back("error");
            break;
        }
    }
    return seen_;
}

Words in_lambda(const Words& words) {
    auto parse = [](Parser& parser) {
        Words seen;
        FOREACH_OPTION(option, parser) {
            switch (option) {
            OPTION('x', "lambda", nullptr, "Of the lambda"):
                seen.push_back("lambda");
                break;
            OPTION_ERROR:
                seen.push_back("error");
                break;
            }
        }
        return seen;
    };
    CommandLine line(words);
    Parser parser(OPTION_TABLE, line.argc(), line.argv());
    return parse(parser);
}

/// A switch that stands in another function than the loop.
void take(int option, Words& seen) {
    switch (option) {
    OPTION_NAMESPACE("elsewhere"):
    OPTION('x', "elsewhere", nullptr, "Of a switch elsewhere"):
        seen.push_back("elsewhere");
        break;
    OPTION_ERROR:
        seen.push_back("error");
        break;
    }
}

Words with_named_parser(const Words& words) {
    Words seen;
    CommandLine line(words);
    Parser parser(OPTION_TABLE, line.argc(), line.argv(), "elsewhere");
    FOREACH_OPTION(option, parser) take(option, seen);
    return seen;
}

/// The inner parser reads what follows an option of the outer one.
Words nested(const Words& words) {
    Words seen;
    CommandLine line(words);
    Parser outer(OPTION_TABLE, line.argc(), line.argv());
    FOREACH_OPTION(option, outer) {
        switch (option) {
        OPTION('x', "outer", nullptr, "Of the outer loop"):
            seen.push_back("outer");
            break;
        OPTION('i', "inner", "WORD", "Is read by an inner loop"): {
            CommandLine more({outer.argument(), "-y"});
            Parser inner(OPTION_TABLE, more.argc(), more.argv());
            FOREACH_OPTION(inner_option, inner) {
                switch (inner_option) {
                OPTION('x', "deep", nullptr, "Of the inner loop"):
                    seen.push_back("deep");
                    break;
                OPTION('y', "deeper", nullptr, "Too"):
                    seen.push_back("deeper");
                    break;
                OPTION_ERROR:
                    seen.push_back("inner error");
                    break;
                }
            }
            break;
        }
        OPTION_ERROR:
            seen.push_back("error");
            break;
        }
    }
    return seen;
}

struct Left {
    Words seen;
    std::string next; ///< what another loop over the same parser gets
    Words positionals;
};

Left leave(const Words& words) {
    Left left;
    CommandLine line(words);
    Parser parser(OPTION_TABLE, line.argc(), line.argv());
    bool is_left = false;
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION('x', "extra", nullptr, "Go on"):
            left.seen.push_back("extra");
            break;
        OPTION('l', "leave", nullptr, "Leave the loop"):
            left.seen.push_back("leave");
            is_left = true;
            break;
        OPTION('s', "skip", nullptr, "Go on with the next"):
            continue;
        OPTION_ERROR:
            left.seen.push_back("error");
            break;
        }
        if (is_left) break;
    }
    // The options stay those of the first loop.
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION('x', "of-another-loop", nullptr, "Never seen"):
            left.seen.push_back("of another loop");
            break;
        }
        left.next += event_of(parser, option) + " ";
    }
    left.positionals = positionals_of(parser);
    return left;
}

ParseError return_early(const Words& words, Words& seen, bool is_asked = true) {
    CommandLine line(words);
    Parser parser(OPTION_TABLE, line.argc(), line.argv());
    if (is_asked)
        FOREACH_OPTION_OR_RETURN(option, parser)
            switch (option) {
            OPTION('x', "early", nullptr, "Is seen"):
                seen.push_back("early");
                break;
            }
    else
        seen.push_back("not asked");
    seen.push_back("end");
    return {};
}

/// A name of the loop's options that code outside can use.
Words named_in_loop(const Words& words, const char* name) {
    Words seen;
    CommandLine line(words);
    Parser parser(OPTION_TABLE, line.argc(), line.argv(), name);
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION_NAMESPACE("named-loop"):
        OPTION('x', "named", nullptr, "Of the named"):
            seen.push_back("named");
            break;
        OPTION_ERROR:
            seen.push_back("error");
            break;
        }
    }
    return seen;
}
// clang-format on

} // namespace

TEST_CASE("each loop knows its own options only, without any name", "[options][loop]") {
    CHECK(first({"-x", "--first"}) == Words{"first", "first"});
    CHECK(first({"--second=x"}) == Words{"error"});
    CHECK(second({"-xy", "--second=z"}) == Words{"second=y", "second=z"});
    CHECK(second({"--first"}) == Words{"error"});
    CHECK(first({"--f"}) == Words{"first"});
    CHECK(first({"--elsewhere"}) == Words{"error"});
    CHECK(first({"--member"}) == Words{"error"});
}

TEST_CASE("a loop may stand in a lambda, a member function, and behind an if", "[options][loop]") {
    CHECK(in_lambda({"-x", "--lambda"}) == Words{"lambda", "lambda"});
    CHECK(in_lambda({"--member"}) == Words{"error"});
    CHECK(Program().parse({"-x", "--member"}) == Words{"member", "member"});
    CHECK(Program().parse({"--lambda"}) == Words{"error"});
    CHECK(without_braces({"-x"}, true) == Words{"third"});
    CHECK(without_braces({"-x"}, false) == Words{"not asked"});
}

TEST_CASE("a switch in another function shares a name with its parser", "[options][loop]") {
    CHECK(with_named_parser({"-x", "--elsewhere"}) == Words{"elsewhere", "elsewhere"});
    CHECK(with_named_parser({"--first"}) == Words{"error"});
    CHECK(named_in_loop({"-x", "--named"}, "named-loop") == Words{"named", "named"});
    // Without the name there is nothing that the parser could take.
    ChildResult child = run_in_child([] {
        named_in_loop({"--named"}, nullptr);
        return 0;
    });
    CHECK(child.was_stopped);
    CHECK(child.output == "option parser: its switch has another OPTION_NAMESPACE or "
                          "VERB_NAMESPACE than it names\n");
}

TEST_CASE("loops nest, each with its parser", "[options][loop]") {
    CHECK(nested({"-x", "--inner=-x", "-x"}) == Words{"outer", "deep", "deeper", "outer"});
    CHECK(nested({"-i--outer"}) == Words{"inner error"});
    CHECK(nested({"--deep"}) == Words{"error"});
}

TEST_CASE("a loop may be left and another goes on where it was", "[options][loop]") {
    Left left = leave({"-x", "a", "-sl", "b", "-x", "--extra", "c"});
    CHECK(left.seen == Words{"extra", "leave"});
    CHECK(left.next == "extra extra ");
    CHECK(left.positionals == Words{"a", "b", "c"});
    left = leave({"-lx"});
    CHECK(left.next == "extra ");
    left = leave({"-x", "--wrong", "-x"});
    CHECK(left.seen == Words{"extra", "error"});
    CHECK(left.next.empty());
    CHECK(left.positionals.empty());
    left = leave({"-l", "--of-another-loop"});
    CHECK(left.next == "error ");
}

TEST_CASE("a loop may return from its function at a wrong word", "[options][loop]") {
    Words seen;
    CHECK(return_early({"-x"}, seen).kind == ErrorKind::none);
    CHECK(seen == Words{"early", "end"});
    seen.clear();
    CHECK(return_early({"-x", "--wrong", "-x"}, seen).kind == ErrorKind::unknown);
    CHECK(seen == Words{"early"});
    seen.clear();
    CHECK(return_early({"--wrong"}, seen, false).kind == ErrorKind::none);
    CHECK(seen == Words{"not asked", "end"});
}

TEST_CASE("without a loop a parser has the options of its name", "[options][loop]") {
    CommandLine line({"-x", "w", "--elsewhere"});
    Parser parser(OPTION_TABLE, line.argc(), line.argv(), "elsewhere");
    CHECK(event_of(parser, parser.next()) == "elsewhere");
    CHECK(event_of(parser, parser.next()) == "elsewhere");
    CHECK(parser.next() == done_id);
    CHECK(positionals_of(parser) == Words{"w"});
    ChildResult child = run_in_child([&] {
        Parser unnamed(OPTION_TABLE, line.argc(), line.argv());
        return unnamed.next();
    });
    CHECK(child.was_stopped);
}
