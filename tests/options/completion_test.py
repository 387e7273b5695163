#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Asks bash, zsh and fish to complete:

    completion_test.py GENERATOR BOOTCTL KINDLING-CPIO TOOL PLAIN-TOOL [NAME...]

One line per case, and "N passed, N failed" at the end; the exit status is 1 if any failed.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import shells

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import case_lines  # noqa: E402

GENERATOR, PROGRAMS = None, {}  # set by main
KINDS = {"bash": shells.Bash, "zsh": shells.Zsh, "fish": shells.Fish}
# Names that a shell would take for something else.
ENTRIES = ["debian-6.1", "my own", "it's", 'say "hi"', "a:b", "a:c", "dollar$x", "back\\slash",
           "eq=x", "star*", "semi;colon", "tab&amp"]
# What a slow processor does in 5 ms, the start of the program included; tools/bench takes the time.
ANSWER_INSTRUCTIONS_MAX = 10_000_000


def script_of(shell, program):
    return subprocess.run([GENERATOR, "completion", shell, program], check=True, timeout=60,
                          stdout=subprocess.PIPE).stdout


class Place:
    """Directories for the shells to look at, and one script per shell and program."""

    def __init__(self):
        self.base = tempfile.mkdtemp(prefix="kindling-completion-test-")
        self.work, self.bin = self.path("work"), self.path("bin")
        for directory in ("bin", "work/home", "work/some dir/below", "work/esp/loader/entries",
                          "work/esp-empty"):
            os.makedirs(self.path(directory))
        for name, program in PROGRAMS.items():
            os.symlink(program, self.path(f"bin/{name}"))
            for shell in KINDS:
                self.write(f"{name}.{shell}", script_of(shell, program))
        self.write("bin/show-words", b"#!/bin/sh\nIFS='|'\nprintf '<[%s]>\\n' \"$*\"\n")
        os.chmod(self.path("bin/show-words"), 0o755)
        self.write("work/some file", b"")
        self.write("work/co:lon", b"")
        self.write("work/esp/linux", b"")
        for name in ENTRIES:
            self.write(f"work/esp/loader/entries/{name}.conf",
                       f"title Title: {name}\nlinux /linux\n".encode())

    def path(self, name):
        return os.path.join(self.base, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)

    def shell(self, name, program):
        return KINDS[name](name, self.path(f"{program}.{name}"), self.bin, self.work)


PLACE = None


class ShellTest(unittest.TestCase):
    """Asks one shell about one program; subclasses say which."""

    shell, program = None, "bootctl"

    @classmethod
    def setUpClass(cls):
        cls.asked = PLACE.shell(cls.shell, cls.program)

    @classmethod
    def tearDownClass(cls):
        cls.asked.close()

    def offers(self, line, *expected):
        """Exactly these, whatever their order; of a value that is joined to an option, bash and zsh
        give what is behind the '='."""
        self.assertEqual(self.whole(line, self.asked.ask(line)), sorted(expected), line)

    def whole(self, line, answers):
        word = line.rpartition(" ")[2]
        begin = word[:word.find("=") + 1] if word.startswith("--") else ""
        return sorted(each.removeprefix(begin) for each in answers)

    def offers_some(self, line, present=(), absent=()):
        answers = self.asked.ask(line)
        for name in present:
            self.assertIn(name, answers, line)
        for name in absent:
            self.assertNotIn(name, answers, line)


