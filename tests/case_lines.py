# SPDX-License-Identifier: MIT
"""How scripts of tests report: a line per case, at the end "N passed, N failed[, N skipped]"."""

import sys
import unittest


class CaseLines(unittest.TestResult):
    """Prints each case as it ends, and why it did not pass."""

    def __init__(self):
        super().__init__()
        self.passed = 0

    def tell(self, word, test, why=""):
        kind, name = test.id().split(".")[-2:]
        print(f"{word} {kind}: {name.removeprefix('test_').replace('_', ' ')}{why}", flush=True)

    def addSuccess(self, test):
        self.passed += 1
        self.tell("PASS", test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.tell("SKIP", test, f": {reason}")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.tell("FAIL", test)
        print(self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        print(f"FAIL {test}\n{self.errors[-1][1]}")

    def addSubTest(self, test, subtest, err):
        before = len(self.failures) + len(self.errors)
        super().addSubTest(test, subtest, err)
        for _, text in (self.failures + self.errors)[before:]:
            print(f"FAIL {subtest}\n{text}")


def run_and_exit(suite):
    """Exit status 1 if any case failed, or none passed."""
    result = CaseLines()
    suite.run(result)
    failed = len(result.failures) + len(result.errors)
    skipped = f", {len(result.skipped)} skipped" if result.skipped else ""
    print(f"{result.passed} passed, {failed} failed{skipped}")
    sys.exit(1 if failed or not result.passed else 0)
