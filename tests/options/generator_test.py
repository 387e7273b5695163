#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs kindling-options: generator_test.py GENERATOR MISTAKEN TOOL PLAIN-TOOL [VARIANT...]

MISTAKEN has mistakes, the variants are PLAIN-TOOL linked in other ways. One line per case, and
"N passed, N failed" at the end; the exit status is 1 if any failed.
"""

import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import case_lines  # noqa: E402

GENERATOR = MISTAKEN = TOOL = PLAIN = None
VARIANTS = []


def run(*words, stdout=subprocess.PIPE):
    done = subprocess.run([GENERATOR, *map(str, words)], stdin=subprocess.DEVNULL, stdout=stdout,
                          stderr=subprocess.PIPE, timeout=60, check=False,
                          encoding="utf-8", errors="surrogateescape",
                          env={**os.environ, "LC_ALL": "C.UTF-8", "COLUMNS": "80"})
    assert "runtime error: " not in done.stderr, done
    return done


class GeneratorTest(unittest.TestCase):
    """Each test has a directory of its own."""

    def setUp(self):
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="kindling-options-test-"))
        self.addCleanup(shutil.rmtree, self.base)

    def succeeds(self, *words):
        done = run(*words)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        return done.stdout

    def fails(self, status, text, *words):
        done = run(*words)
        self.assertEqual((done.returncode, done.stdout), (status, ""), done)
        self.assertIn(text, done.stderr)
        self.assertRegex(done.stderr, r"\Aerror: [^\n]+[^.\n]\n(hint: [^\n]+\n)?\Z")

    def file(self, name, data):
        path = self.base / name
        path.write_bytes(data)
        return path

    def tool(self, *words):
        subprocess.run(words, check=True, timeout=60)

    def test_list_shows_all_kinds(self):
        shown = self.succeeds("list", TOOL)
        for row in (r"command +- +tool\|other-tool ", r"verb +- +copy FILE DIRECTORY +file;dir ",
                    r"hidden verb +- +secret ", r"verb alias +- +cp ", r"verb +remote +add ",
                    r"option +adding +-t --track=BRANCH ", r"hidden option .*--hidden=TEXT ",
                    r"group +\S+ +Remote +- +remote "):
            self.assertRegex(shown, rf"(?m)^{row}")

    def test_a_program_linked_in_any_way_has_the_same_declarations(self):
        self.assertTrue(VARIANTS)
        expected = self.succeeds("list", PLAIN)
        self.assertIn("--disk=DISK", expected)
        for program in (PLAIN, *VARIANTS):
            self.assertEqual(self.succeeds("list", program), expected, program)
            stripped = self.base / "stripped"
            self.tool("strip", "-s", "-o", stripped, program)
            self.assertEqual(self.succeeds("list", stripped), expected, program)

    def test_what_is_not_there_to_read(self):
        debug = self.base / "debug"
        self.tool("objcopy", "--only-keep-debug", PLAIN, debug)
        self.fails(1, "has no contents in its sections", "list", debug)
        whole = pathlib.Path(PLAIN).read_bytes()
        headless = whole[:0x28] + bytes(8) + whole[0x30:]
        self.fails(1, "has no section headers", "list", self.file("headless", headless))
        self.fails(1, "ends before its section headers", "list", self.file("cut", whole[:-1000]))

    def test_files_that_are_no_programs(self):
        self.fails(1, "is not an ELF file", "list", self.file("script", b"#!/bin/sh\n"))
        self.fails(1, "is not an ELF file", "list", self.file("empty", b""))
        self.fails(1, "Is a directory", "list", self.base)
        self.fails(1, "No such file", "list", self.base / "none")
        self.fails(1, "neither a regular file nor a pipe", "list", "/dev/null")
        self.fails(1, "declares no options", "list", shutil.which("true"))
        self.fails(1, "\\x1b[1m", "list", self.base / "\x1b[1m")

    def test_a_program_without_mistakes(self):
        self.assertEqual(self.succeeds("check", TOOL), "")
        self.assertEqual(self.succeeds("check", GENERATOR), "")

    def test_mistakes_are_told_in_plain_words(self):
        done = run("check", MISTAKEN)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        for line in (r"error: '--again', line \d+ of its source, is declared twice",
                     r"error: '--every', line \d+ of its source, is another name for nothing",
                     r"error: verb 'ls', line \d+ of its source, is another name for nothing",
                     r"error: group 'Options of lost', .* for a verb 'lsit', which does not exist",
                     r"error: group 'Options of lost', .* for a verb 'remote add', which does not",
                     r"error: '--value', .* type 'dynamic:values', but there is neither",
                     r"error: '--size-of-it', .* type 'sise', which is none of those that are",
                     r"error: '--between', .* type 'uint:5..1', which is none of those that are",
                     r"error: '--not-a-text', .* has help that is no valid UTF-8",
                     r"error: verb 'status', .* is a second verb that runs when none is given",
                     r"error: verb 'list', .* options in a namespace 'missing', which does not",
                     r"error: verb 'remote', .* has verbs of its own, but no VERB_NAMESPACE",
                     r"error: the verbs in namespace 'remoet' cannot be reached",
                     r"error: command 'mistaken', .* namespace 'nowhere', which does not exist",
                     r"error: a command 'mistaken' is declared twice",
                     r"error: the help of command 'mistaken' has a line of \d+ columns",
                     r"note: '--all' is the beginning of '--all-files'"):
            self.assertRegex(done.stderr, rf"(?m)^{line}")
        self.assertNotIn("'--many'", done.stderr)

    def test_blanks_that_only_one_compiler_sees_are_a_mistake(self):
        program = pathlib.Path(MISTAKEN).read_bytes()
        blanks = self.file("blanks", program.replace(b"No mistake", b"No  errors"))
        self.assertRegex(run("check", blanks).stderr,
                         r"error: '--many', line \d+ of its source, has help with a double blank")

    def test_remarks_alone_are_no_failure(self):
        done = run("check", PLAIN)
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertEqual(done.stderr, "note: '--disk' is the beginning of '--disk-type', "
                                      "which so has fewer abbreviations\n")

    def test_usage_errors(self):
        self.fails(2, "invalid value 'csh' for SHELL of verb 'completion': expected bash, zsh or",
                   "completion", "csh", TOOL)
        self.fails(2, "no verb given")
        self.fails(2, "needs more arguments", "list")
        self.fails(2, "cannot use '--command' with verb 'list'", "list", "--command=x", TOOL)

    def test_one_of_several_commands_must_be_chosen(self):
        self.fails(1, "has several commands", "completion", "bash", MISTAKEN)
        self.fails(1, "has no command 'third'", "completion", "bash", "--command=third", MISTAKEN)
        script = self.succeeds("completion", "bash", "--command=second", MISTAKEN)
        self.assertIn("complete -F _mistaken mistaken second\n", script)

    def test_a_file_is_written_whole_or_not_at_all(self):
        output = self.file("script", b"old")
        os.chmod(output, 0o600)
        before = os.stat(output).st_ino
        self.succeeds("completion", "zsh", TOOL, f"--output={output}")
        self.assertEqual(output.read_text(), self.succeeds("completion", "zsh", TOOL))
        self.assertNotEqual(os.stat(output).st_ino, before)
        self.assertEqual(os.listdir(self.base), ["script"])
        self.fails(1, "cannot write", "list", TOOL, "-o", self.base / "none" / "file")
        self.fails(1, "cannot write", "list", TOOL, "-o", self.base)
        self.fails(1, "is not an ELF file", "list", "-o", output, self.file("x", b"x"))
        self.assertTrue(output.read_text().startswith("#compdef tool other-tool"))

    def test_output_that_is_no_regular_file(self):
        self.succeeds("list", TOOL, "--output=/dev/null")
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))
        self.assertEqual(self.succeeds("list", TOOL, "-o", "-"), self.succeeds("list", TOOL))

    def test_output_that_nobody_takes(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = run("list", TOOL, stdout=full)
        self.assertEqual((done.returncode, done.stderr),
                         (1, "error: cannot write: No space left on device\n"))
        reader, writer = os.pipe()
        os.close(reader)
        done = run("list", TOOL, stdout=writer)
        os.close(writer)
        self.assertIn(done.returncode, (141, -13))
        self.assertEqual(done.stderr, "")

    def test_help_and_version(self):
        self.assertIn("completion SHELL FILE", self.succeeds("--help"))
        self.assertIn("--command=NAME", self.succeeds("help", "completion"))
        self.assertRegex(self.succeeds("--version"), r"\Akindling-options \S+\n[+-]json\n\Z")


def main():
    global GENERATOR, MISTAKEN, TOOL, PLAIN, VARIANTS
    GENERATOR, MISTAKEN, TOOL, PLAIN, *VARIANTS = map(os.path.abspath, sys.argv[1:])
    case_lines.run_and_exit(
        unittest.defaultTestLoader.loadTestsFromTestCase(GeneratorTest))


if __name__ == "__main__":
    main()
