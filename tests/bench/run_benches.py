#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs what lies in tests/bench; what tools/bench calls after configuring.

A program X-bench and a script X_bench.py print figures whose names start with `X.`, one JSON object
a line: {"name", "value", "unit", "peer", "peer_value", "ratio"}.
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
HERE = pathlib.Path(__file__).resolve().parent
KEYS = ("name", "value", "unit", "peer", "peer_value", "ratio")


def programs():
    """Subject -> command, of the programs that tests/bench/meson.build declares."""
    text = subprocess.run(["meson", "introspect", "--targets", str(BUILD)], check=True,
                          capture_output=True, text=True).stdout
    found = {}
    for target in json.loads(text):
        if target["type"] == "executable" and target["defined_in"].startswith(str(HERE)):
            found[target["name"].removesuffix("-bench")] = [target["filename"][0]]
    return found


def scripts():
    return {path.name.removesuffix("_bench.py"): [sys.executable, str(path)]
            for path in HERE.glob("*_bench.py")}


def is_wanted(subject, prefix):
    return f"{subject}.".startswith(prefix) or prefix.startswith(f"{subject}.")


def run(command, prefix):
    """Prints the wanted lines of one bench; how many, and None if it failed."""
    done = subprocess.run([*command, prefix], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          text=True)
    count = 0
    for line in done.stdout.splitlines():
        figure = json.loads(line)
        if figure["name"].startswith(prefix):
            print(json.dumps({key: figure.get(key) for key in KEYS}), flush=True)
            count += 1
    return count if done.returncode == 0 else None


def complain(prefix):
    print(f"error: there is no figure whose name starts with '{prefix}'\n"
          "hint: tools/bench without it prints all", file=sys.stderr)
    return 1


def main():
    prefix = sys.argv[1] if len(sys.argv) > 1 else ""
    compiled = {subject: command for subject, command in programs().items()
                if is_wanted(subject, prefix)}
    wanted = compiled | {subject: command for subject, command in scripts().items()
                         if is_wanted(subject, prefix)}
    if not wanted:
        return complain(prefix)
    targets = [str(pathlib.Path(command[0]).relative_to(BUILD)) for command in compiled.values()]
    # What scripts measure is built by default.
    subprocess.run(["ninja", "-C", str(BUILD), "--quiet", *(["all"] + targets)], check=True,
                   stdout=sys.stderr, stdin=subprocess.DEVNULL)
    counts = [run(command, prefix) for command in wanted.values()]
    if None in counts:
        return 1
    return 0 if any(counts) else complain(prefix)


if __name__ == "__main__":
    sys.exit(main())
