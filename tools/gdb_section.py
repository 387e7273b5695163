#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints a gdb script as assembly for the section in which gdb looks for scripts.

    python3 tools/gdb_section.py SCRIPT > gdb_section.hpp

Source: GDB manual, "The .debug_gdb_scripts section": a 4 for Python text, the script's name and its
text, each on lines of its own, and a 0.
"""

import pathlib
import sys

script = pathlib.Path(sys.argv[1])
print("// SPDX-License-Identifier: MIT")
print("#pragma once")
print('asm(".pushsection .debug_gdb_scripts, \\"MS\\", %progbits, 1\\n"')
print('    ".byte 4\\n"')
for line in [f"kindling-{script.name}", *script.read_text().split("\n")]:
    escaped = line.replace("\\", "\\\\").replace('"', '\\"')
    print(f'    R"gdb(.ascii "{escaped}\\n")gdb" "\\n"')
print('    ".byte 0\\n"')
print('    ".popsection\\n");')
