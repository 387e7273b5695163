#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the tests of kindling-cpio: run_tool_tests.py TOOL [NAME...]

The last line is "N passed, N failed[, N skipped]"; the exit status is 1 if any failed.
"""

import sys
import unittest

import archives
import extract_test
import pack_list_test

archives.TOOL = sys.argv[1]
loader = unittest.TestLoader()
if sys.argv[2:]:
    suite = loader.loadTestsFromNames(sys.argv[2:])
else:
    suite = unittest.TestSuite(map(loader.loadTestsFromModule, (pack_list_test, extract_test)))
result = unittest.TextTestRunner(stream=sys.stdout, verbosity=1).run(suite)
failed = len(result.failures) + len(result.errors)
skipped = len(result.skipped)
print(f"{result.testsRun - failed - skipped} passed, {failed} failed"
      + (f", {skipped} skipped" if skipped else ""))
sys.exit(1 if failed else 0)
