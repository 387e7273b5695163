#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of run_suites: what the last line of a run counts."""

import contextlib
import io
import json
import os
import pathlib
import sys
import tempfile

import run_suites
from run_suites import Count

CATCH2 = "=" * 79 + "\n"

# Output of a test, how it ended, what is counted.
COUNTS = [
    # Catch2 when all is well
    (CATCH2 + "All tests passed (2840 assertions in 56 test cases)\n\n", "OK", Count(56)),
    (CATCH2 + "All tests passed (1 assertion in 1 test case)\n\n", "OK", Count(1)),
    # and when it is not
    (CATCH2 + "test cases: 13 | 10 passed | 3 failed\nassertions: 44 | 41 passed | 3 failed\n",
     "FAIL", Count(10, 3)),
    (CATCH2 + "test cases:  5 |  5 failed\nassertions: 9 | 2 passed | 7 failed\n", "FAIL",
     Count(0, 5)),
    (CATCH2 + "test cases: 4 | 3 passed | 1 failed as expected\nassertions: 4 | 4 passed\n", "OK",
     Count(4)),
    (CATCH2 + "test cases: 6 | 3 passed | 2 failed | 1 failed as expected\n", "FAIL", Count(4, 2)),
    (CATCH2 + "test cases: 3 | 1 passed | 2 skipped\nassertions: 1 | 1 passed\n", "OK",
     Count(1, 0, 2)),
    (CATCH2 + "test cases: 1 | 1 skipped\nassertions: - none -\n", "OK", Count(0, 0, 1)),
    (CATCH2 + "test cases: 1 | 1 passed\nassertions: - none -\n", "OK", Count(1)),
    (CATCH2 + "All tests passed (9 assertions in 7 test cases)\n\n5 passed, 0 failed, 2 skipped\n",
     "OK", Count(5, 0, 2)),
    # programs that tested nothing
    ("No test cases matched '[x]'\n" + CATCH2 + "No tests ran\n\n", "OK", Count(0, 1)),
    (CATCH2 + "No tests ran\n", "FAIL", Count(0, 1)),
    ("0 passed, 0 failed\n", "OK", Count(0, 1)),
    # scripts and replays
    ("292 passed, 0 failed\n", "OK", Count(292)),
    ("FAIL one\n7 passed, 2 failed\n", "FAIL", Count(7, 2)),
    ("3 passed, 0 failed, 2 skipped\n", "OK", Count(3, 0, 2)),
    ("0 passed, 0 failed, 2 skipped\n", "OK", Count(0, 0, 2)),
    ("1 passed, 0 failed\nmore\n5 passed, 0 failed\n", "OK", Count(5)),
    ("it says: 9 passed, 0 failed\n", "OK", Count(1)),
    ("2 passed, 1 failed\n", "OK", Count(2, 1)),
    # what counts nothing counts once
    ("", "OK", Count(1)),
    ("518 files, 0 violations\n", "OK", Count(1)),
    ("", "EXPECTEDFAIL", Count(1)),
    # the way it ended is believed, too
    ("", "FAIL", Count(0, 1)),
    ("", "ERROR", Count(0, 1)),
    ("", "TIMEOUT", Count(0, 1)),
    ("", "INTERRUPT", Count(0, 1)),
    ("", "UNEXPECTEDPASS", Count(0, 1)),
    ("5 passed, 0 failed\n", "FAIL", Count(5, 1)),
    ("5 passed, 0 failed\n", "TIMEOUT", Count(5, 1)),
    (CATCH2 + "All tests passed (3 assertions in 2 test cases)\n", "FAIL", Count(2, 1)),
    ("==1==ERROR: AddressSanitizer: heap-use-after-free\n", "FAIL", Count(0, 1)),
    ("anything\n", "SKIP", Count(0, 0, 1)),
]

