#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Declarations that could not work do not compile, and the message says which one and why.

    python3 tests/options/compile_fail_test.py [NAME]     only the cases whose name has that in it

Each case is a pair of declarations that differ in one place: the first must be refused, the second
must compile without a word under many warnings. Both are cases of a switch, in C and in C++.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Wimplicit-fallthrough",
            "-Wundef", "-Werror"]
COMPILERS = {
    "g++": ["g++", "-std=c++20", "-x", "c++"],
    "clang++": ["clang++", "-std=c++20", "-x", "c++"],
    "gcc": ["gcc", "-std=c11", "-x", "c"],
    "clang": ["clang", "-std=c11", "-x", "c"],
}
CPP, C, BOTH = ("g++", "clang++"), ("gcc", "clang"), ("g++", "clang++", "gcc", "clang")

TWICE = "duplicate case value"
NAME = "lower.case.letters.*digits.*and.*dashes"
LONG = "name.*is.too.long"
SHORT = "short.option.must.be.printable"
NOTHING = "neither.a.short.nor.a.long.name"
EMPTY_METAVAR = "metavar.*must.not.be.empty"
FLAGS = "flags.*exclude.each.other"
HELP = "help.must.not.end.in.a.period"
UTF_8 = "help.is.no.valid.utf.8"
SYNOPSIS = "synopsis.*is.too.long"
METAVAR_OF_TYPE = "type.*needs.a.metavar"
TYPE = "type.is.unknown.or.has.wrong.bounds"
COUNTS = "counts.*wrong.way.round"


def option(name):
    """The declaration of a long option of that name, as a C literal."""
    return f'OPTION_LONG("{name}", NO, "Help")'


def helped(text):
    return f'OPTION_LONG("shown", NO, "{text}")'


def flagged(flags):
    return f'OPTION_FULL({flags}, 0, "flagged", NO, "Help")'


def typed(kind):
    return f'OPTION_LONG_TYPED("typed", "ARG", "{kind}", "Help")'


