#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks what a compiler does not: include arrows, sizes, banned words, form of files.

    python3 tests/tidy.py [TREE]     one line per violation; exit status 1 if there is any

docs/architecture.md explains the arrows.
"""

import ast
import os
import pathlib
import re
import sys

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 60
COLUMNS_MAX = {".py": 100}  # clang-format looks after the others

# Folder -> folders whose headers it may include, besides its own.
ARROWS = {
    "base": set(),
    "cpio": {"base"},
    "core": {"base", "cpio"},
    "boot": {"base", "cpio", "core"},
    "efi": {"base", "cpio", "core"},
    "host": {"base"},
    "options": set(),
    "fiber": {"base", "host"},
    "bootctl": {"base", "cpio", "core", "host", "options", "fiber"},
    "examples": {"base", "host", "options", "fiber"},
}
# Files that do not follow their folder's row, and what they may include on top.
WIRING = [
    (re.compile(r"cpio/(main|tool\w*)\.[ch]pp"), {"host", "options"}),
    (re.compile(r"boot/main\.cpp"), {"efi"}),
]
# Files of freestanding folders that are built for the host only.
HOSTED = re.compile(r"base/assert_abort\.cpp|cpio/(main|tool\w*)\.[ch]pp")

FREESTANDING = {"base", "cpio", "core", "boot", "efi"}
STANDARD_SUBSET = set("""algorithm array bit charconv compare concepts cstddef cstdint deque
    initializer_list iterator limits memory new optional span string string_view type_traits
    utility variant vector""".split())
FIRMWARE_HEADER = re.compile(r"efi\w*\.h|protocol/\w+\.h")

BANNED = [
    (re.compile(r"\b(throw|try|catch|dynamic_cast|typeid)\b"), "uses {0}: errors are values"),
    (re.compile(r"\bshared_ptr\b"), "uses {0}: one owner"),
    # A unique_ptr around a private constructor owns on the same line.
    (re.compile(r"^(?!.*unique_ptr)[^\n]*?(?<!operator )\b(new)\s+[A-Za-z_:]", re.M),
     "has a naked {0}"),
    (re.compile(r"(?<!= )(?<!operator )\b(delete)\b(?!\s*;)"), "has a naked {0}"),
]
# A bridge to a library that reports with exceptions.
EXCEPTIONS = re.compile(r"options/option_cli11\w*\.hpp")
PRINTING = re.compile(r"\b(printf|fprintf|puts|fputs|putchar|std::cout|std::cerr)\b")
MACROS = re.compile(r"^\s*#\s*define\s+(\w+)", re.M)
MACRO_FILES = re.compile(r"base/result\.hpp|options/.*")
STEMS = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}

# Programs read their command lines with options/. So nothing else that does is in the tree, but for
# the bridge, the peers that ours is compared with, and programs that show how to move.
OTHER_PARSER_INCLUDES = re.compile(
    r"^[ \t]*#[ \t]*include[ \t]*[<\"]((?:getopt|argp|popt)\.h|CLI/[^>\"]+|CLI11\.hpp|cxxopts\.hpp"
    r"|(?:\w+/)*option_cli11\w*\.hpp|boost/program_options[^>\"]*)[>\"]", re.M)
OTHER_PARSER_CALLS = re.compile(r"\b(getopt|getopt_long|getopt_long_only|argp_parse"
                                r"|poptGetContext)\s*\(")
OTHER_PARSER_IMPORTS = re.compile(r"^[ \t]*(?:import|from)\b[^#\n]*\b(argparse|optparse|getopt)\b",
                                  re.M)
OTHER_PARSER_WORDS = re.compile(
    r"^[^#\n]*\bsys\.argv\b[^\n]*(?:== *|partition\(|index\()[\"'](--?[\w-]+)", re.M)
OTHER_PARSER_COMMANDS = re.compile(r"^[^#\n]*\b(getopts?)\b", re.M)
OTHER_PARSERS_NEEDED = {
    "examples/hello_getopt.c",
    "examples/repeat_first_step.cpp",
    "examples/repeat_last_step.cpp",
    "options/option_cli11.hpp",
    "options/option_cli11_fault.hpp",
    "options/option_cli11_replay.hpp",
    "options/option_cli11_served.hpp",
    "tests/bench/options/with_cli11.cpp",
    "tests/bench/options/with_getopt.cpp",
    "tests/options/getopt_model_test.cpp",
    "tests/options/option_cli11_test.cpp",
}

# What belongs to one person's machine and not into a tree that others clone.
PLACES = re.compile(r"(?<![\w.])/(work|home)/\w|/tmp/[a-z]+/[a-z]|\bmirrors?\.\w+\.\w"
                    r"|\bdeb\.debian\.org")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")

SOURCES = {".cpp", ".hpp", ".c", ".h"}
SCRIPTS = {".py", ".sh"}
BINARY_FOLDERS = ("tests/data/", "tests/fuzz/corpus/")


def without_comments(text):
    """C++ text with comments and string contents blanked; line numbers stay."""
    def blank(match):
        found = match[0]
        if found[0] == "/":
            return re.sub(r"[^\n]", " ", found)
        return found[0] + re.sub(r"[^\n]", " ", found[1:-1]) + found[-1]
    pattern = (r'//[^\n]*|/\*.*?\*/|R"(?P<mark>\w*)\(.*?\)(?P=mark)"'
               r'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'(?!\w)')
    return re.sub(pattern, blank, text, flags=re.S)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def check_includes(path, text):
    folder = path.split("/")[0]
    allowed = ARROWS[folder] | {folder}
    for pattern, more in WIRING:
        if pattern.fullmatch(path):
            allowed = allowed | more
    for match in re.finditer(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', text, re.M):
        line, header = line_of(text, match.start(2)), match[2]
        if match[1] == '"':
            target = header.split("/")[0] if "/" in header else "."
            if target not in allowed:
                yield line, f"{folder}/ must not include \"{header}\""
        elif folder in FREESTANDING and not HOSTED.fullmatch(path):
            if folder == "efi" and FIRMWARE_HEADER.fullmatch(header):
                continue
            if header not in STANDARD_SUBSET:
                yield line, f"<{header}> is not in the freestanding subset"


def check_words(path, text):
    code = without_comments(text)
    for pattern, message in BANNED:
        for match in pattern.finditer(code):
            word = match[1] if match.groups() else match[0]
            if word in ("throw", "try", "catch") and EXCEPTIONS.fullmatch(path):
                continue
            yield line_of(code, match.start()), message.format(word)
    folder = path.split("/")[0]
    if folder in FREESTANDING and not HOSTED.fullmatch(path) and path != "boot/main.cpp":
        for match in PRINTING.finditer(code):
            yield line_of(code, match.start()), f"prints with {match[1]}: only a main prints"
    if not MACRO_FILES.fullmatch(path):
        for match in MACROS.finditer(code):
            yield line_of(code, match.start(1)), f"defines the macro {match[1]}"


def check_cpp_functions(text):
    """Bodies by their braces' indentation, which clang-format keeps honest."""
    lines = without_comments(text).split("\n")
    opening = re.compile(r"^( *)(?!.*\b(if|for|while|switch|else|do|namespace|class|struct|enum)\b)"
                         r".*\)( const| noexcept| override|->.*)* \{$")
    for number, line in enumerate(lines, 1):
        match = opening.match(line)
        if not match:
            continue
        # What a constructor initializes is indented by four.
        indent = match[1][4:] if line.lstrip().startswith(": ") else match[1]
        end = next((i for i in range(number, len(lines)) if lines[i].startswith(indent + "}")),
                   number - 1)
        length = end + 2 - number
        if length > FUNCTION_LINES_MAX:
            yield number, f"function of {length} lines, over {FUNCTION_LINES_MAX}"


