# SPDX-License-Identifier: MIT
"""What the guest said over the serial line, taken apart."""

import base64
import dataclasses
import json
import re

LOADER_VENDOR = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
KINDLING_VENDOR = "6b696e64-6c69-4e67-a5d1-0c9f3e72b84d"


@dataclasses.dataclass(frozen=True)
class File:
    """A file, directory or anything else below /.extra, as the kernel unpacked it."""
    mode: int  # with the type bits
    uid: int
    gid: int
    size: int
    sha256: str  # empty for what is no regular file


@dataclasses.dataclass
class GuestReport:
    cmdline: str
    files: dict[str, File]
    pcrs: dict[str, dict[int, str]]  # bank -> register -> hex
    event_log: bytes                 # empty without a TPM
    variables: dict[str, bytes]      # "Name-guid" -> data, without the attributes

    def loader_variable(self, name):
        """Text of a Boot Loader Interface variable; None if it is not there."""
        data = self.variables.get(f"{name}-{LOADER_VENDOR}")
        return None if data is None else data.decode("utf-16-le").removesuffix("\0")

    def loader_report(self):
        """The loader's own report; None if it left none."""
        return loader_report(self.variables)


def loader_report(variables):
    """The JSON of docs/report.md from variables "Name-guid" -> data; None if there is none."""
    pieces = []
    while (piece := variables.get(f"Report{len(pieces)}-{KINDLING_VENDOR}")) is not None:
        pieces.append(piece)
    return json.loads(b"".join(pieces)) if pieces else None


def clean(serial: bytes) -> str:
    """Serial output without terminal control sequences and carriage returns."""
    text = serial.decode(errors="replace")
    return re.sub(r"\x1b(\[[0-9;=?]*[A-Za-z]|[()][A-Z0-9]|[=>78c])", "", text).replace("\r", "")


def sections(text: str) -> dict[str, list[str]]:
    """Lines between `@@BEGIN name` and `@@END name`."""
    found = {}
    for match in re.finditer(r"^@@BEGIN (\S+)\n(.*?)^@@END \1$", text, re.M | re.S):
        found[match[1]] = match[2].splitlines()
    return found


def _file(line):
    mode, uid, gid, size, digest, path = line.split(" ", 5)
    return path, File(int(mode, 16), int(uid), int(gid), int(size), digest.strip("-"))


def parse(text: str) -> GuestReport:
    """The guest's report; raises ValueError if it did not come through to its end."""
    found = sections(text)
    missing = {"cmdline", "files", "pcrs", "event-log", "variables", "done"} - found.keys()
    if missing:
        raise ValueError(f"the guest did not report: {', '.join(sorted(missing))}")
    pcrs: dict[str, dict[int, str]] = {}
    for line in found["pcrs"]:
        bank, number, value = line.split()
        pcrs.setdefault(bank, {})[int(number)] = value.lower()
    variables = {}
    for line in found["variables"]:
        name, _, data = line.partition(" ")
        variables[name] = base64.b64decode(data)[4:]
    return GuestReport(
        cmdline="\n".join(found["cmdline"]),
        files=dict(_file(line) for line in found["files"]),
        pcrs=pcrs,
        event_log=base64.b64decode("".join(found["event-log"])),
        variables=variables)