# name | what must not compile | its twin that must | the message | compilers
CASES = [
    ("long name twice", [option("size"), option("size")], [option("size"), option("sizes")],
     TWICE, BOTH),
    ("short name twice", ["OPTION_SHORT('a', NO, \"One\")", "OPTION_SHORT('a', NO, \"Two\")"],
     ["OPTION_SHORT('a', NO, \"One\")", "OPTION_SHORT('b', NO, \"Two\")"], TWICE, BOTH),
    ("short names of two long ones", ["OPTION('a', \"one\", NO, \"One\")",
                                      "OPTION('a', \"two\", NO, \"Two\")"],
     ["OPTION('a', \"one\", NO, \"One\")", "OPTION('b', \"two\", NO, \"Two\")"], TWICE, BOTH),
    ("long name twice in two groups",
     ['OPTION_GROUP("One")', option("size"), 'OPTION_GROUP("Two")', option("size")],
     ['OPTION_GROUP("One")', option("size"), 'OPTION_GROUP("Two")', option("resize")],
     TWICE, BOTH),
    ("short name twice in two groups",
     ['OPTION_GROUP("One")', "OPTION_SHORT('a', NO, \"One\")", 'OPTION_GROUP("Two")',
      "OPTION('a', \"all\", NO, \"Two\")"],
     ['OPTION_GROUP("One")', "OPTION_SHORT('a', NO, \"One\")", 'OPTION_GROUP("Two")',
      "OPTION('b', \"all\", NO, \"Two\")"], TWICE, BOTH),
    ("alias with the name of an option", [option("size"), 'OPTION_ALIAS(0, "size", "size")'],
     [option("size"), 'OPTION_ALIAS(0, "length", "size")'], TWICE, BOTH),
    ("shared option twice", ["OPTION_COMMON_HELP", "OPTION('h', \"host\", NO, \"Host\")"],
     ["OPTION_COMMON_HELP", "OPTION('H', \"host\", NO, \"Host\")"], TWICE, BOTH),
    ("verb twice", ['VERB_NOARG("list", "List")', 'VERB_NOARG("list", "List")'],
     ['VERB_NOARG("list", "List")', 'VERB_NOARG("lists", "List")'], TWICE, BOTH),
    ("verb alias with the name of a verb", ['VERB_NOARG("list", "List")',
                                            'VERB_ALIAS("list", "list")'],
     ['VERB_NOARG("list", "List")', 'VERB_ALIAS("ls", "list")'], TWICE, BOTH),

    ("upper case", [option("Size")], [option("size")], NAME, BOTH),
    ("upper case inside", [option("siZe")], [option("size")], NAME, BOTH),
    ("blank in a name", [option("two words")], [option("two-words")], NAME, BOTH),
    ("underscore", [option("two_words")], [option("two-words")], NAME, BOTH),
    ("leading dash", [option("-size")], [option("size")], NAME, BOTH),
    ("equals sign", [option("size=")], [option("size")], NAME, BOTH),
    ("empty name", [option("")], [option("s")], NAME, BOTH),
    ("name that is not ASCII", [option("größe")], [option("groesse")], NAME, BOTH),
    ("name of 49 bytes", [option("x" * 49)], [option("x" * 48)], LONG, BOTH),
    ("name of 300 bytes", [option("x" * 300)], [option("x" * 30)], LONG, BOTH),
    ("verb in upper case", ['VERB_NOARG("List", "List")'], ['VERB_NOARG("list", "List")'],
     NAME, BOTH),
    ("verb with a blank", ['VERB_NOARG("list all", "List")'], ['VERB_NOARG("list-all", "List")'],
     NAME, BOTH),
    ("alias in upper case", ['OPTION_ALIAS(0, "Size", "size")'],
     ['OPTION_ALIAS(0, "size", "size")'], NAME, BOTH),
    ("dash as short name", ["OPTION_SHORT('-', NO, \"Help\")"],
     ["OPTION_SHORT('+', NO, \"Help\")"], SHORT, BOTH),
    ("equals sign as short name", ["OPTION_SHORT('=', NO, \"Help\")"],
     ["OPTION_SHORT('e', NO, \"Help\")"], SHORT, BOTH),
    ("blank as short name", ["OPTION_SHORT(' ', NO, \"Help\")"],
     ["OPTION_SHORT('b', NO, \"Help\")"], SHORT, BOTH),
    ("control as short name", ["OPTION_SHORT('\\n', NO, \"Help\")"],
     ["OPTION_SHORT('n', NO, \"Help\")"], SHORT, BOTH),
    ("delete as short name", ["OPTION_SHORT('\\x7f', NO, \"Help\")"],
     ["OPTION_SHORT('\\x7e', NO, \"Help\")"], SHORT, BOTH),
    ("short name that is not ASCII", ["OPTION_SHORT('\\xe4', NO, \"Help\")"],
     ["OPTION_SHORT('\\x64', NO, \"Help\")"], SHORT, BOTH),
    ("no name", ['OPTION_FULL(0, 0, NO, NO, "Help")'], ["OPTION_FULL(0, 'x', NO, NO, \"Help\")"],
     NOTHING, BOTH),
    ("group without a title", ['OPTION_GROUP("")'], ['OPTION_GROUP("One")'],
     "marker.*needs.a.name", BOTH),
    ("namespace without a name", ['OPTION_NAMESPACE("")'], ['OPTION_NAMESPACE("one")'],
     "marker.*needs.a.name", BOTH),

    ("empty metavar", ['OPTION_LONG("file", "", "Help")'], ['OPTION_LONG("file", "F", "Help")'],
     EMPTY_METAVAR, BOTH),
    ("optional argument without metavar",
     ['OPTION_LONG_FLAGS(OPTION_OPTIONAL_ARG, "file", NO, "Help")'],
     ['OPTION_LONG_FLAGS(OPTION_OPTIONAL_ARG, "file", "F", "Help")'],
     "optional.argument.needs.a.metavar", BOTH),
    ("type without metavar", ['OPTION_LONG_TYPED("typed", NO, "int", "Help")'],
     ['OPTION_LONG_TYPED("typed", "N", "int", "Help")'], METAVAR_OF_TYPE, BOTH),
    ("unknown type", [typed("sizes")], [typed("size")], TYPE, CPP),
    ("empty type", [typed("")], [typed("text")], TYPE, BOTH),
    ("list of an unknown type", [typed("numbers,")], [typed("uint,")], TYPE, CPP),
    ("range without numbers", [typed("uint:a..b")], [typed("uint:1..2")], TYPE, CPP),
    ("range the wrong way round", [typed("int:5..-5")], [typed("int:-5..5")], TYPE, CPP),
    ("range below a type", [typed("uint:-1..5")], [typed("uint:1..5")], TYPE, CPP),
    ("unknown unit of a duration", [typed("duration:parsec")], [typed("duration:min")], TYPE, CPP),
    ("parameter of a type without any", [typed("bool:x")], [typed("bool")], TYPE, CPP),
    ("value twice", [typed("one|two|one")], [typed("one|two|six")], TYPE, CPP),
    ("value without a name", [typed("one||two")], [typed("one|or|two")], TYPE, CPP),
    ("dynamic value of nothing", [typed("dynamic:")], [typed("dynamic:entry")], TYPE, CPP),
    ("unknown type of a verb", ['VERB_TYPED("show", "NAME N", "text;number", 2, 2, "Help")'],
     ['VERB_TYPED("show", "NAME N", "text;uint", 2, 2, "Help")'], TYPE, CPP),

    ("optional group",
     ['OPTION_FULL(OPTION_GROUP_MARKER | OPTION_OPTIONAL_ARG, 0, "One", "A", NO)'],
     ['OPTION_FULL(OPTION_GROUP_MARKER, 0, "One", NO, NO)'], FLAGS, BOTH),
    ("group that stops", [flagged("OPTION_GROUP_MARKER | OPTION_STOPS_PARSING")],
     [flagged("OPTION_STOPS_PARSING")], FLAGS, BOTH),
    ("group and positional", [flagged("OPTION_GROUP_MARKER | OPTION_POSITIONAL_ENTRY")],
     [flagged("OPTION_POSITIONAL_ENTRY")], FLAGS, BOTH),
    ("two default verbs",
     ['VERB_DEFAULT("list", NO, 0, 0, "A")', 'VERB_DEFAULT("show", NO, 0, 0, "B")'],
     ['VERB_DEFAULT("list", NO, 0, 0, "A")', 'VERB("show", NO, 0, 0, "B")'], TWICE, BOTH),
    ("option that is online only", [flagged("VERB_ONLINE_ONLY")], [flagged("OPTION_REPEATABLE")],
     FLAGS, BOTH),
    ("option that requires one", [flagged("VERB_OPTION_REQUIRED")], [flagged("OPTION_REPEATABLE")],
     FLAGS, BOTH),
    ("alias that is online only",
     ['VERB_FULL(OPTION_IS_ALIAS | VERB_ONLINE_ONLY, "list", NO, 0, 0, "show", 0, NO)'],
     ['VERB_FULL(VERB_ONLINE_ONLY | VERB_OPTION_REQUIRED, "list", NO, 0, 0, NO, 0, NO)'], FLAGS,
     BOTH),
    ("verb with verbs that is online only",
     ['VERB_FULL(OPTION_HAS_VERBS | VERB_ONLINE_ONLY, "list", "V", 1, 2, NO, 0, NO)'],
     ['VERB_FULL(OPTION_HAS_VERBS, "list", "V", 1, 2, NO, 0, NO)'], FLAGS, BOTH),
    ("verb that stops", ['VERB_FULL(OPTION_STOPS_PARSING, "list", NO, 0, 0, NO, 0, "Help")'],
     ['VERB_FULL(OPTION_DEFAULT_VERB, "list", NO, 0, 0, NO, 0, "Help")'], FLAGS, BOTH),
    ("default option", [flagged("OPTION_DEFAULT_VERB")], [flagged("OPTION_REPEATABLE")],
     FLAGS, BOTH),
    ("option with verbs", [flagged("OPTION_HAS_VERBS")], [flagged("OPTION_REPEATABLE")],
     FLAGS, BOTH),
    ("option that stops and repeats", [flagged("OPTION_STOPS_PARSING | OPTION_REPEATABLE")],
     [flagged("OPTION_STOPS_PARSING")], FLAGS, BOTH),
    ("help row that repeats", [flagged("OPTION_HELP_ENTRY | OPTION_REPEATABLE")],
     [flagged("OPTION_HELP_ENTRY")], FLAGS, BOTH),
    ("option that is a verb", [flagged("OPTION_IS_VERB")], [flagged("OPTION_REPEATABLE")],
     FLAGS, BOTH),
    ("option that is a command", [flagged("OPTION_IS_COMMAND")], [flagged("OPTION_REPEATABLE")],
     FLAGS, BOTH),
    ("flag of the macros' own", [flagged("OPTION_TAKES_ARGUMENT")], [flagged("0")], FLAGS, BOTH),
    ("flag that does not exist", [flagged("1 << 20")], [flagged("1 << 8")], FLAGS, BOTH),
    ("verb that is a command", ['VERB_FULL(OPTION_IS_COMMAND, "list", NO, 0, 0, NO, 0, "Help")'],
     ['VERB_FULL(OPTION_DEFAULT_VERB, "list", NO, 0, 0, NO, 0, "Help")'], FLAGS, BOTH),
    ("verb that repeats", ['VERB_FULL(OPTION_REPEATABLE, "list", NO, 0, 0, NO, 0, "Help")'],
     ['VERB_FULL(OPTION_DEFAULT_VERB, "list", NO, 0, 0, NO, 0, "Help")'], FLAGS, BOTH),
    ("group with a short name", ["OPTION_FULL(OPTION_GROUP_MARKER, 'g', \"One\", NO, NO)"],
     ['OPTION_FULL(OPTION_GROUP_MARKER, 0, "One", NO, NO)'], "marker.*nothing.else", BOTH),
    ("group with a metavar", ['OPTION_FULL(OPTION_GROUP_MARKER, 0, "One", "N", NO)'],
     ['OPTION_FULL(OPTION_GROUP_MARKER, 0, "One", NO, NO)'], "marker.*nothing.else", BOTH),
    ("alias of nothing", [flagged("OPTION_IS_ALIAS")], [flagged("OPTION_REPEATABLE")],
     "alias.needs.a.target", BOTH),
    ("namespace of 49 bytes", [f'OPTION_NAMESPACE("{"x" * 49}")'],
     [f'OPTION_NAMESPACE("{"x" * 48}")'], "name.of.a.namespace.is.too.long", C),

    ("help with a period", [helped("Show it.")], [helped("Show it")], HELP, BOTH),
    ("help with a line break", [helped("Show\\nit")], [helped("Show it")], HELP, BOTH),
    ("help with a tab", [helped("Show\\tit")], [helped("Show it")], HELP, BOTH),
    ("help with two blanks", [helped("Show  it")], [helped("Show it")], HELP,
     ("g++", "clang++", "gcc")),
    ("empty help", [helped("")], [helped("S")], HELP, BOTH),
    ("help of a verb with a period", ['VERB_NOARG("list", "List.")'],
     ['VERB_NOARG("list", "List")'], HELP, BOTH),
    ("help that is no UTF-8", [helped("Show \\xff")], [helped("Show \\x7e")], UTF_8, CPP),
    ("help that is cut", [helped("Show \\xe2\\x82")], [helped("Show \\xe2\\x82\\xac")], UTF_8, CPP),
    ("help that is overlong", [helped("Show \\xe0\\x80\\xaf")], [helped("Show \\xe0\\xa0\\xaf")],
     UTF_8, CPP),
    ("help with half a character", [helped("Show \\xed\\xa0\\x80")],
     [helped("Show \\xed\\x9f\\x80")], UTF_8, CPP),
    ("synopsis of 57 bytes", [f'OPTION_LONG("{"n" * 30}", "{"M" * 27}", "Help")'],
     [f'OPTION_LONG("{"n" * 30}", "{"M" * 26}", "Help")'], SYNOPSIS, BOTH),

    ("counts the wrong way round", ['VERB("show", "NAME", 2, 1, "Show")'],
     ['VERB("show", "NAME", 1, 2, "Show")'], COUNTS, BOTH),
    ("count of 65536", ['VERB("show", "NAME", 1, 65536, "Show")'],
     ['VERB("show", "NAME", 1, 65535, "Show")'], "counts.*are.too.large", BOTH),
    ("synopsis of no arguments", ['VERB("show", "NAME", 0, 0, "Show")'],
     ['VERB("show", "NAME", 0, 1, "Show")'], "synopsis.of.arguments.that.it.does.not.take", BOTH),
]

