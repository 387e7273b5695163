#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the packed completion scripts with their sources:

    packed_scripts_test.py GENERATOR PROGRAM

One line per case, and "N passed, N failed" at the end; the exit status is 1 if any failed.
"""

import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import pack_scripts  # noqa: E402

PACKED = ROOT / "options" / "option_complete_packed.cpp"
GENERATOR, PROGRAM = None, None  # set by main


def numbers(text, name):
    """Of an array in C++."""
    body = re.search(re.escape(name) + r"\[\] = \{(.*?)\}", text, re.DOTALL).group(1)
    return [int(number) for number in re.findall(r"\d+", body)]


class Unpacked:
    """The texts that the packed file stands for; symbols without their meaning are left so."""

    def __init__(self, text):
        self.bits = int.from_bytes(bytes(numbers(text, "packed_scripts")), "little")
        self.starts = numbers(text, "packed_script_starts")
        self.firsts, symbol = [], 0
        for byte in numbers(text, "packed_firsts"):
            for bit in range(8):
                if byte >> bit & 1:
                    self.firsts.append(symbol)
                else:
                    symbol += 1

    def symbol(self, at):
        return self.bits >> 10 * at & 1023

    def expand(self, symbol):
        if symbol < 128:
            return chr(symbol)
        pair = symbol - 128
        return self.expand(self.firsts[pair]) + self.expand(self.symbol(pair))

    def script(self, which):
        text, at = "", self.starts[which]
        while self.symbol(at):
            text += self.expand(self.symbol(at))
            at += 1
        for symbol, part in enumerate(pack_scripts.PARTS, 1):
            text = text.replace(chr(symbol), part)
        return text


class PackedScripts(unittest.TestCase):
    """The file in the tree is what the tool prints, and means what the sources say."""

    def test_the_file_is_what_the_tool_prints_now(self):
        printed = subprocess.run([sys.executable, ROOT / "tools" / "pack_scripts.py"], check=True,
                                 stdout=subprocess.PIPE, text=True, timeout=60).stdout
        self.assertEqual(printed, PACKED.read_text(),
                         "run: tools/pack_scripts.py > options/option_complete_packed.cpp")

    def test_pairs_are_in_the_order_of_their_first_symbols(self):
        pairs, _, starts = pack_scripts.pack(["echo abab abab\n", "echo abab\n"])
        self.assertEqual(starts[0], len(pairs))
        self.assertEqual([first for first, _ in pairs], sorted(first for first, _ in pairs))
        for number, (first, second) in enumerate(pairs, 128):
            self.assertLess(first, number)
            self.assertNotIn(0, (first, second))

    def test_every_script_comes_out_as_it_went_in(self):
        unpacked = Unpacked(PACKED.read_text())
        for which, text in enumerate(pack_scripts.shortened_scripts()):
            self.assertEqual(unpacked.script(which), text, pack_scripts.SCRIPTS[which])

    def test_the_library_writes_every_line_of_the_sources_in_order(self):
        sources = pack_scripts.shortened_scripts()
        for name, source in zip(pack_scripts.SCRIPTS[:3], sources):
            shell = name.split(".")[1]
            script = subprocess.run([GENERATOR, "completion", shell, PROGRAM], check=True,
                                    stdout=subprocess.PIPE, text=True, timeout=60).stdout
            lines = iter(script.splitlines())
            wanted = source.replace("@SCAN@", sources[3]).replace("@@", "_tool").splitlines()
            wanted = [line for line in wanted if line and not re.search("@[A-Z]+@", line)]
            self.assertGreater(len(wanted), 200)
            for line in wanted:
                self.assertTrue(any(line == each for each in lines), (shell, line))

    def test_comments_go_unless_they_are_for_the_reader_of_the_script(self):
        self.assertEqual(pack_scripts.shortened("# a\n#=b\n\n    echo # c\n"), "#b\necho # c\n")

    def test_what_is_no_character_of_a_script_is_refused(self):
        with self.assertRaises(ValueError):
            pack_scripts.symbols_of("echo \u2026\n")


def main():
    global GENERATOR, PROGRAM
    GENERATOR, PROGRAM = sys.argv[1:3]
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(PackedScripts)
    result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