class BootctlCases:
    """What every shell must know of bootctl."""

    def test_verbs(self):
        self.offers("bootctl l", "list")
        self.offers("bootctl ", "eventlog", "help", "install", "list", "predict")

    def test_values_with_and_without_equals_sign(self):
        self.offers("bootctl --json=", "off", "pretty", "short")
        self.offers("bootctl list --json=p", "pretty")
        self.offers("bootctl list --color a", "always", "auto")

    def test_the_word_behind_a_value_is_a_position_again(self):
        self.offers("bootctl --color auto l", "list")
        self.offers("bootctl list --color auto ")

    def test_options_that_other_verbs_have_are_not_offered(self):
        self.offers_some("bootctl list --", ["--json=", "--esp-path=", "--help"],
                         ["--pcr=", "--force", "--against="])
        self.offers_some("bootctl install --", ["--force", "--dry-run"], ["--json="])
        self.offers_some("bootctl --", ["--force", "--json=", "--against="])

    def test_hidden_names_are_not_offered(self):
        self.offers_some("bootctl --", ["--help"], ["--completion="])
        self.offers("bootctl --compl")
        self.offers("bootctl comp")

    def test_options_that_were_given_are_offered_again_only_if_that_means_something(self):
        self.offers_some("bootctl predict --json=off --bank=sha1 --", ["--bank=", "--help"],
                         ["--json="])
        self.offers_some("bootctl -q --", ["--help"], ["--quiet"])
        self.offers_some("bootctl --quiet -", ["-h"], ["-q", "--quiet"])

    def test_behind_two_dashes_nothing_is_an_option(self):
        self.offers("bootctl list -- --")
        self.offers("bootctl -- l", "list")
        self.offers("bootctl --esp-path=esp -- predict de", "debian-6.1.conf")

    def test_an_abbreviation_is_understood(self):
        self.offers("bootctl list --js pr", "pretty")

    def test_a_beginning_of_several_options_is_none(self):
        self.offers("bootctl list --no- ")

    def test_directories_only(self):
        self.offers("bootctl --esp-path=esp", *self.directories("esp", "esp-empty"))
        answers = self.asked.ask("bootctl --esp-path=")
        self.assertFalse([each for each in answers if "file" in each or "lon" in each], answers)

    def test_help_completes_verbs(self):
        self.offers("bootctl help pr", "predict")
        self.offers("bootctl help list ")

    def test_an_entry_that_exists(self):
        self.offers("bootctl --esp-path=esp predict de", "debian-6.1.conf")
        self.offers("bootctl --esp-path esp eventlog --against=de", "debian-6.1.conf")
        self.offers("bootctl --esp-path=esp eventlog --against de", "debian-6.1.conf")

    def test_no_entries_and_no_esp(self):
        self.offers("bootctl --esp-path=esp-empty predict ")
        self.offers("bootctl --esp-path=nowhere predict ")

    def test_no_argument_too_many(self):
        self.offers("bootctl --esp-path=esp predict x ")
        self.offers("bootctl list ")

    def test_words_in_a_terminal_reach_the_program_as_they_are(self):
        with self.asked.start() as terminal:
            for name in ENTRIES:
                if name not in ("a:b", "a:c"):
                    self.types_entry(terminal, name, name[:3].rstrip("' "))
            self.types_entry(terminal, "a:b", "a:b")
            self.types_entry(terminal, "my own", "my\\ ")
            self.types_entry(terminal, "my own", "'my o")
            self.types_entry(terminal, 'say "hi"', '"say')
            self.types_entry(terminal, "dollar$x", '"do')
            self.types_entry(terminal, "it's", "'it")
            self.types(terminal, "bootctl list --js", "--json=")
            self.types(terminal, "bootctl list --json=pr", "--json=pretty")
            self.types(terminal, "bootctl ins", "install")

    def types_entry(self, terminal, name, typed):
        self.types(terminal, f"bootctl --esp-path=esp predict {typed}", f"{name}.conf")
        self.types(terminal, f"bootctl --esp-path=esp eventlog --against {typed}", f"{name}.conf")

    def types(self, terminal, line, word):
        self.assertEqual(terminal.words_after_tab(line)[-1], word, line)