IN_TEMPLATE = "must not stand in templates"
OUTER = {
    "template": ("template <class T> void take(T option) { %s } template void take(int);",
                 "void take(int option) { %s }", IN_TEMPLATE, CPP),
    "member of a template":
        ("template <class T> struct Taker { void take(int option) { %s } };"
         " template struct Taker<int>;",
         "struct Taker { void take(int option); }; void Taker::take(int option) { %s }",
         IN_TEMPLATE, CPP),
    "lambda in a template":
        ("template <class T> void take(T) { [](int option) { %s }(1); } template void take(int);",
         "void take(int) { [](int option) { %s }(1); }", IN_TEMPLATE, ("g++",)),
    "lambda in a generic lambda":
        ("void take(int value) { [](auto) { [](int option) { %s }(1); }(value); }",
         "void take(int value) { [](int) { [](int option) { %s }(1); }(value); }",
         IN_TEMPLATE, ("g++",)),
    "generic lambda": ("void take(int value) { [](auto option) { %s }(value); }",
                       "void take(int value) { [](int option) { %s }(value); }",
                       IN_TEMPLATE, CPP),
    "inline function beside an ordinary one":
        ("inline void take(int option) { %s } void other(int option) { take(option); %s }",
         "void take(int option) { %s } void other(int option) { take(option); %s }",
         "section type conflict", ("g++",)),
}


