#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares options/README.md with the examples: the code with their sources, the runs with what
the built programs print.

    tutorial_test.py BUILD_OF_EXAMPLES
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = ROOT / "options/README.md"
LANGUAGES = {"c": (".c",), "cpp": (".cpp",), "meson": (".py",), "sh": (), "console": ()}


def blocks():
    """(line, language, text) of each block of code."""
    text = README.read_text()
    for match in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S):
        yield text.count("\n", 0, match.start()) + 1, match[1], match[2]


def sources(endings):
    places = list((ROOT / "examples").iterdir()) + [ROOT / "tests/options/install_test.py"]
    return {path.name: path.read_text() for path in places if path.suffix in endings}


def check_code(language, text):
    """None, or what is wrong."""
    if any(text in source for source in sources(LANGUAGES[language]).values()):
        return None
    return f"is in no example:\n{text}"


def steps(text):
    """(command, what it prints) of a transcript."""
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def check_run(text, directory):
    # The language decides about ellipses; how wide a terminal is and its colors are no one's.
    env = {name: value for name, value in os.environ.items()
           if name not in ("COLUMNS", "NO_COLOR", "CLICOLOR_FORCE", "OPTION_ABBREVIATIONS",
                           "OPTION_PROGRAM_NAME")}
    env |= {"LC_ALL": "C.UTF-8", "TERM": "dumb"}
    for command, expected in steps(text):
        done = subprocess.run(["bash", "-c", command], cwd=directory, env=env, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        if done.stdout != expected:
            return f"$ {command}\nprints\n{done.stdout}\nnot\n{expected}"
    return None


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    passed = failed = skipped = 0
    with tempfile.TemporaryDirectory() as work:
        for program in build.iterdir():
            if program.is_file() and os.access(program, os.X_OK):
                (pathlib.Path(work) / program.name).symlink_to(program)
        for line, language, text in blocks():
            programs = set(re.findall(r"^\$ (?:.*\| )?\./([\w-]+)", text, re.M))
            if language not in LANGUAGES:
                problem = f"is of the language {language or 'nothing'}"
            elif language == "sh":
                continue  # install_test.py runs these.
            elif language != "console":
                problem = check_code(language, text)
            elif any(p.startswith("repeat") and not (build / p).exists() for p in programs):
                skipped += 1
                print(f"SKIP README.md:{line}: no CLI11")
                continue
            else:
                problem = check_run(text, work)
            passed, failed = passed + (not problem), failed + bool(problem)
            if problem:
                print(f"FAIL README.md:{line}: {problem}")
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
