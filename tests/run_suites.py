#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds in four ways and runs the suites; what tools/test calls.

The last line counts what really ran: Catch2's test cases, the `N passed, N failed` lines of
scripts and fuzz replays, and one for a test that counts nothing.
"""

import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
CLANG = BUILD / "clang-asan"
MINIMAL = BUILD / "minimal"
TSAN = BUILD / "tsan"  # fibers only: nothing else has threads

# Environment, options, and what is built if not everything.
SETUP = {
    BUILD: ({}, ["-Dwerror=true"], []),
    CLANG: ({"CC": "clang", "CXX": "clang++"},
            ["-Dwerror=true", "-Doptimization=1", "-Db_sanitize=address,undefined",
             "-Db_lundef=false"], []),
    MINIMAL: ({}, ["-Dwerror=true", "-Dauto_features=disabled", "-Dtests=false"], []),
    TSAN: ({}, ["-Dwerror=true", "-Db_sanitize=thread"], ["tests/fiber/fiber-test"]),
}


@dataclasses.dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def count(stdout: str, result: str) -> Count:
    """What one Meson test ran, by what it printed and by how it ended."""
    if result == "SKIP":
        return Count(skipped=1)
    found = Count()
    lines = re.findall(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$", stdout, re.M)
    if lines:
        found = Count(*(int(number or 0) for number in lines[-1]))
    elif match := re.search(r"^All tests passed \(\d+ assertions? in (\d+) test cases?\)",
                            stdout, re.M):
        found.passed = int(match[1])
    elif match := re.search(r"^test cases:\s*(\d+)(.*)$", stdout, re.M):
        parts = dict((word, int(number)) for number, word in
                     re.findall(r"(\d+) (passed|failed as expected|failed|skipped)", match[2]))
        found = Count(parts.get("passed", 0) + parts.get("failed as expected", 0),
                      parts.get("failed", 0), parts.get("skipped", 0))
    elif result in ("OK", "EXPECTEDFAIL") and "No tests ran" not in stdout:
        found.passed = 1
    if result not in ("OK", "EXPECTEDFAIL") and not found.failed:
        found.failed = 1
    if result == "OK" and not found.passed and not found.failed and not found.skipped:
        found.failed = 1  # a program that says it tested nothing
    return found


def say(text):
    print(f"== {text}", flush=True)


def build(directory):
    """Configures `directory` if need be and builds it; False if that fails."""
    environment, options, targets = SETUP[directory]
    name = directory.relative_to(ROOT)
    started = time.monotonic()
    say(f"configuring {name}")
    # One that is there may have been configured for something else.
    is_new = not (directory / "build.ninja").exists()
    directory.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["meson", "setup" if is_new else "configure", str(directory), *options],
                          cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    if done.returncode:
        print(done.stdout, done.stderr)
        return False
    say(f"building {name}")
    done = subprocess.run(["ninja", "-C", str(directory), "--quiet", *targets],
                          stdin=subprocess.DEVNULL)
    say(f"built {name} in {time.monotonic() - started:.0f} s")
    return done.returncode == 0


def run_suite(directory, suite):
    """Runs one suite of a build; its count. A suite without a test is a failure."""
    say(f"{suite} in {directory.relative_to(ROOT)}")
    started = time.monotonic()
    base = f"testlog-{suite}"
    log = directory / "meson-logs" / f"{base}.json"
    log.unlink(missing_ok=True)
    command = ["meson", "test", "-C", str(directory), "--no-rebuild", "--suite", suite,
               "--logbase", base, "--print-errorlogs", "-t", "2"]
    if suite in ("boot", "firmware"):
        command.append("--verbose")  # minutes long: show each case as it ends
    subprocess.run(command, stdin=subprocess.DEVNULL)
    total = Count()
    for line in log.read_text().splitlines() if log.exists() else []:
        test = json.loads(line)
        total.add(count(test.get("stdout", "") or "", test["result"]))
    if not total.passed and not total.failed:
        print(f"suite {suite} ran nothing")
        total.failed = 1
    say(f"{suite} in {directory.relative_to(ROOT)}: {total} ({time.monotonic() - started:.0f} s)")
    return total


PLAN = [
    (BUILD, ["tidy", "unit", "fuzz"]),
    (CLANG, ["unit", "fuzz"]),
    (MINIMAL, []),
    (TSAN, ["threads"]),
    (BUILD, ["firmware", "boot"]),
]


def main():
    wanted = sys.argv[1:]
    known = {suite for _, suites in PLAN for suite in suites}
    if unknown := set(wanted) - known:
        print(f"error: there is no suite {' '.join(sorted(unknown))}\n"
              f"hint: there are {' '.join(sorted(known))}", file=sys.stderr)
        return 2
    total, is_built, lines = Count(), {}, []
    for directory, suites in PLAN:
        suites = [suite for suite in suites if not wanted or suite in wanted]
        if wanted and not suites:
            continue
        if directory not in is_built:
            is_built[directory] = build(directory)
        if not is_built[directory]:
            total.add(Count(failed=max(len(suites), 1)))
            lines.append(f"{directory.relative_to(ROOT)}: does not build")
            continue
        for suite in suites:
            found = run_suite(directory, suite)
            lines.append(f"{suite} in {directory.relative_to(ROOT)}: {found}")
            total.add(found)
    print("\n".join(lines))
    print(total)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
