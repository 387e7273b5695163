#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of tidy: small trees that must fail, and what must not."""

import pathlib
import sys
import tempfile

import tidy

ROOT = pathlib.Path(__file__).resolve().parents[1]
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
    ("bootctl/a.cpp", SPDX + "#include <getopt.h>\n", "reads words with getopt.h"),
    ("tests/a.c", SPDX + "int n = getopt_long (1, 0, 0, 0, 0);\n", "reads words with getopt_long"),
    ("tests/a.cpp", SPDX + "int n = getopt(1, 0, 0);\n", "reads words with getopt"),
    ("host/a.cpp", SPDX + "#include <argp.h>\n", "reads words with argp.h"),
    ("host/a.cpp", SPDX + "#include <popt.h>\n", "reads words with popt.h"),
    ("tests/a.cpp", SPDX + '# include "CLI/CLI.hpp"\n', "reads words with CLI/CLI.hpp"),
    ("examples/a.cpp", SPDX + "#include <CLI11.hpp>\n", "reads words with CLI11.hpp"),
    ("examples/a.cpp", SPDX + "#include <options/option_cli11.hpp>\n", "options/option_cli11.hpp"),
    ("tests/a.cpp", SPDX + "#include <cxxopts.hpp>\n", "reads words with cxxopts.hpp"),
    ("tests/a.cpp", SPDX + "#include <boost/program_options/cmdline.hpp>\n",
     "reads words with boost/program_options/cmdline.hpp"),
    ("tests/a.cpp", SPDX + '// getopt_long() does\nauto t = "getopt(";\n', None),
    ("tests/a.cpp", SPDX + "#include <boost/fiber/all.hpp>\nint getopt_like(int);\n", None),
    ("tests/a.py", "# SPDX-License-Identifier: MIT\nimport argparse\n", "words with argparse"),
    ("tests/a.py", "# SPDX-License-Identifier: MIT\nimport os, getopt\n", "words with getopt"),
    ("tests/a.py", "# SPDX-License-Identifier: MIT\nif 1:\n    from optparse import Option\n",
     "words with optparse"),
    ("tests/a.py", '# SPDX-License-Identifier: MIT\nKINDS = ("getopt", "argparse")\n', None),
    ("tests/a.py", '# SPDX-License-Identifier: MIT\nall = sys.argv[1] == "--all"\n', "with --all"),
    ("tests/a.py", '# SPDX-License-Identifier: MIT\na = " ".join(sys.argv).partition("--one")\n',
     "with --one"),
    ("tests/a.py", '# SPDX-License-Identifier: MIT\nrun(sys.argv[1], "--all")\n', None),
    ("tools/run", "#!/bin/bash\n# SPDX-License-Identifier: MIT\nwhile getopts ab x; do :; done\n",
     "reads words with getopts"),
    ("tools/run", "#!/usr/bin/env bash\n# SPDX-License-Identifier: MIT\nset -- $(getopt ab $*)\n",
     "reads words with getopt"),
    ("tools/run", "#!/bin/sh\n# SPDX-License-Identifier: MIT\n# without getopts\n", None),
    ("examples/hello_getopt.c", SPDX + "#include <getopt.h>\n", None),
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


def check_need(path):
    """What went wrong: a file that may use another parser must be there and use one."""
    file = ROOT / path
    if not file.exists():
        return "is not there"
    found = list(tidy.check_parsers(file.read_text(), file.suffix))
    return "" if found else "needs no other parser"


def main():
    passed = failed = 0
    messages = [(case[0], run_case(*case)) for case in CASES]
    messages += [(path, check_need(path)) for path in sorted(tidy.OTHER_PARSERS_NEEDED)]
    for path, message in messages:
        passed, failed = passed + (not message), failed + bool(message)
        if message:
            print(f"FAIL {path}: {message}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