class ToolCases:
    """What every shell must know of programs with more than bootctl has."""

    program = "tool"

    def test_verbs_below_verbs(self):
        self.offers("tool remote ", "add", "remove")
        self.offers("tool re", "remote")
        self.offers("tool help remote r", "remove")

    def test_aliases_and_hidden_verbs_are_understood_and_not_offered(self):
        self.offers("tool cp -- /usr/shar", *self.directories("/usr/share"))
        self.offers("tool c", "copy")
        self.offers("tool secr")

    def test_options_of_a_nested_verb(self):
        self.offers_some("tool remote add --", ["--track=", "--mirror=", "--ssh", "--output="],
                         ["--force"])
        self.offers_some("tool remote remove --", ["--force", "--ssh"], ["--track="])
        self.offers_some("tool plain --", ["--output="], ["--ssh", "--force", "--mirror="])
        self.offers("tool remote add --mirror=", "fetch", "push")
        self.offers("tool remote add --mirror f", "fetch")

    def test_plain_text_offers_no_files(self):
        self.offers("tool plain ")
        self.offers("tool --output ")
        self.offers("tool --output=some")
        self.offers("tool -o some")
        self.offers("tool remote add ")
        self.offers("tool nonsense ")

    def test_files(self):
        self.offers_some("tool --file=co", [self.joined("--file=", "co:lon")])
        self.offers_some("tool -f co", ["co:lon"])
        self.offers_some("tool --out co", ["co:lon"])
        self.offers_some("tool copy co", ["co:lon"])
        self.offers("tool copy x co")

    def test_the_value_in_the_word_of_a_short_option(self):
        answers = self.asked.ask("tool -xfco")
        self.assertTrue(answers and all(each.endswith("co:lon") for each in answers), answers)
        answers = self.asked.ask("tool -cau")
        self.assertTrue(answers and all(each.endswith("auto") for each in answers), answers)

    def test_an_optional_argument_is_only_joined(self):
        self.offers_some("tool --color au", [], ["auto"])
        self.offers("tool --color=au", "auto")
        self.offers("tool --color co", "copy")
        self.offers_some("tool --co", ["--color", "--color="])

    def test_lists(self):
        self.assertEqual([each.rpartition(",")[2].rpartition("=")[2]
                          for each in self.asked.ask("tool --list=one,t")], ["three", "two"])
        self.assertEqual([each.rpartition(",")[2].rpartition("=")[2]
                          for each in self.asked.ask("tool --list=two,t")], ["three"])
        self.offers_some("tool --list=one --li", ["--list="])

    def test_repeated_options(self):
        self.offers_some("tool -v -x -", ["-v", "--verbose"], ["-x"])
        self.offers_some("tool -vx -", ["-v"], ["-x"])
        self.offers_some("tool --out=a --", ["--output="], ["--file="])

    def test_words_of_the_machine(self):
        self.offers_some("tool own roo", ["root"])
        self.offers_some("tool own root roo", ["root"])
        self.offers_some("tool kill ", [str(self.asked.process_id())])
        self.offers("tool set y", "yes")
        self.offers("tool set yes ", "auto", "no", "yes")

    def test_behind_an_option_that_stops_a_command_follows(self):
        self.offers_some("tool --exec show-w", ["show-words"])
        self.offers_some("tool -e -- show-w", ["show-words"])
        self.offers_some("tool --exec show-words --", [], ["--output=", "--exec"])
        self.offers_some("tool --exec show-words co", ["co:lon"])

    def test_words_before_are_told_to_the_program(self):
        self.assertIn("remote", self.unquoted("tool remote remove x "))
        self.assertIn("--output=a b", self.unquoted("tool '--output=a b' remote remove x "))
        self.assertIn("two words", self.unquoted("tool --name "))
        self.assertIn("it's", self.unquoted("tool --name "))
        self.assertIn("co:lon", self.unquoted("tool --name "))
        self.assertFalse([each for each in self.unquoted("tool --name ") if "line" in each])

    def test_another_name_of_the_program(self):
        self.offers("other-tool cop", "copy")

    def unquoted(self, line):
        return list(map(self.unquote, self.asked.ask(line)))


class PlainCases:
    """A program in C, without verbs."""

    program = "plain-tool"

    def test_files_as_arguments(self):
        self.offers_some("plain-tool co", ["co:lon"])
        answers = map(self.unquote, self.asked.ask("plain-tool co:lon some"))
        self.assertIn("some file", answers)

    def test_an_option_answers_for_values(self):
        line = "plain-tool x y --disk="
        answers = list(map(self.unquote, self.asked.ask(line)))
        self.assertEqual(self.whole(line, answers), ["disks of 2 words"])