def source_of(compiler, outer, bodies):
    is_cpp = compiler in CPP
    functions = "\n".join(outer % ((body,) * outer.count("%s")) for body in bodies)
    return (f'#include "options/option.h{"pp" if is_cpp else ""}"\n'
            f'#define NO {"nullptr" if is_cpp else "NULL"}\n'
            "void seen(int what);\n" + functions + "\n")


def switch_of(declarations):
    cases = "\n".join(f"{each}:\n    seen({n});\n    break;" for n, each in enumerate(declarations))
    return f"switch (option) {{\n{cases}\n}}"


def compile_source(compiler, text, extra=()):
    """Exit status and what the compiler says."""
    with tempfile.NamedTemporaryFile("w", suffix=".source") as file:
        file.write(text)
        file.flush()
        done = subprocess.run([*COMPILERS[compiler], *WARNINGS, *extra, "-I", str(ROOT), "-c",
                               file.name, "-o", "/dev/null"], capture_output=True, text=True,
                              errors="replace", stdin=subprocess.DEVNULL)
    return done.returncode, done.stderr + done.stdout


class Results:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def note(self, name, complaint):
        if complaint:
            print(f"FAILED: {name}: {complaint}")
        self.failed += bool(complaint)
        self.passed += not complaint


def is_shown(declarations, said):
    """True if the message has the source of the last declaration, or its place and its names."""
    last = declarations[-1]
    if last.split(",")[0] in said:
        return True
    line = 6 + 3 * (len(declarations) - 1)
    names = re.findall(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'', last.split('"Help"')[0])
    # GCC shows other than plain characters in its own way.
    is_plain = all(re.fullmatch(r"[ -\[\]-~]*", each) for each in names)
    has_name = not names or not is_plain or any(each in said for each in names)
    return f".source:{line}:" in said and has_name


