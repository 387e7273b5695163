# SPDX-License-Identifier: MIT
"""What `bootctl predict` says before a boot."""

import dataclasses
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("KINDLING_BUILD", ROOT / "build"))
BOOTCTL = BUILD / "bootctl" / "bootctl"
LOADER = BUILD / "boot" / "kindling-bootx64.efi"


@dataclasses.dataclass
class Prediction:
    pcrs: dict[int, str]           # register -> hex
    digests: dict[int, list[str]]  # register -> digests in the order of the log
    json: dict                     # as printed


def command(image, entry, *options):
    """The command line of a prediction from a disk image."""
    return [str(BOOTCTL), f"--image={image}", *options, "predict", entry]


def parse(text) -> Prediction:
    """Takes the JSON of `bootctl predict --json=short` apart; one bank."""
    document = json.loads(text)
    digests: dict[int, list[str]] = {}
    for event in document["events"]:
        digests.setdefault(event["pcr"], []).append(event["digest"])
    known = {value["pcr"]: value["value"] for value in document["pcrs"] if value.get("value")}
    return Prediction(known, digests, document)


def predict(image, entry) -> Prediction:
    """Errors: RuntimeError with what bootctl said."""
    done = subprocess.run(command(image, entry, "--json=short"), capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"bootctl predict {entry}: {done.stderr.strip()}")
    return parse(done.stdout)
