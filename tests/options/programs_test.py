#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Asks every program of a build that uses the options library what each of them must know.

    programs_test.py GENERATOR BUILD [PROGRAM...]

GENERATOR is kindling-options, and PROGRAM what this build has besides those of KNOWN. A program is
found by the section that the library's macros make, so that a new one is asked, too. The last line
is "N passed, N failed". The environment variable ONLY="WORD ..." limits the cases to those whose
name has one.
"""

import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import case_lines  # noqa: E402
from json_schema import Validator  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = {"bootctl/bootctl", "cpio/kindling-cpio", "options/kindling-options"}
KNOWN = TOOLS | {"examples/echo", "examples/hello", "examples/notes", "examples/shorten",
                 "examples/shorten-c"}
# It is half of CLI11 still: that knows what it is called, so that its file cannot tell.
NAMELESS = {"examples/repeat-first-step"}
# Programs that test, not programs for people: their tables are what is tested. And measurements:
# they are built on request only, so that an old one may lie there.
LEFT_OUT = {"tests/options", "tests/fuzz", "tests/bench"}
MEDIA_TYPE = "application/vnd.uapi-group.cli-introspection-0"
COLUMNS_MAX = 80
TIMEOUT_S = 60
GENERATOR = None  # set by main


def section_names(path):
    """Those of a 64-bit ELF file; nothing if it is none."""
    with path.open("rb") as file:
        head = file.read(64)
        if len(head) < 64 or head[:6] != b"\x7fELF\x02\x01":
            return set()
        offset, = struct.unpack_from("<Q", head, 0x28)
        size, count, names_index = struct.unpack_from("<HHH", head, 0x3A)
        file.seek(offset)
        rows = [file.read(size) for _ in range(count)]
        start, length = struct.unpack_from("<QQ", rows[names_index], 0x18)
        file.seek(start)
        names = file.read(length)
    starts = [struct.unpack_from("<I", row)[0] for row in rows]
    return {names[at:names.index(b"\0", at)].decode() for at in starts}


def find_programs(build):
    """Place in the build -> path. Builds inside of this one are not it."""
    found = {}
    for directory, names, files in os.walk(build):
        here = pathlib.Path(directory)
        names[:] = sorted(name for name in names if not (here / name / "build.ninja").exists()
                          and (here / name).relative_to(build).as_posix() not in LEFT_OUT)
        for path in (here / name for name in files if ".so" not in name):
            place = path.relative_to(build).as_posix()
            if not path.is_file() or path.is_symlink() or not os.access(path, os.X_OK):
                continue
            sections = section_names(path)
            # What tests a program has its options without being it, so without its name.
            is_program = not place.startswith("tests/") or "kindling_commands" in sections
            if "kindling_options" in sections and is_program:
                found[place] = path
    return found


def run(*words, env=None):
    clean = {name: value for name, value in os.environ.items()
             if name not in ("COLUMNS", "CLICOLOR_FORCE", "OPTION_ABBREVIATIONS",
                              "OPTION_PROGRAM_NAME")}
    done = subprocess.run(list(map(str, words)), stdin=subprocess.DEVNULL, capture_output=True,
                          env=clean | {"LC_ALL": "C.UTF-8", "TERM": "dumb"} | (env or {}),
                          timeout=TIMEOUT_S, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def objects(arguments):
    """Those of a command and of the commands in it."""
    for each in arguments:
        yield each
        yield from objects(each.get("arguments", []))


def option_names(command):
    return {name for each in command["arguments"] if each["type"] == "option"
            for name in each["names"]}


def verb_names(command):
    return {name for each in command["arguments"] if each["type"] == "command"
            for name in each["names"]}


class Program:
    """What is asked of one program; find_cases makes a test case of it for each."""

    path = None

    def prints(self, *words, env=None):
        """What it prints when all is well."""
        status, out, err = run(self.path, *words, env=env)
        self.assertEqual((status, err), (0, ""), words)
        self.assertNotEqual(out.strip(), "", words)
        return out

    def check_page(self, page):
        for line in page.splitlines():
            if "default:" not in line:
                self.assertLessEqual(len(line), COLUMNS_MAX, line)

    def test_help_is_a_page_on_standard_output(self):
        self.check_page(self.prints("--help"))
        self.check_page(self.prints("--help", env={"COLUMNS": "80"}))

    def test_an_unknown_option_is_told_on_standard_error(self):
        status, out, err = run(self.path, "--no-such-option")
        self.assertEqual((status, out), (2, ""))
        self.assertRegex(err, r"\Aerror: .+\nhint: .+\n\Z")


class NamedProgram(Program):
    """What is asked of one whose file says what the command is called."""

    def documents(self):
        """What its file says; one that describes itself has another."""
        status, out, err = run(GENERATOR, "json", self.path)
        self.assertEqual((status, err), (0, ""))
        return [json.loads(out)]

    def test_help_is_among_the_options(self):
        for document in self.documents():
            self.assertIn("--help", option_names(document["commands"][0]))

    def test_what_it_says_of_itself_is_valid(self):
        schema = json.loads((ROOT / "docs/cli-introspection.schema.json").read_text())
        for document in self.documents():
            self.assertEqual(Validator(schema).errors(document), [])
            self.assertEqual(document["mediaType"], MEDIA_TYPE)

    def test_it_lists_its_name_and_is_called_so(self):
        for document in self.documents():
            [command] = document["commands"]
            self.assertTrue(self.path.name.startswith(command["names"][0]), command["names"])
        for name in command["names"]:
            with tempfile.TemporaryDirectory() as directory:
                link = pathlib.Path(directory, name)
                link.symlink_to(self.path)
                self.assertRegex(run(link, "--help")[1], rf"\AUsage: {re.escape(name)}\b")

    def test_each_object_is_of_a_known_type(self):
        for document in self.documents():
            for command in document["commands"]:
                self.assertEqual(command["type"], "command")
                count = 0
                for each in objects(command["arguments"]):
                    self.assertIn(each["type"], ("option", "command", "argument"))
                    count += 1
                self.assertGreater(count, 0)

    def test_its_documents_are_those_of_its_page_and_exist(self):
        pages = re.findall(r"See (.+?) for details", " ".join(self.prints("--help").split()))
        for document in self.documents():
            uris = document["commands"][0].get("documentation", [])
            self.assertEqual(uris, ["man:" + page for page in pages])
        for page in pages:
            self.assertRegex(page, r"\A[\w.+-]+\([1-9]\)\Z")
            name, _, section = page.rstrip(")").partition("(")
            self.assertTrue((ROOT / f"docs/man/{name}.{section}.scd").exists(), page)


class WithShortHelp(NamedProgram):
    """One with the option -h."""

    def test_short_help_is_help(self):
        self.assertEqual(self.prints("-h"), self.prints("--help"))


class WithIntrospection(NamedProgram):
    """One with the option --introspect-cli."""

    def documents(self):
        return [*super().documents(), json.loads(self.prints("--introspect-cli"))]

    def test_it_tells_its_version_and_the_usual_options(self):
        _, document = self.documents()
        [command] = document["commands"]
        self.assertIsInstance(command["version"], list)
        self.assertGreater(len(command["version"]), 0)
        self.assertLessEqual({"--help", "--version", "--introspect-cli"}, option_names(command))

    def test_its_introspection_can_be_abbreviated(self):
        self.assertEqual(self.prints("--intro"), self.prints("--introspect-cli"))


class WithHelpVerb(NamedProgram):
    """One with the verb help."""

    def test_the_verb_help_knows_every_verb(self):
        self.assertEqual(self.prints("help"), self.prints("--help"))
        for verb in verb_names(self.documents()[0]["commands"][0]):
            self.check_page(self.prints("help", verb))
        status, out, err = run(self.path, "help", "no-such-verb")
        self.assertEqual((status, out), (2, ""))
        self.assertIn("no-such-verb", err)


class NamelessProgram(Program):
    """One whose file does not say so."""

    def test_the_generator_says_what_is_missing(self):
        status, out, err = run(GENERATOR, "json", self.path)
        self.assertEqual((status, out), (1, ""))
        self.assertIn("does not say what its command is called", err)


class SearchTest(unittest.TestCase):
    """Whether programs are found at all."""

    programs = {}
    wanted = KNOWN

    def test_all_known_programs_are_found(self):
        self.assertLessEqual(self.wanted, set(self.programs))

    def test_our_tools_describe_themselves(self):
        for place in TOOLS:
            self.assertTrue(issubclass(kind_of(place, self.programs[place]), WithIntrospection))

    def test_what_does_not_use_the_library_is_not_found(self):
        with tempfile.TemporaryDirectory() as work:
            build = pathlib.Path(work)
            names = ["program", "other/program", "inner/program", "tests/options/program"]
            for name in names:
                (build / name).parent.mkdir(parents=True, exist_ok=True)
                (build / name).write_bytes(next(iter(self.programs.values())).read_bytes())
                (build / name).chmod(0o755)
            (build / "inner/build.ninja").touch()
            (build / "short").write_bytes(b"\x7fELF")
            (build / "true").write_bytes(pathlib.Path("/bin/true").read_bytes())
            for name in ("short", "true"):
                (build / name).chmod(0o755)
            self.assertEqual(sorted(find_programs(build)), ["other/program", "program"])


def kind_of(place, path):
    """The class of what is asked of a program, by what its file says."""
    if place in NAMELESS:
        return NamelessProgram
    status, out, _ = run(GENERATOR, "json", path)
    if status != 0:
        return NamedProgram  # whose cases fail, then
    command = json.loads(out)["commands"][0]
    kinds = [kind for kind, is_wanted in (
        (WithShortHelp, "-h" in option_names(command)),
        (WithIntrospection, "--introspect-cli" in option_names(command)),
        (WithHelpVerb, "help" in verb_names(command))) if is_wanted]
    return type(path.name, tuple(kinds) or (NamedProgram,), {})


def find_cases(programs):
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromTestCase(SearchTest)
    for place, path in programs.items():
        kind = kind_of(place, path)
        case = type(path.name, (kind, unittest.TestCase), {"path": path})
        suite.addTests(loader.loadTestsFromTestCase(case))
    return suite


def main():
    global GENERATOR
    GENERATOR, build, *more = map(pathlib.Path, sys.argv[1:])
    build = build.resolve()
    SearchTest.programs = find_programs(build)
    SearchTest.wanted = KNOWN | {path.resolve().relative_to(build).as_posix() for path in more}
    cases = find_cases(SearchTest.programs)
    wanted = os.environ.get("ONLY", "").split()
    case_lines.run_and_exit(unittest.TestSuite(
        case for case in cases if not wanted or any(word in case.id() for word in wanted)))


if __name__ == "__main__":
    main()