class BashDetails:
    """Names of files are quoted by readline, other candidates by the script."""

    shell = "bash"
    directories = staticmethod(lambda *names: names)
    joined = staticmethod(lambda option, value: value)
    unquote = staticmethod(lambda text: text.replace("\\", ""))



class BashBreaks(ShellTest):
    """Bash replaces what is behind the last of $COMP_WORDBREAKS."""

    shell = "bash"

    def test_what_is_replaced_depends_on_what_breaks_words(self):
        line = "bootctl --esp-path=esp predict a:"
        self.assertEqual(self.asked.ask(line), ["b.conf", "c.conf"])
        self.assertEqual(self.asked.ask(line, "COMP_WORDBREAKS=' '"), ["a:b.conf", "a:c.conf"])
        line = "bootctl --json=p"
        self.assertEqual(self.asked.ask(line), ["pretty"])
        self.assertEqual(self.asked.ask(line, "COMP_WORDBREAKS=' :'"), ["--json=pretty"])

    def test_with_options_that_make_scripts_fail(self):
        for setting in ("set -u", "set -o posix", "shopt -s nullglob", "shopt -s failglob"):
            self.assertEqual(self.asked.ask("bootctl li", setting), ["list"], setting)
            self.assertEqual(self.asked.ask("bootctl --esp-path=esp predict my", setting),
                             ["my\\ own.conf"], setting)
            self.assertEqual(self.asked.ask("bootctl --esp-path=some", setting), ["some dir"],
                             setting)


class ZshDetails:
    """Names of files are given without their directories."""

    shell = "zsh"
    directories = staticmethod(lambda *names: [name.rpartition("/")[2] for name in names])
    joined = staticmethod(lambda option, value: value)
    unquote = staticmethod(lambda text: text.replace("\\", ""))

    def test_help_stands_beside(self):
        line = {"bootctl": "bootctl --json=", "tool": "tool ", "plain-tool": "plain-tool --"}
        shown = {"bootctl": "pretty *-- indented, for people",
                 "tool": r"copy *-- Copy 'a' file; cost: \$5 \[really\]",
                 "plain-tool": "--help *-- Show this help"}
        self.asked.ask(line[self.program])
        self.assertRegex(self.asked.listing, shown[self.program])


class FishDetails:
    """Words are whole; directories end in a slash."""

    shell = "fish"
    directories = staticmethod(lambda *names: [name + "/" for name in names])
    joined = staticmethod(lambda option, value: option + value)
    unquote = staticmethod(lambda text: text)

    def test_help_stands_beside(self):
        line = {"bootctl": "bootctl --esp-path=esp predict my", "tool": "tool cop",
                "plain-tool": "plain-tool --disk="}
        help_texts = {"bootctl": ["Title: my own"], "plain-tool": ["the answer"],
                      "tool": ["Copy 'a' file; cost: $5 [really]"]}
        answer = self.asked.ask_with_help(line[self.program])
        self.assertEqual(list(answer.values()), help_texts[self.program])


