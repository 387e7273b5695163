#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests how the scripts of tools/ read their words: nothing is installed or built before.

They run with stand-ins for all programs that could do something; each notes that it was called.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import case_lines
import run_suites

ROOT = pathlib.Path(__file__).resolve().parents[1]
SCRIPTS = ("test", "bench", "demo", "setup")
HARMLESS = ("bash", "cat", "dirname", "env", "grep", "id", "sed")
STAND_INS = ("apt-cache", "apt-get", "dpkg-deb", "dpkg-query", "meson", "mktemp", "mkdir", "ninja",
             "python3", "rm", "sudo", "tail")
STAND_IN = """#!/bin/sh
# SPDX-License-Identifier: MIT
echo "${0##*/} $*" >>"$CALLS"
"""


class ToolsTest(unittest.TestCase):
    """Each case has a tree of its own, with nothing but the scripts in it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = pathlib.Path(folder.name)
        shutil.copytree(ROOT / "tools", self.tree / "tools")
        (self.tree / "bin").mkdir()
        for name in HARMLESS:
            (self.tree / "bin" / name).symlink_to(shutil.which(name))
        for name in STAND_INS:
            (self.tree / "bin" / name).write_text(STAND_IN)
            (self.tree / "bin" / name).chmod(0o755)

    def run_tool(self, name, *words):
        """(exit status, standard output, standard error), and what was called."""
        calls = self.tree / "calls"
        calls.write_text("")
        done = subprocess.run([f"tools/{name}", *words], cwd=self.tree, text=True, timeout=60,
                              capture_output=True, stdin=subprocess.DEVNULL, check=False,
                              env={"PATH": str(self.tree / "bin"), "CALLS": str(calls)})
        return (done.returncode, done.stdout, done.stderr), calls.read_text().splitlines()

    def test_help_is_the_comment_at_the_head(self):
        for name in SCRIPTS:
            for words in (["--help"], ["-h"], ["unit", "--help"], ["--help", "unit"]):
                (status, out, err), calls = self.run_tool(name, *words)
                self.assertEqual((status, err, calls), (0, "", []), name)
                self.assertRegex(out, rf"\A[A-Z].*\.\n(.+\n)*\n(  .+\n)*  tools/{name}\b")
                head = (ROOT / "tools" / name).read_text().split("\nset ")[0]
                self.assertEqual(["# " + line if line else "#" for line in out.splitlines()],
                                 head.splitlines()[3:])

    def check_refused(self, name, words, why):
        (status, out, err), calls = self.run_tool(name, *words)
        self.assertEqual((status, out, calls), (2, "", []), words)
        self.assertEqual(err, f"error: {why}\nhint: Try 'tools/{name} --help'.\n")
        self.assertEqual([path.name for path in self.tree.iterdir() if path.name == "build"], [])

    def test_what_is_not_known_is_refused(self):
        for name in SCRIPTS:
            self.check_refused(name, ["--jobs=4"], "unrecognized option '--jobs=4'")
            self.check_refused(name, ["-j"], "unrecognized option '-j'")
        for words in (["unti"], ["unit", "unti"], ["unti", "unit"]):
            self.check_refused("test", words, "there is no suite 'unti'")
        self.check_refused("test", ["tidy unit"], "there is no suite 'tidy unit'")
        self.check_refused("test", [""], "there is no suite ''")
        self.check_refused("bench", ["lader."], "no name of a figure starts with 'lader.'")
        self.check_refused("bench", ["*"], "no name of a figure starts with '*'")
        self.check_refused("bench", ["cpio.", "x"], "unexpected argument 'x'")
        self.check_refused("demo", ["now"], "unexpected argument 'now'")
        self.check_refused("setup", ["lst"], "unexpected argument 'lst'")
        self.check_refused("setup", [""], "unexpected argument ''")
        self.check_refused("setup", ["list", "more"], "unexpected argument 'more'")
        self.check_refused("setup", ["kernel"], "kernel needs a directory")
        self.check_refused("setup", ["kernel", "a", "b"], "unexpected argument 'b'")

    def test_what_is_known_is_done(self):
        for name, words, last in (
                ("test", [], "python3 tests/run_suites.py "),
                ("test", ["tidy", "unit"], "python3 tests/run_suites.py tidy unit"),
                ("bench", [], "python3 tests/bench/run_benches.py "),
                ("bench", ["lo"], "python3 tests/bench/run_benches.py lo"),
                ("bench", ["fiber.post"], "python3 tests/bench/run_benches.py fiber.post"),
                ("demo", [], "python3 tests/qemu/demo.py")):
            (status, _, err), calls = self.run_tool(name, *words)
            self.assertEqual(status, 0, err)
            self.assertEqual(calls[-1].strip(), last.strip())
            self.assertTrue(any(call.startswith("apt-get install ") for call in calls), calls)

    def test_setup_does_what_it_is_told(self):
        for words in ([], ["install"]):
            (status, _, _), calls = self.run_tool("setup", *words)
            self.assertEqual((status, calls[-1].split()[0]), (0, "apt-get"))
        (status, out, _), calls = self.run_tool("setup", "list")
        self.assertEqual((status, calls), (0, []))
        self.assertIn("\nmeson ", out)
        (status, out, _), calls = self.run_tool("setup", "check")
        self.assertEqual((status, out.split(" g++ ")[0]), (1, "setup: missing:"))
        self.assertEqual({call.split()[0] for call in calls}, {"dpkg-query"})

    def test_all_suites_may_be_named(self):
        suites = {suite for _, suites in run_suites.PLAN for suite in suites}
        (status, _, err), _ = self.run_tool("test", *suites)
        self.assertEqual(status, 0, err)
        page = self.run_tool("test", "--help")[0][1]
        self.assertEqual(set(page.split("there are ")[1].split()), suites)

    def test_all_subjects_of_benches_may_be_named(self):
        benches = ROOT / "tests/bench"
        found = {path.name.removesuffix("_bench.py") for path in benches.glob("*_bench.py")}
        for path in benches.rglob("meson.build"):
            found |= set(re.findall(r"executable\('(\w+)-bench'", path.read_text()))
        page = self.run_tool("bench", "--help")[0][1]
        self.assertEqual(set(re.findall(r" (\w+)\.(?= |$)", page.split("start with")[1], re.M)),
                         found)
        self.assertGreaterEqual(len(found), 4)
        for subject in found:
            (status, _, err), _ = self.run_tool("bench", f"{subject}.")
            self.assertEqual(status, 0, err)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    case_lines.run_and_exit(unittest.defaultTestLoader.loadTestsFromTestCase(ToolsTest))
