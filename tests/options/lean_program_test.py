#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What only some programs need is in those that need it, and in no other, however they are linked.

    python3 tests/options/lean_program_test.py

The library refers weakly to what groups of verbs need. A program that has such a group and lacks
it would read command lines wrongly without a word, so each way of linking is tried, and a table
that no macro made must stop the program.
"""

import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import build_matrix_test as matrix  # noqa: E402

APART = ("-ffunction-sections", "-fdata-sections")
GC = "-Wl,--gc-sections"
# Flags of everything, and of the linker alone.
WAYS = {
    "-O0": (("-O0",), ()),
    "-O2 gc bfd": (("-O2", *APART), (GC, "-fuse-ld=bfd")),
    "-O2 gc lld": (("-O2", *APART), (GC, "-fuse-ld=lld")),
    "-Os": (("-Os",), ()),
    "no-pie": (("-O2", "-fno-pie"), ("-no-pie",)),
    "static-pie": (("-O2", "-fPIE"), ("-static-pie",)),
    "static": (("-O2", "-fno-pie"), ("-static",)),
    "shared library": (("-O2", "-fPIC"), ()),
}
LTO = {"gcc": (("-O2", "-flto", "-ffat-lto-objects"), (GC,)),
       "clang": (("-O2", "-flto=thin"), (GC, "-fuse-ld=lld"))}
WRONG = ("error: cannot use '--long' with verb 'prune'\n"
         "hint: it belongs to list. Try 'lean prune --help'.\n")


def run(command):
    subprocess.run([str(each) for each in command], cwd=matrix.ROOT, check=True,
                   stdin=subprocess.DEVNULL)


def ask(program, *words):
    done = subprocess.run([program, *words], capture_output=True, text=True, timeout=20)
    return done.returncode, done.stderr


def symbols_of(program):
    return subprocess.run(["nm", "-C", "--defined-only", program], check=True, capture_output=True,
                          text=True).stdout


def mistakes_of(work, compiler, way, flags, link):
    """What is wrong with the three programs, linked in this way."""
    command = [compiler, "-std=c++20", "-DNDEBUG", "-I.", *flags]
    objects = []
    for source in matrix.library_sources():
        objects.append(work / f"{source.stem}.o")
        run([*command, "-fno-exceptions", "-fno-rtti", "-c", source, "-o", objects[-1]])
    is_shared = way == "shared library"
    library = work / ("libapart.so" if is_shared else "libapart.a")
    library.unlink(missing_ok=True)
    if is_shared:
        run([compiler, "-shared", *objects, "-o", library])
        link = (*link, f"-Wl,-rpath,{work}")
    else:
        run(["gcc-ar" if compiler == "g++" else "ar", "rcs", library, *objects])

    def program(name, *defines):
        run([*command, *defines, HERE / "lean" / "lean.cpp", library, *link, "-o", work / name])
        return work / name

    wrong = []
    grouped = program("grouped", "-DWITH_GROUP")
    for words, expected in ((("prune", "--long"), (2, WRONG)), (("list", "--long"), (0, "")),
                            (("prune", "--all"), (0, ""))):
        if (got := ask(grouped, *words)) != expected:
            wrong.append(f"{words} is read as {got}")
    plain = program("plain")
    if ask(plain, "prune", "--all") != (0, ""):
        wrong.append("the program without groups does not run")
    if not is_shared and "check_choice" in symbols_of(plain):
        wrong.append("the program without groups contains what they need")
    status, text = ask(program("foreign", "-DFOREIGN_TABLE"), "prune")
    if not is_shared and (status >= 0 or "no OPTION_GROUP_VERBS" not in text):
        wrong.append(f"a foreign table with a group is read with {status}: {text}")
    return wrong


def main():
    passed, failed = 0, 0
    with tempfile.TemporaryDirectory() as work:
        for name, (_, compiler) in matrix.COMPILERS.items():
            for way, (flags, link) in {**WAYS, "lto": LTO[name]}.items():
                wrong = mistakes_of(pathlib.Path(work), compiler, way, flags, link)
                for each in wrong:
                    print(f"FAILED: {name} {way}: {each}")
                passed, failed = passed + (not wrong), failed + bool(wrong)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
