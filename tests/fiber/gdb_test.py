#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Looks at fibers with gdb, in a live process and in a core dump: gdb_test.py SUBJECT"""

import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import case_lines  # noqa: E402

SUBJECT = os.path.abspath(sys.argv[1])
# Scripts of programs are only run where gdb was told to trust them.
GDB = ["gdb", "-q", "-nx", "-batch", "-iex", "set auto-load safe-path /",
       "-iex", "set debuginfod enabled off", "-ex", "set width 0"]
LOOK = ["fibers", "fiber 3", "bt", "fiber none", "bt", "fiber apply all bt", "fiber 5", "fiber 9"]


def gdb(*arguments, commands):
    """What gdb says to the commands, each after a line "> command"; errors are part of it."""
    told = [word for command in commands
            for word in ("-ex", f"echo > {command}\\n", "-ex", command)]
    return subprocess.run([*GDB, *told, *arguments], stdout=subprocess.PIPE, check=False,
                          stderr=subprocess.STDOUT, text=True, timeout=120).stdout


def answers(text):
    """The answer to each command."""
    parts = (part.partition("\n") for part in ("\n" + text).split("\n> ")[1:])
    return {command: answer for command, _, answer in parts}


def run(what, folder, **environment):
    """Runs the subject, with cores allowed."""
    def allow_cores():
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)
    return subprocess.run([SUBJECT, what], cwd=folder, preexec_fn=allow_cores, text=True,
                          capture_output=True, timeout=120, check=False,
                          env={**os.environ, **environment})


def core_of(what, folder, faults_before=0):
    """The core of a subject that died: the kernel's, or gdb's where that one goes elsewhere."""
    run(what, folder)
    found = list(pathlib.Path(folder).glob("core*"))
    if found:
        return found[0]
    core = pathlib.Path(folder, "core")
    gdb("--args", SUBJECT, what,
        commands=[f"run >{os.devnull}", *["continue"] * faults_before,
                  f"generate-core-file {core}"])
    return core


class LookTest(unittest.TestCase):
    """What is checked is the same for a process and for a core."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def check_look(self, text):
        found = answers(text)
        for line in (r"1 running .*first", r"2 parked .* writer +event \(.*debug_subject",
                     r'3 parked +[0-9.]+ s  reader +mutex "disk" held by writer',
                     r"4 parked .* listener +read of descriptor [0-9]+ ", r"5 not begun +late ",
                     r"^5 fibers"):
            self.assertRegex(found["fibers"], re.compile(line, re.M))
        self.assertIn('Fiber 3 "reader"', found["fiber 3"])
        # The second time it is asked the thread is shown again.
        self.assertIn("come_to_a_stop", found["bt"])
        self.assertNotIn("wait_for_the_disk", found["bt"])
        self.assertIn("Backtraces show the thread", found["fiber none"])
        each = found["fiber apply all bt"].split("\nFiber ")
        self.assertEqual(len(each), 6)
        self.assertIn("come_to_a_stop", each[1])
        self.assertIn("hold_the_disk", each[2])
        self.assertNotIn("wait_for_the_disk", each[2])
        self.assertEqual(each[3].count("wait_for_the_disk"), 4)
        self.assertIn("kindling_fiber_entry", each[3])
        self.assertNotIn("hold_the_disk", each[3])
        self.assertIn("wait_for_a_byte", each[4])
        self.assertIn("has not begun", found["fiber 5"])
        self.assertIn('no fiber "9"', found["fiber 9"])

    def test_a_parked_fiber_of_a_live_process_has_its_backtrace(self):
        text = gdb("--args", SUBJECT, "park", commands=["break come_to_a_stop", "run", *LOOK])
        self.check_look(text)

    def test_a_parked_fiber_in_a_core_has_its_backtrace(self):
        core = core_of("abort", self.folder.name)
        self.check_look(gdb(SUBJECT, str(core), commands=LOOK))

    def test_a_selected_fiber_is_shown_until_the_program_goes_on(self):
        text = gdb("--args", SUBJECT, "park",
                   commands=["break come_to_a_stop", "run", "fiber 3", "bt", "finish", "fiber"])
        found = answers(text)
        self.assertIn("the thread; its callers are those of fiber reader", found["bt"])
        self.assertEqual(found["bt"].count("wait_for_the_disk"), 4)
        self.assertIn("Mutex::lock", found["bt"])
        self.assertNotIn("park_some", found["bt"])

    def test_a_program_that_was_looked_at_goes_on_and_ends_well(self):
        text = gdb("--args", SUBJECT, "park",
                   commands=["break come_to_a_stop", "run", "fiber apply all bt", "fiber 3", "bt",
                             "continue"])
        self.assertIn("exited normally", text)


    def test_a_trace_is_there_in_a_live_process_and_in_a_core_if_it_was_kept(self):
        live = ["--args", SUBJECT, "park"], ["break come_to_a_stop", "run", "fiber trace"]
        self.assertIn("no trace was kept", gdb(*live[0], commands=live[1]))
        with unittest.mock.patch.dict(os.environ, {"KINDLING_FIBER_TRACE": "1"}):
            core = core_of("abort", self.folder.name)
            for arguments, commands in (live, ([SUBJECT, str(core)], ["fiber trace"])):
                found = answers(gdb(*arguments, commands=commands))["fiber trace"]
                self.assertRegex(found, r"-[0-9]+ us: ready writer, spawned\n")
                self.assertRegex(found, r"-[0-9]+ us: park reader, mutex\n")
                self.assertRegex(found, r"-0 us: ready late, spawned\n[0-9]+ events")


class OverflowTest(unittest.TestCase):
    """Both kinds of guards, and a fault that is none of ours."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def test_an_overflow_is_named_and_ends_the_program_as_ever(self):
        for disabled in ("", "guard"):
            with self.subTest(disabled=disabled):
                done = run("overflow", self.folder.name, KINDLING_FIBER_DISABLE=disabled)
                self.assertEqual(done.returncode, -signal.SIGSEGV)
                self.assertEqual(done.stderr, "fiber glutton overflowed its 256 KiB stack\n")

    def test_the_core_of_an_overflow_shows_the_function_that_did_it(self):
        core = core_of("overflow", self.folder.name, faults_before=1)
        found = answers(gdb(SUBJECT, str(core), commands=["bt 3", "fibers"]))
        self.assertRegex(found["bt 3"], r"#0 .*fill_the_stack")
        self.assertRegex(found["fibers"], r"running .*glutton")

    def test_another_fault_is_left_to_whoever_had_it_before(self):
        done = run("stray", self.folder.name)
        self.assertEqual(done.returncode, -signal.SIGSEGV)
        self.assertEqual(done.stderr, "")


case_lines.run_and_exit(unittest.TestSuite(
    map(unittest.defaultTestLoader.loadTestsFromTestCase, (LookTest, OverflowTest))))
