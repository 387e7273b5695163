#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The main job on real input; what tools/demo runs after building.

An entry with four extras goes from its file through the loader to the kernel, and the registers of
the TPM must be those that `bootctl predict` told before.
"""

import json
import pathlib
import shlex
import shutil
import subprocess
import sys
import time

import comparison
import guest
import image
import machine
import prediction

ROOT = prediction.ROOT
DEMO = ROOT / "build" / "demo"
ESP = DEMO / "esp"
DISK = DEMO / "disk.img"
ENTRY = "demo.conf"
REGISTERS = {4, 5, 9, 12, 13}
SNIPPET = """\
title      Kindling demo
version    1
linux      /demo/vmlinuz
initrd     /demo/initrd.img
options    console=ttyS0 quiet panic=-1
extra      /demo/network.cred
extra      /demo/debug.sysext.raw
extra      /demo/site.confext.raw
extra      /demo/login.cred
"""
CREDENTIALS = {
    "network.cred": b"address=192.0.2.7/24\n",
    "login.cred": b"greeting=Welcome to the demo.\n",
}
EXTENSIONS = {
    "debug.sysext.raw": {
        "usr/lib/extension-release.d/extension-release.debug": "ID=_any\n",
        "usr/share/debug/readme": "Files of a system extension appear below /usr.\n"},
    "site.confext.raw": {
        "etc/extension-release.d/extension-release.site": "ID=_any\n",
        "etc/site.conf": "Files of a configuration extension appear below /etc.\n"},
}


def step(text):
    print(f"== {text}", flush=True)


def shown(path):
    """A path as a person in the repository would type it."""
    return str(path).replace(f"{ROOT}/", "")


def run(*command):
    """Runs a command of ours; its output stays visible. Returns whether it succeeded."""
    return subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL).returncode == 0


def make_extension(name, tree):
    """A real squashfs image, the same bytes each time."""
    source = DEMO / "extensions" / name
    image.write_tree(source, tree)
    target = ESP / "demo" / name
    subprocess.run(["mksquashfs", source, target, "-quiet", "-no-progress", "-noappend",
                    "-all-root", "-mkfs-time", "0", "-all-time", "0"], check=True,
                   stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def stage():
    """Lays out what goes on the ESP: kernel, initrd, entry, extras."""
    shutil.rmtree(DEMO, ignore_errors=True)
    image.write_tree(ESP, {
        "loader/loader.conf": "timeout 0\n",
        f"loader/entries/{ENTRY}": SNIPPET,
        "demo/vmlinuz": guest.kernel(),
        "demo/initrd.img": guest.initrd(),
        **{f"demo/{name}": contents for name, contents in CREDENTIALS.items()}})
    for name, tree in EXTENSIONS.items():
        make_extension(name, tree)
    image.fix_times(ESP)


def make_disk():
    """The disk image with our loader on it; the commands that made it."""
    commands = ["export MTOOLS_SKIP_CHECK=1 LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin:/sbin",
                f"rm -f {DISK}"]
    image.build_from(DISK, ESP, commands=commands)
    install = [str(prediction.BOOTCTL), f"--image={DISK}", "install"]
    commands.append(shlex.join(install))
    if not run(*install):
        raise RuntimeError("bootctl install failed")
    return [shown(command) for command in commands]


def boot():
    """Boots the image, showing that time passes; the run."""
    step("booting under QEMU with OVMF and a software TPM (about 10 s; may take a minute)")
    done = machine.boot(DISK, timeout_s=300, log=DEMO / "serial.txt", progress=step)
    if done.ended != "off":
        print(done.text[-2000:])
        raise RuntimeError(f"the boot ended by '{done.ended}', see {shown(DEMO)}/serial.txt")
    return done


def show_files(checks, report):
    print("\nBelow /.extra, as unpacked by the kernel:\n")
    for path, file in sorted(report.files.items()):
        print(f"    {file.mode & 0o7777:04o} {file.size:>8}  {file.sha256 or '-':64}  {path}")
    for check in checks:
        if not check.is_ok:
            print(f"    ✗ {check.name}: expected {check.expected}, got {check.actual}")
    if all(check.is_ok for check in checks):
        print("\n    ✓ every path, mode, owner, size and SHA-256 as expected")


def show_registers(checks):
    print("\nPCRs (SHA-256), predicted before the boot and read by the guest:\n")
    for check in checks:
        mark = "✓" if check.is_ok else "✗"
        print(f"    {mark} {check.name:6}  predicted {check.expected}\n"
              f"              guest     {check.actual}")


def check_completeness(predicted):
    """A prediction that leaves a register out would agree too easily."""
    return comparison.Check("predicted registers", sorted(REGISTERS),
                            sorted(REGISTERS & predicted.pcrs.keys()))


def show_log(checks):
    bad = [check for check in checks if not check.is_ok]
    print("\nEvent log:\n")
    for check in bad:
        print(f"    ✗ {check.name}: expected {check.expected}, got {check.actual}")
    if not bad:
        print("    ✓ replays to the guest's registers and holds the predicted events in order;"
              " all of PCR 4, 5, 9, 12 and 13 were predicted")


def show_commands(commands):
    print(f"\nBy hand, step by step (also in {shown(DEMO)}/commands.sh):\n")
    for command in commands:
        print(f"    {command}")


def main():
    started = time.monotonic()
    step("fetching Debian's kernel and building the guest's initrd")
    guest.initrd()
    step(f"laying out the ESP in {shown(ESP)}")
    stage()
    step(f"making the disk image {shown(DISK)} and installing the loader on it")
    commands = make_disk()
    step("predicting what the boot will measure")
    predict = prediction.command(DISK, ENTRY)
    commands.append(shown(shlex.join(predict)))
    if not run(*predict):
        raise RuntimeError("bootctl predict failed")
    predicted = prediction.predict(DISK, ENTRY)
    (DEMO / "prediction.json").write_text(json.dumps(predicted.json, indent=2) + "\n")

    commands += machine.by_hand("build/demo/disk.img", "build/demo/run")
    against = [str(prediction.BOOTCTL), f"--image={DISK}", "eventlog", f"--against={ENTRY}",
               str(DEMO / "event-log.bin")]
    commands.append(shown(shlex.join(against)))
    (DEMO / "commands.sh").write_text("set -eux\n" + "\n".join(commands) + "\n")

    done = boot()
    report = done.guest()
    (DEMO / "event-log.bin").write_bytes(report.event_log)
    (DEMO / "report.json").write_text(json.dumps(report.loader_report(), indent=2) + "\n")

    contents = {name: (ESP / "demo" / name).read_bytes() for name in [*CREDENTIALS, *EXTENSIONS]}
    files = comparison.compare_files(contents, report)
    registers = comparison.compare_registers(predicted, report)
    log = comparison.compare_log(predicted, report)
    log.append(check_completeness(predicted))
    step("what came of it")
    show_files(files, report)
    show_registers(registers)
    show_log(log)
    said = report.loader_report()
    print(f"\nLoader: {said['loader']}, {said['timeUSec'] / 1000:.1f} ms from its start to the"
          f" kernel's; firmware to loader {done.loader_seconds:.1f} s,"
          f" whole run {done.seconds:.1f} s.")
    show_commands(commands)
    agreed = all(check.is_ok for check in [*files, *registers, *log]) and registers and files
    with open(DEMO / "against.txt", "wb") as file:
        same = subprocess.run(against, stdout=file, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL).returncode == 0
    print(f"\n{'✓' if same else '✗'} bootctl eventlog --against {ENTRY}: "
          f"{'no difference' if same else 'differs, see build/demo/against.txt'}")
    print(f"\n{'ALL AGREE' if agreed and same else 'THERE ARE DIFFERENCES'}"
          f" ({time.monotonic() - started:.0f} s)")
    return 0 if agreed and same else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (RuntimeError, ValueError, KeyError, OSError) as error:
        print(f"demo: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("demo: interrupted; the virtual machine is off", file=sys.stderr)
        sys.exit(130)