class ScriptTest(unittest.TestCase):
    """What all scripts have in common."""

    def test_program_and_generator_write_the_same(self):
        for program in PROGRAMS:
            for shell in KINDS:
                printed = subprocess.run([PROGRAMS[program], f"--completion={shell}"], check=True,
                                         timeout=60, stdout=subprocess.PIPE).stdout
                self.assertEqual(printed, script_of(shell, PROGRAMS[program]), (program, shell))

    def test_words_of_a_described_command_are_of_different_types(self):
        version = subprocess.run([GENERATOR, "--version"], check=True, timeout=60,
                                 stdout=subprocess.PIPE, text=True).stdout
        if "+json" not in version.split():
            self.skipTest("nlohmann-json is missing")
        words = [("WHAT", [{"value": "first"}, {"value": "second"}]), ("ANY", []),
                 ("WHERE", [{"category": "dir"}])]
        PLACE.write("described.json", json.dumps({
            "mediaType": "application/vnd.uapi-group.cli-introspection-0", "commands": [
                {"type": "command", "names": ["described"], "arguments": [
                    {"type": "argument", "name": name, "values": values}
                    for name, values in words]}]}).encode())
        for shell in KINDS:
            PLACE.write(f"described.{shell}", script_of(shell, PLACE.path("described.json")))
            asked = PLACE.shell(shell, "described")
            self.addCleanup(asked.close)
            self.assertEqual(sorted(asked.ask("described ")), ["first", "second"], shell)
            self.assertEqual(asked.ask("described first so"), [], shell)
            answers = asked.ask("described first any so")
            self.assertEqual([each.replace("\\", "").rstrip("/") for each in answers],
                             ["some dir"], shell)

    def test_reading_a_script_runs_nothing(self):
        """The only programs in the path are ones that note that they run."""
        noted, only = PLACE.path("noted"), PLACE.path("only")
        os.makedirs(only)
        for name in PROGRAMS:
            with open(os.path.join(only, name), "w", encoding="utf-8") as file:
                file.write(f"#!/bin/sh\necho >>{noted}\n")
            os.chmod(file.name, 0o755)
        before = {"bash": "", "zsh": "compdef() { :; }; ", "fish": ""}
        for shell in KINDS:
            words = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"], "fish": ["--no-config"]}
            for program in PROGRAMS:
                script = PLACE.path(f"{program}.{shell}")
                done = subprocess.run([shutil.which(shell), *words[shell], "-c",
                                       f"{before[shell]}source {script}"], check=True, timeout=60,
                                      env={"PATH": only, "HOME": PLACE.path("work/home")},
                                      capture_output=True)
                self.assertEqual((done.stdout, done.stderr), (b"", b""), (shell, program))
        self.assertFalse(os.path.exists(noted))

    def test_a_file_in_the_search_path_of_zsh(self):
        functions = PLACE.path("functions")
        os.makedirs(functions)
        shutil.copy(PLACE.path("bootctl.zsh"), os.path.join(functions, "_bootctl"))
        asked = shells.Zsh("zsh", "/dev/null", PLACE.bin, PLACE.work, functions)
        self.addCleanup(asked.close)
        for _ in range(2):  # the first time loads it
            self.assertEqual(asked.ask("bootctl l"), ["list"])

    @unittest.skipUnless(shutil.which("valgrind"), "no valgrind")
    def test_values_are_answered_at_once(self):
        with open(PROGRAMS["bootctl"], "rb") as file:
            if b"__asan_init" in file.read():
                self.skipTest("a sanitizer takes longer to start than this may take")
        words = [PROGRAMS["bootctl"], "complete-values", "entries", "--",
                 f"--esp-path={PLACE.work}/esp", "predict"]
        done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                               *words], check=True, capture_output=True, text=True, timeout=60)
        self.assertEqual(len(done.stdout.splitlines()), len(ENTRIES))
        [count] = re.findall(r"Collected : (\d+)$", done.stderr, re.M)
        self.assertLess(int(count), ANSWER_INSTRUCTIONS_MAX)


def cases():
    """One class per shell and program."""
    for details in (BashDetails, ZshDetails, FishDetails):
        for kind in (BootctlCases, ToolCases, PlainCases):
            name = details.shell.capitalize() + kind.__name__
            yield type(name, (kind, details, ShellTest), {})
    yield ScriptTest


def main():
    global GENERATOR, PROGRAMS, PLACE
    GENERATOR = os.path.abspath(sys.argv[1])
    names = ("bootctl", "kindling-cpio", "tool", "plain-tool")
    PROGRAMS = dict(zip(names, map(os.path.abspath, sys.argv[2:6])))
    missing = [shell for shell in KINDS if not shutil.which(shell)]
    if missing:
        sys.exit(f"completion_test: needs {', '.join(missing)}: see tools/setup")
    PLACE = Place()
    suite = unittest.TestSuite()
    for case in cases():
        for test in unittest.defaultTestLoader.loadTestsFromTestCase(case):
            if not sys.argv[6:] or any(name in test.id() for name in sys.argv[6:]):
                suite.addTest(test)
    try:
        case_lines.run_and_exit(suite)
    finally:
        shutil.rmtree(PLACE.base)


if __name__ == "__main__":
    main()
