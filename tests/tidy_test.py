#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of tidy: small trees that must fail, and what must not."""

import pathlib
import sys
import tempfile

import tidy

SPDX = "// SPDX-License-Identifier: MIT\n"
HEADER = SPDX + "#pragma once\n"
LONG = "".join("    work();\n" for _ in range(61))

# Path, contents, a part of the message; None if tidy must stay silent.
CASES = [
    ("core/a.cpp", SPDX + '#include "base/bytes.hpp"\n#include <string>\n', None),
    ("base/a.cpp", SPDX + '#include "cpio/newc.hpp"\n', "base/ must not include"),
    ("cpio/a.cpp", SPDX + '#include "core/pe.hpp"\n', "cpio/ must not include"),
    ("core/a.cpp", SPDX + '#include "host/fd.hpp"\n', "core/ must not include"),
    ("boot/a.cpp", SPDX + '#include "efi/console.hpp"\n', "boot/ must not include"),
    ("boot/main.cpp", SPDX + '#include "efi/console.hpp"\n', None),
    ("boot/main.cpp", SPDX + '#include "host/fd.hpp"\n', "boot/ must not include"),
    ("cpio/main.cpp", SPDX + '#include "options/option.hpp"\n#include <zlib.h>\n', None),
    ("cpio/tool_input.cpp", SPDX + '#include "host/fd.hpp"\n', None),
    ("host/a.cpp", SPDX + '#include "core/pe.hpp"\n', "host/ must not include"),
    ("options/a.cpp", SPDX + '#include "base/bytes.hpp"\n', "options/ must not include"),
    ("bootctl/a.cpp", SPDX + '#include "boot/run.hpp"\n', "bootctl/ must not include"),
    ("bootctl/a.cpp", SPDX + '#include "core/pe.hpp"\n#include <map>\n', None),
    ("core/a.cpp", SPDX + "#include <map>\n", "freestanding subset"),
    ("boot/a.cpp", SPDX + "#include <cstdio>\n", "freestanding subset"),
    ("efi/a.cpp", SPDX + "#include <efi.h>\n", None),
    ("core/a.cpp", SPDX + "#include <efi.h>\n", "freestanding subset"),
    ("tests/core/a_test.cpp", SPDX + '#include "bootctl/list.hpp"\n#include <map>\n', None),
    ("core/a.cpp", SPDX + "void f() { throw 1; }\n", "uses throw"),
    ("host/a.cpp", SPDX + "void f() { try { g(); } catch (int) {} }\n", "uses try"),
    ("core/a.cpp", SPDX + "auto p = dynamic_cast<A*>(b);\n", "uses dynamic_cast"),
    ("core/a.cpp", SPDX + '// we never throw\nauto t = "try again";\n', None),
    ("core/a.cpp", SPDX + "auto p = new Thing;\n", "naked new"),
    ("core/a.cpp", SPDX + "std::unique_ptr<Thing> p(new Thing);\n", None),
    ("core/a.cpp", SPDX + "void f(A* p) { delete p; }\n", "naked delete"),
    ("core/a.cpp", SPDX + "struct A { A(const A&) = delete; };\n", None),
    ("core/a.cpp", SPDX + 'void f() { printf("x"); }\n', "only a main prints"),
    ("core/a.cpp", SPDX + "#define TWICE(x) x x\n", "defines the macro TWICE"),
    ("base/result.hpp", HEADER + "#define TRY(x) x\n", None),
    ("core/a.cpp", SPDX + "void f() {\n" + LONG + "}\n", "function of 63 lines"),
    ("core/a.cpp", SPDX + "namespace k {\nvoid f() {\n}\n" + LONG + "}\n", None),
    ("core/a.cpp", SPDX + "int x;\n" * 600, "file of 601 lines"),
    ("core/a.cpp", "int x;\n", "no SPDX line"),
    ("tools/run", "#!/bin/bash\necho\n", "no SPDX line"),
    ("tools/run", "#!/bin/bash\n# SPDX-License-Identifier: MIT\necho\n", None),
    ("core/a.hpp", SPDX, "no #pragma once"),
    ("core/utils.cpp", SPDX, "no home"),
    ("core/a.cpp", SPDX + "int x; \n", "trailing white space"),
    ("docs/a.md", "no end", "does not end with a new line"),
    ("docs/a.md", "a\r\n", "carriage returns"),
    ("docs/a.md", "see /wo" "rk/tree\n", "a place of one machine"),
    ("docs/a.md", "see docs/work/tree and https://systemd.io/home/x\n", None),
    ("docs/a.md", "TO" "DO later\n", "belongs into an issue"),
    ("docs/a.md", b"\xff\xfe", "not UTF-8"),
    ("tests/data/log.bin", b"\xff \n", None),
    ("tests/a.py", "# SPDX-License-Identifier: MIT\ndef f():\n" + "    g()\n" * 61,
     "function of 62 lines"),
]


def run_case(path, contents, expected):
    """What went wrong; empty if nothing did."""
    with tempfile.TemporaryDirectory() as tree:
        file = pathlib.Path(tree, path)
        file.parent.mkdir(parents=True)
        file.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        _, found = tidy.check_tree(tree)
    if expected is None:
        return f"unexpected: {found}" if found else ""
    if not any(expected in message and message.startswith(path + ":") for message in found):
        return f"expected '{expected}', found {found}"
    return ""


def main():
    failed = 0
    for case in CASES:
        if message := run_case(*case):
            failed += 1
            print(f"FAIL {case[0]}: {message}")
    print(f"{len(CASES) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
