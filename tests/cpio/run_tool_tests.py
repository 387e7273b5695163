#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the tests of kindling-cpio: run_tool_tests.py TOOL [NAME...]

The last line is "N passed, N failed[, N skipped]"; the exit status is 1 if any failed.
"""

import pathlib
import sys
import unittest

import archives
import extract_test
import pack_list_test

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import case_lines  # noqa: E402

archives.TOOL = sys.argv[1]
loader = unittest.TestLoader()
if sys.argv[2:]:
    suite = loader.loadTestsFromNames(sys.argv[2:])
else:
    suite = unittest.TestSuite(map(loader.loadTestsFromModule, (pack_list_test, extract_test)))
case_lines.run_and_exit(suite)
