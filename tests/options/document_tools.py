# SPDX-License-Identifier: MIT
"""The programs whose documents are tested, and what tests ask of them."""

import json
import os
import pathlib
import re
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parents[2]
GENERATOR = None  # set by run_document_tests.py, like the next
PROGRAMS = {}     # name -> path
C_PROGRAM = None
TIMEOUT_S = 60


def run(*words, stdin=b"", status=0):
    """Standard output and standard error, as text."""
    environment = {**os.environ, "COLUMNS": "80", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
    done = subprocess.run(list(map(str, words)), input=stdin, capture_output=True,
                          env=environment, timeout=TIMEOUT_S)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == status, f"{words}: {done.returncode}, not {status}\n{out}{err}"
    return out, err


def generate(*words, stdin=b"", status=0):
    return run(GENERATOR, *words, stdin=stdin, status=status)


def introspect(path, *words):
    out, err = run(path, "--introspect-cli", *words)
    assert err == "", err
    return json.loads(out)


def synopsis(option):
    """An option as a help page shows it."""
    text = " ".join(option["names"])
    if option["argument"] == "no_argument":
        return text
    value = option["value_name"]
    if " " in value:
        value = f"'{value}'"
    joiner = "=" if option["names"][-1].startswith("--") else " "
    if option["argument"] == "required_argument":
        return text + joiner + value
    return text + (f"[={value}]" if joiner == "=" else f" [{value}]")


def filled(page):
    """A help page on one line."""
    return " ".join(page.split())


def option_names(page):
    """All names at the start of rows of a help page."""
    names = set()
    for row in re.finditer(r"^ {2,5}(-\S.*)", page, re.M):
        short_and_long = re.match(r"(-[^\s-])?(?: ?(--[a-z0-9-]+))?", row[1])
        names.update(filter(None, short_and_long.groups()))
    return names


def verb_names(page):
    """All names below "Verbs:"."""
    part = re.search(r"^Verbs:\n((?: .*\n)+)", page, re.M)
    return set(re.findall(r"^ {2}\[?([a-z-]+)", part[1], re.M)) if part else set()


def of_type(command, wanted):
    return [each for each in command["arguments"] if each["type"] == wanted]


def all_objects(value):
    """Every object of a document, itself included."""
    if isinstance(value, dict):
        yield value
    if isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from all_objects(each)