def check_python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            length = node.end_lineno - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                yield node.lineno, f"function of {length} lines, over {FUNCTION_LINES_MAX}"


def check_form(path, text, suffix):
    """What every text file owes its reader."""
    lines = text.split("\n")
    if "\r" in text:
        yield 1, "has carriage returns"
    if text and not text.endswith("\n"):
        yield len(lines), "does not end with a new line"
    columns = COLUMNS_MAX.get(suffix)
    for number, line in enumerate(lines, 1):
        if line != line.rstrip():
            yield number, "trailing white space"
        if columns and len(line) > columns:
            yield number, f"over {columns} columns"
        if match := PLACES.search(line):
            yield number, f"mentions a place of one machine: {match[0]}"
        if match := UNFINISHED.search(line):
            yield number, f"{match[0]} belongs into an issue"


def check_parsers(text, suffix):
    """Command lines that are read with something else than options/."""
    found = []
    if suffix in SOURCES:
        found += OTHER_PARSER_INCLUDES.finditer(text)
        if OTHER_PARSER_CALLS.search(text):  # which is rare, and blanking comments is slow
            found += OTHER_PARSER_CALLS.finditer(without_comments(text))
    elif suffix == ".py":
        found += OTHER_PARSER_IMPORTS.finditer(text)
        found += OTHER_PARSER_WORDS.finditer(text)
    elif suffix == ".sh" or re.match(r"#!.*sh\b", text):
        found += OTHER_PARSER_COMMANDS.finditer(text)
    for match in found:
        yield line_of(text, match.start(1)), f"reads words with {match[1]}: options/ does that"