def complaint_about_refusal(compiler, outer, declarations, message):
    """Why the refusal is not as it should be; an empty text if it is."""
    body = switch_of(declarations)
    status, said = compile_source(compiler, source_of(compiler, outer, [body]))
    if status == 0:
        return "it compiles"
    if not re.search(message, said.replace("_", " ")):
        return f"nothing says '{message}':\n{said[:1500]}"
    if not is_shown(declarations, said):
        return f"the declaration is not shown:\n{said[:1500]}"
    return ""


def check_cases(results, wanted):
    in_c = "void take(int option);\nvoid take(int option) {{ %s }}".replace("{{", "{")
    in_c = in_c.replace("}}", "}")
    for name, bad, good, message, compilers in CASES:
        if wanted not in name:
            continue
        for compiler in compilers:
            results.note(f"{name}, {compiler}",
                         complaint_about_refusal(compiler, in_c, bad, message))
    for compiler in COMPILERS:
        twins = [(name, good) for name, _, good, _, compilers in CASES
                 if compiler in compilers and wanted in name]
        for number, (name, good) in enumerate(twins):
            function = f"void take_{number}(int option);\nvoid take_{number}(int option) {{ %s }}"
            twins[number] = (name, source_of(compiler, function, [switch_of(good)]))
        check_twins(results, compiler, twins)


def check_twins(results, compiler, twins):
    """All at once, and one by one only to find the culprit."""
    parts = [text.split("void seen(int what);\n") for _, text in twins]
    if not parts:
        return
    whole = parts[0][0] + "void seen(int what);\n" + "".join(part[1] for part in parts)
    status, said = compile_source(compiler, whole)
    if status == 0 and not said:
        results.passed += len(twins)
        return
    for name, text in twins:
        status, said = compile_source(compiler, text)
        results.note(f"twin of {name}, {compiler}", said[:1500] if status or said else "")


def check_places(results, wanted):
    for name, (bad, good, message, compilers) in OUTER.items():
        if wanted not in name:
            continue
        declarations = [option("size")]
        for compiler in compilers:
            results.note(f"{name}, {compiler}",
                         complaint_about_refusal(compiler, bad, declarations, message))
            status, said = compile_source(compiler, source_of(compiler, good,
                                                              [switch_of(declarations)]),
                                          ["-Wno-missing-declarations"])
            results.note(f"twin of {name}, {compiler}", said[:1500] if status or said else "")


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    results = Results()
    check_cases(results, wanted)
    check_places(results, wanted)
    print(f"{results.passed} passed, {results.failed} failed")
    return 1 if results.failed else 0


if __name__ == "__main__":
    sys.exit(main())
