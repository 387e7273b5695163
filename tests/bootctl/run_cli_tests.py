#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the tests of the program bootctl: run_cli_tests.py BOOTCTL [NAME...]

One line per case, and "N passed, N failed" at the end; the exit status is 1 if any failed.
"""

import cli
import cli_list_test
import cli_measure_test
import cli_test

cli.main([cli_test, cli_list_test, cli_measure_test])
