#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests documents about programs: run_document_tests.py C_PROGRAM GENERATOR PROGRAM...

C_PROGRAM is that of described_program.c. The environment variable ONLY="NAME ..." limits the tests.

The last line is "N passed, N failed[, N skipped]"; the exit status is 1 if any failed.
"""

import os
import pathlib
import sys
import unittest

import document_tools
import introspect_test
import json_schema_test
import manual_test

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import case_lines  # noqa: E402

names = os.environ.get("ONLY", "").split()
paths = sys.argv[1:]
document_tools.C_PROGRAM = paths.pop(0)
document_tools.GENERATOR = paths[0]
document_tools.PROGRAMS = {os.path.basename(path): path for path in paths}
loader = unittest.TestLoader()
if names:
    suite = loader.loadTestsFromNames(names)
else:
    modules = (json_schema_test, introspect_test, manual_test)
    suite = unittest.TestSuite(map(loader.loadTestsFromModule, modules))
case_lines.run_and_exit(suite)
