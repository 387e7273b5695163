#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The switch between stacks works in every way of building: the program of tests/fiber/switch is
compiled with many flags, for x86-64 and aarch64, and run.

    python3 tests/fiber/switch_matrix_test.py [NAME]     only the builds whose name has that in it

Programs for aarch64 run under qemu-user, on any machine; the others need an x86-64 one.
"""

import dataclasses
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests" / "fiber" / "switch"
COMMON = ["-std=c++20", "-g", "-Wall", "-Wextra", "-Werror", "-I."]
UCONTEXT = ("-DKINDLING_FIBER_UCONTEXT",)  # for the checks alone
ASAN = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-DKINDLING_FIBER_ASAN")


@dataclasses.dataclass(frozen=True)
class Build:
    """One way of building the program, and the environments to run it in."""

    name: str
    compiler: str = "g++"
    flags: tuple = ("-O2",)
    machine: str = "x86_64"
    runner: tuple = ()               # what runs it, if not the machine itself
    environments: tuple = ((),)
    has_assembly: bool = True

    def sources(self):
        found = [*sorted(HERE.glob("*.cpp")), HERE / f"patterns_{self.machine}.S",
                 ROOT / "fiber" / "context.cpp", ROOT / "base" / "assert_abort.cpp"]
        switch = (f"{self.machine}.S", "frame.cpp") if self.has_assembly else ("ucontext.cpp",)
        found += [ROOT / "fiber" / f"switch_{name}" for name in switch]
        return [str(path) for path in found]


USE_AFTER_RETURN = tuple((("ASAN_OPTIONS", f"detect_stack_use_after_return={on}"),)
                         for on in (0, 1))
BUILDS = [
    Build("gcc -O0", flags=("-O0",)),
    Build("gcc -O3 without checks", flags=("-O3", "-DNDEBUG")),
    Build("clang -O2", "clang++"),
    Build("fortified", flags=("-O2", "-D_FORTIFY_SOURCE=2")),
    Build("stack protector", flags=("-O2", "-fstack-protector-strong",
                                    "-fstack-clash-protection")),
    Build("control-flow protection", flags=("-O2", "-fcf-protection=full")),
    Build("control-flow protection, clang", "clang++", ("-O2", "-fcf-protection=full")),
    Build("static", flags=("-O2", "-static")),
    Build("no frame pointers", flags=("-O2", "-fomit-frame-pointer", "-fno-pie", "-no-pie")),
    Build("ucontext", flags=("-O2", "-D_FORTIFY_SOURCE=2", *UCONTEXT), has_assembly=False),
    Build("libucontext", flags=("-O2", "-DKINDLING_FIBER_LIBUCONTEXT",
                                "-Itests/fiber/switch/stand_in", *UCONTEXT), has_assembly=False),
    Build("ucontext, address sanitizer, clang", "clang++", ("-O1", *ASAN, *UCONTEXT),
          environments=USE_AFTER_RETURN, has_assembly=False),
    Build("address sanitizer, gcc", flags=("-O1", *ASAN), environments=USE_AFTER_RETURN),
    Build("address sanitizer, clang", "clang++", ("-O1", *ASAN), environments=USE_AFTER_RETURN),
    Build("thread sanitizer, gcc", flags=("-O1", "-fsanitize=thread", "-DKINDLING_FIBER_TSAN")),
    *[Build(f"aarch64 {' '.join(flags)}", "aarch64-linux-gnu-g++", ("-static", *flags), "aarch64",
            ("qemu-aarch64",))
      for flags in (("-O2",), ("-O0",), ("-O2", "-mbranch-protection=standard"))],
]


class Failure(Exception):
    pass


def run(command, environment=()):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300,
                          stdin=subprocess.DEVNULL, env={**os.environ, **dict(environment)})
    if done.returncode != 0 or done.stderr:
        shown = f"{done.stdout}\n{done.stderr}".strip()
        raise Failure(f"{' '.join(command)} ended with {done.returncode}\n{shown[-3000:]}")
    return done.stdout


def check_note(work):
    """The switch promises what it keeps: landing places and shadow stacks."""
    output = str(pathlib.Path(work, "switch.o"))
    run(["gcc", "-fcf-protection=full", "-c", "fiber/switch_x86_64.S", "-o", output])
    if not re.search(r"x86 feature: IBT, SHSTK$", run(["readelf", "-n", output]), re.M):
        raise Failure("the note of the switch is not IBT and SHSTK")


def check(build, work):
    """Builds it and runs it; the number of checks that the program made."""
    if "-fcf-protection=full" in build.flags:
        check_note(work)
    program = str(pathlib.Path(work, "program"))
    run([build.compiler, *COMMON, *build.flags, *build.sources(), "-o", program])
    count = 0
    for environment in build.environments:
        text = run([*build.runner, program], environment)
        match = re.search(r"^(\d+) passed, 0 failed$", text, re.M)
        if not match or match[1] == "0":
            raise Failure(f"it says {text!r}")
        count += int(match[1])
    return count


def lacks(build):
    """What this machine has not got for it."""
    found = [each for each in (build.compiler, *build.runner[:1]) if not shutil.which(each)]
    if not build.runner and platform.machine() != build.machine:
        found.append(f"an {build.machine} processor")
    return found


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    passed, failed, skipped = 0, 0, 0
    with tempfile.TemporaryDirectory() as work:
        for build in BUILDS:
            if wanted not in build.name:
                continue
            if missing := lacks(build):
                print(f"skipped: {build.name}: no {', '.join(missing)}")
                skipped += 1
                continue
            try:
                print(f"{build.name}: {check(build, work)} checks", flush=True)
                passed += 1
            except (Failure, subprocess.TimeoutExpired) as failure:
                print(f"FAILED: {build.name}: {failure}", flush=True)
                failed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
