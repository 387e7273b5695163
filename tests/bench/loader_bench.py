#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Size of the loader, and its own time from its start to StartImage, under QEMU with a TPM.

    python3 tests/bench/loader_bench.py [PREFIX]

The time is the loader's own, from its report variable (docs/report.md); the payload it starts only
prints variables and powers off. Median of the runs. Other loaders are compared another day.
"""

import json
import pathlib
import statistics
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "qemu"))

import image  # noqa: E402  (the harness is not a package)
import machine  # noqa: E402
import prediction  # noqa: E402
import report  # noqa: E402

PAYLOAD = prediction.BUILD / "tests" / "firmware" / "kindling-test-payload.efi"
SIZE_MAX = 98304
EXTRA_SIZE = 100 * 1024 * 1024
RUNS = 5


def snippet(number, *lines):
    return "\n".join([f"title Entry {number}", f"version {number}", "sort-key bench",
                      "linux /payload.efi", "options quiet", *lines]) + "\n"


def tree(entries, extra_size=0):
    """An ESP whose first entry is the one that is started."""
    lines = ["extra /big.sysext.raw"] if extra_size else []
    files = {"EFI/BOOT/BOOTX64.EFI": prediction.LOADER, "payload.efi": PAYLOAD,
             "loader/loader.conf": "timeout 0\n"}
    for number in range(1, entries + 1):
        files[f"loader/entries/entry{number:03}.conf"] = snippet(number, *lines)
    if extra_size:
        files["big.sysext.raw"] = bytes(range(256)) * (extra_size // 256)
    return files


def loader_time_us(disk, memory_mib):
    """The loader's own figure, from one run."""
    run = machine.boot(disk, timeout_s=180, memory_mib=memory_mib)
    found = {}
    for line in report.sections(run.text).get("variables", []):
        name, _, data = line.partition(" ")
        found[name] = bytes.fromhex(data)
    said = report.loader_report(found)
    if said is None:
        raise RuntimeError(f"no report from the loader; the run ended by '{run.ended}': "
                           + run.text.strip()[-400:])
    return said["timeUSec"]


def measure(files, memory_mib=512):
    with tempfile.TemporaryDirectory() as work:
        disk = image.build(pathlib.Path(work, "disk.img"), files)
        return statistics.median(loader_time_us(disk, memory_mib) for _ in range(RUNS))


def figure(name, value, unit, peer=None, peer_value=None):
    ratio = round(value / peer_value, 4) if peer_value else None
    print(json.dumps({"name": name, "value": value, "unit": unit, "peer": peer,
                      "peer_value": peer_value, "ratio": ratio}), flush=True)


def main():
    prefix = sys.argv[1] if len(sys.argv) > 1 else ""
    if "loader.size".startswith(prefix):
        figure("loader.size", prediction.LOADER.stat().st_size, "bytes", "limit", SIZE_MAX)
    times = {
        "loader.start_1": lambda: measure(tree(1)),
        "loader.start_500": lambda: measure(tree(500)),
        "loader.start_extra_100MiB": lambda: measure(tree(1, EXTRA_SIZE), 1024),
    }
    for name, take in times.items():
        if name.startswith(prefix):
            figure(name, round(take() / 1000, 1), "ms")


if __name__ == "__main__":
    main()