# What a suite's log holds as (output, result), or None for no log; what the suite counts.
SUITES = [
    (None, Count(0, 1)),
    ([], Count(0, 1)),
    ([("2 passed, 0 failed\n", "OK"), ("", "OK")], Count(3)),
    ([("2 passed, 0 failed\n", "OK"), ("", "TIMEOUT")], Count(2, 1)),
    ([(None, "OK")], Count(1)),
    ([("", "SKIP")], Count(0, 1, 1)),
    ([("", "SKIP"), ("", "OK")], Count(1, 0, 1)),
]

LINES = [
    (Count(), "0 passed, 0 failed"),
    (Count(5, 1), "5 passed, 1 failed"),
    (Count(5, 0, 2), "5 passed, 0 failed, 2 skipped"),
]

# Stands in for the real one: writes the log that a test has prepared.
MESON = """#!/bin/sh
# SPDX-License-Identifier: MIT
test "$1" = test || exit "${FAKE_MESON_EXIT:-0}"
test ! -e "$3/prepared.json" || cp "$3/prepared.json" "$3/meson-logs/testlog-unit.json"
"""


@contextlib.contextmanager
def fake_build():
    """A build directory whose meson and ninja do as they are told; nothing is printed."""
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        for tool, text in (("meson", MESON), ("ninja", "#!/bin/sh\nexit ${FAKE_NINJA_EXIT:-0}\n")):
            (root / tool).write_text(text)
            (root / tool).chmod(0o755)
        directory = root / "build"
        (directory / "meson-logs").mkdir(parents=True)
        before = run_suites.ROOT, dict(os.environ)
        run_suites.ROOT = root
        os.environ["PATH"] = f"{root}:{os.environ['PATH']}"
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                yield directory
        finally:
            run_suites.ROOT = before[0]
            os.environ.clear()
            os.environ.update(before[1])


def suite_count(tests):
    with fake_build() as directory:
        # What an earlier run has left must not be counted again.
        log = directory / "meson-logs" / "testlog-unit.json"
        log.write_text(json.dumps({"stdout": "99 passed, 0 failed\n", "result": "OK"}) + "\n")
        if tests is not None:
            lines = [json.dumps({"stdout": text, "result": result}) for text, result in tests]
            (directory / "prepared.json").write_text("\n".join(lines))
        return run_suites.run_suite(directory, "unit")


def build_result(variable):
    """What building gives when a tool fails, or none."""
    with fake_build() as directory:
        run_suites.SETUP[directory] = ({}, [], [])
        if variable:
            os.environ[variable] = "1"
        try:
            return run_suites.build(directory)
        finally:
            del run_suites.SETUP[directory]


def main_status(arguments):
    before = sys.argv
    sys.argv = ["run_suites.py", *arguments]
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return run_suites.main()
    finally:
        sys.argv = before


def plan_of(result, builds):
    """The exit status of a run of one suite with that result."""
    before = run_suites.PLAN, run_suites.build, run_suites.run_suite
    run_suites.PLAN = [(run_suites.BUILD, ["unit"])]
    run_suites.build = lambda directory: builds
    run_suites.run_suite = lambda directory, suite: result
    try:
        return main_status([])
    finally:
        run_suites.PLAN, run_suites.build, run_suites.run_suite = before


def checks():
    """Pairs of what was found and what was expected, with a name."""
    for output, result, expected in COUNTS:
        yield f"{result} {output!r}", run_suites.count(output, result), expected
    for count, line in LINES:
        yield "a line", str(count), line
    for tests, expected in SUITES:
        yield f"suite {tests}", suite_count(tests), expected
    yield "a build", build_result(None), True
    yield "a build that cannot be configured", build_result("FAKE_MESON_EXIT"), False
    yield "a build that fails", build_result("FAKE_NINJA_EXIT"), False
    yield "no such suite", main_status(["unti"]), 2
    yield "all is well", plan_of(Count(3), True), 0
    yield "one failed", plan_of(Count(3, 1), True), 1
    yield "nothing ran", plan_of(Count(), True), 1
    yield "does not build", plan_of(Count(3), False), 1


def main():
    passed = failed = 0
    for name, found, expected in checks():
        if found == expected:
            passed += 1
            continue
        failed += 1
        print(f"FAIL {name}: {found}, not {expected}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