def is_script(text):
    return text.startswith("#!")


def check_file(path, data):
    """All violations of one file: (line, message)."""
    if path.startswith(BINARY_FOLDERS) or b"\0" in data:
        return
    try:
        text = data.decode()
    except UnicodeDecodeError:
        yield 1, "is not UTF-8"
        return
    name = path.rsplit("/", 1)[-1]
    suffix = pathlib.PurePath(name).suffix
    if path != "tests/tidy.py":  # which has to spell out what it looks for
        yield from check_form(path, text, suffix)
    is_source = suffix in SOURCES | SCRIPTS or name in ("meson.build", "meson_options.txt") \
        or is_script(text)
    if not is_source:
        return
    lines = text.split("\n")
    if len(lines) - 1 > FILE_LINES_MAX:
        yield FILE_LINES_MAX, f"file of {len(lines) - 1} lines, over {FILE_LINES_MAX}"
    first = lines[1] if is_script(text) and len(lines) > 1 else lines[0]
    if "SPDX-License-Identifier: MIT" not in first:
        yield 1, "no SPDX line"
    if pathlib.PurePath(name).stem in STEMS:
        yield 1, "the name says nothing: what has no noun has no home"
    if path not in OTHER_PARSERS_NEEDED:
        yield from check_parsers(text, suffix)
    if suffix == ".py":
        yield from check_python_functions(text)
    if suffix in (".hpp", ".h") and "#pragma once" not in text:
        yield 1, "no #pragma once"
    if suffix in SOURCES and path.split("/")[0] in ARROWS:
        yield from check_includes(path, text)
        yield from check_words(path, text)
        yield from check_cpp_functions(text)


def check_tree(root):
    """(number of files, violations as `path:line: message`) of the tree `root`."""
    files, violations = 0, []
    for directory, names, members in os.walk(root):
        names[:] = sorted(n for n in names if not n.startswith("build") and n != "__pycache__"
                          and (n == ".ci" or not n.startswith(".")))
        for member in sorted(members):
            full = pathlib.Path(directory, member)
            if full.is_symlink() or member.endswith(".pyc"):
                continue
            path = full.relative_to(root).as_posix()
            if path == ".git":
                continue
            files += 1
            violations += [f"{path}:{line}: {message}"
                           for line, message in check_file(path, full.read_bytes())]
    return files, violations


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[1]
    files, violations = check_tree(root)
    for violation in violations:
        print(violation)
    print(f"{files} files, {len(violations)} violations")
    return 1 if violations or not files else 0


if __name__ == "__main__":
    sys.exit(main())
