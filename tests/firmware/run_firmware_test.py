#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs kindling-firmware-test.efi under OVMF, with a TPM and without one.

    python3 tests/firmware/run_firmware_test.py TEST.efi PAYLOAD.efi [DIRECTORY]

DIRECTORY keeps the serial output.
Prints the program's lines, then "N passed, N failed"; exit status 1 if any failed or are missing.
"""

import hashlib
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "qemu"))
import image  # noqa: E402
import machine  # noqa: E402

BIG = bytes((i * 7 + i // 251) & 0xFF for i in range(3 * 1024 * 1024 + 5))


def build_disk(path, program, payload):
    """The disk that the cases expect."""
    image.build(path, {
        "EFI/BOOT/BOOTX64.EFI": program,
        "test/big.bin": BIG,
        "test/Mixed Case.TXT": "mixed\n",
        "test/empty": b"",
        "test/read-only.txt": "read me\n",
        "test/umlaut-long-\u00e4.txt": "a\n",  # too long for a short name, which has no Unicode
        "test/sub/entry+3.conf": "title A",
        "test/sub/other": "other",
        "test/sub/returns.efi": payload,
    }, {"xbootldr.txt": "here\n"})
    subprocess.run(["mattrib", "+r", "-i", f"{path}@@{image.esp_offset()}",
                    "::/test/read-only.txt"], check=True)


def what_the_program_got(text):
    """A case of its own: the programs that the test starts say what they were given."""
    starts = [dict(zip(("cmdline", "initrd"), match)) for match in re.findall(
        r"^@@BEGIN cmdline\n(.*)\n@@END cmdline\n@@BEGIN initrd\n(.*)\n@@END initrd$", text, re.M)]
    expected = [
        {"cmdline": "kindling.return", "initrd": f"6 {hashlib.sha256(b'initrd').hexdigest()}"},
        {"cmdline": "kindling.fail", "initrd": "none"},
        {"cmdline": "kindling.assert", "initrd": "none"},
        {"cmdline": "kindling.exhaust", "initrd": "none"},
    ]
    name = "a program gets its options and its initrd"
    return f"PASS {name}" if starts == expected else f"FAIL {name}: {starts}"


def run(disk, tpm, log):
    """(passed, failed) of one run; a run that does not come to its end counts as a failure."""
    done = machine.boot(disk, tpm=tpm, timeout_s=120, log=log)
    lines = re.findall(r"^(?:PASS|FAIL) .*$|^DONE$", done.text, re.M)
    lines.append(what_the_program_got(done.text))
    for line in lines:
        print(line, "(with TPM)" if tpm else "(without TPM)")
    passed = sum(line.startswith("PASS") for line in lines)
    failed = sum(line.startswith("FAIL") for line in lines)
    if "DONE" not in lines or done.ended != "off":
        print(f"FAIL the run did not end well: {done.ended}; last lines:")
        print("\n".join(done.text.splitlines()[-10:]))
        failed += 1
    return passed, failed


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    program, payload, *logs = map(pathlib.Path, sys.argv[1:])
    for directory in logs:
        directory.mkdir(parents=True, exist_ok=True)
    passed = failed = 0
    with tempfile.TemporaryDirectory() as directory:
        disk = pathlib.Path(directory) / "disk.img"
        build_disk(disk, program, payload)
        for tpm in (True, False):
            log = logs[0] / f"firmware-{'tpm' if tpm else 'no-tpm'}.txt" if logs else None
            good, bad = run(disk, tpm, log)
            passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
