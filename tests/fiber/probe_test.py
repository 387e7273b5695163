#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Looks for the notes of the probes in a program with fibers: probe_test.py PROGRAM"""

import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import case_lines  # noqa: E402

PROGRAM = sys.argv[1]


class ProbeTest(unittest.TestCase):
    """Tracers find places by these notes alone."""

    def test_the_program_tells_where_fibers_are_spawned_switched_and_parked(self):
        text = subprocess.run(["readelf", "-n", PROGRAM], check=True, capture_output=True,
                              text=True).stdout
        found = re.findall(r"Provider: kindling_fiber\s+Name: (\w+)\s+Location: 0x0*[1-9a-f]", text)
        self.assertEqual(set(found), {"park", "spawn", "switch"})


case_lines.run_and_exit(unittest.defaultTestLoader.loadTestsFromTestCase(ProbeTest))
