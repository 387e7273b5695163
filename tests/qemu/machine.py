# SPDX-License-Identifier: MIT
"""One run of a virtual PC: OVMF, a software TPM, one disk. Nothing survives a run but its output.

Set KINDLING_OVMF to 4M to run on the 4 MiB firmware build, which is slower with a TPM.
"""

import dataclasses
import os
import pathlib
import selectors
import shlex
import shutil
import signal
import subprocess
import tempfile
import time

import report

FIRMWARE = pathlib.Path("/usr/share/OVMF")
# The 2 MiB build reaches the loader in half the time. Newer Debian releases ship the 4M one only.
OVMF_BUILDS = {"2M": "OVMF_{}.fd", "4M": "OVMF_{}_4M.fd"}
OVMF = os.environ.get("KINDLING_OVMF", "2M")

LOADER_STARTS = b"BdsDxe: starting"
FAILED_BOOT = b"UEFI Interactive Shell"  # which waits there for ever


@dataclasses.dataclass
class Run:
    """What a run left behind."""
    ended: str             # "off", "shell" (nothing bootable), "stopped" (its text came), "timeout"
    serial: bytes
    seconds: float
    loader_seconds: float  # until the firmware started the loader; 0 if it never did
    exit_code: int | None
    disk: pathlib.Path | None = None  # the run's copy, if it was asked to keep it
    files: list[str] = dataclasses.field(default_factory=list)  # on the ESP, if somebody looked

    @property
    def text(self):
        return report.clean(self.serial)

    def guest(self):
        """The guest's report; raises ValueError if there is none."""
        return report.parse(self.text)


def firmware():
    """Paths of the code and variable images of the chosen OVMF build, else of the other one."""
    names = [OVMF_BUILDS[OVMF], *OVMF_BUILDS.values()]
    for name in names:
        code, variables = FIRMWARE / name.format("CODE"), FIRMWARE / name.format("VARS")
        if code.exists() and variables.exists():
            return code, variables
    raise RuntimeError(f"no OVMF firmware in {FIRMWARE}; run tools/setup")


def _start_tpm(directory, banks):
    state = directory / "tpm"
    state.mkdir()
    subprocess.run(["swtpm_setup", "--tpm2", "--tpmstate", state, "--pcr-banks", banks,
                    "--overwrite"], check=True, stdout=subprocess.DEVNULL)
    tpm = subprocess.Popen(["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={state}", "--ctrl",
                            f"type=unixio,path={state}/sock", "--terminate"],
                           stdin=subprocess.DEVNULL)
    for _ in range(200):
        if (state / "sock").is_socket():
            return tpm
        time.sleep(0.05)
    _stop(tpm)
    raise RuntimeError("swtpm did not open its socket")


def _stop(process):
    """Ends a process of ours, politely first."""
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _command(directory, disk, tpm, memory_mib):
    code, _ = firmware()
    command = [
        "qemu-system-x86_64", "-machine", "q35,smm=off,vmport=off", "-accel", "tcg", "-cpu", "max",
        "-m", str(memory_mib), "-smp", "1", "-nodefaults", "-no-user-config", "-display", "none",
        "-no-reboot", "-serial", "stdio",
        "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={code}",
        "-drive", f"if=pflash,unit=1,format=raw,file={directory}/vars.fd",
        "-drive", f"if=none,id=disk,format=raw,cache=unsafe,file={disk}",
        "-device", "virtio-blk-pci,drive=disk,bootindex=1",
    ]
    if tpm:
        command += ["-chardev", f"socket,id=tpmc,path={directory}/tpm/sock",
                    "-tpmdev", "emulator,id=tpm0,chardev=tpmc", "-device", "tpm-crb,tpmdev=tpm0"]
    return command


def _watch(qemu, deadline, stop_at, failed, progress):
    """Collects serial output: (bytes, why it ended, when the loader started)."""
    serial, loader_at, quiet_since = bytearray(), 0.0, time.monotonic()
    with selectors.DefaultSelector() as selector:
        selector.register(qemu.stdout, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return serial, "timeout", loader_at
            if not selector.select(min(left, 1)):
                if time.monotonic() - quiet_since > 5:
                    progress(f"still running, {left:.0f} s left")
                    quiet_since = time.monotonic()
                continue
            data = os.read(qemu.stdout.fileno(), 65536)
            if not data:
                return serial, "off", loader_at
            serial += data
            tail = bytes(serial[-len(data) - 64:])
            if not loader_at and LOADER_STARTS in tail:
                loader_at = quiet_since = time.monotonic()
                progress("the firmware starts the loader")
            if failed and failed in tail:
                return serial, "shell", loader_at
            if stop_at and stop_at in tail:
                return serial, "stopped", loader_at


def by_hand(disk, directory):
    """Lines for a shell that boot `disk` as `boot` does, with the run's state in `directory`."""
    directory = pathlib.Path(directory)
    return [
        f"rm -rf {directory} && mkdir -p {directory}/tpm",
        f"cp {firmware()[1]} {directory}/vars.fd",
        f"cp --sparse=always {disk} {directory}/disk.img",
        f"swtpm_setup --tpm2 --tpmstate {directory}/tpm --pcr-banks sha256 --overwrite",
        f"swtpm socket --tpm2 --tpmstate dir={directory}/tpm --terminate"
        f" --ctrl type=unixio,path={directory}/tpm/sock & sleep 1",
        shlex.join(_command(directory, directory / "disk.img", True, 512)) + " </dev/null",
    ]


def boot(disk, *, tpm=True, banks="sha256", timeout_s=120, memory_mib=512, stop_at=None,
         log=None, variables=None, keep=None, failed=FAILED_BOOT,
         progress=lambda text: None) -> Run:
    """Boots a copy of `disk` and returns when the machine is off, in the firmware's shell, has
    printed `stop_at`, or `timeout_s` is over.

    log        file that gets the serial output
    variables  firmware variables to start from, in place of a fresh store
    failed     text that means that nothing was bootable
    progress   is told how far the run is
    keep       directory that gets the run's disk and variables (`disk.img`, `vars.fd`)
    """
    base = pathlib.Path(keep) if keep else None
    if base:
        base.mkdir(parents=True, exist_ok=True)
    directory = pathlib.Path(tempfile.mkdtemp(prefix="kindling-"))
    tpm_process = qemu = None
    try:
        shutil.copyfile(variables or firmware()[1], directory / "vars.fd")
        copy = directory / "disk.img"
        subprocess.run(["cp", "--sparse=always", disk, copy], check=True)
        tpm_process = _start_tpm(directory, banks) if tpm else None
        started = time.monotonic()
        qemu = subprocess.Popen(_command(directory, copy, tpm, memory_mib),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)
        serial, ended, loader_at = _watch(qemu, started + timeout_s, stop_at,
                                          failed, progress)
        seconds = time.monotonic() - started
        if ended == "off":
            qemu.wait(10)
        if log:
            pathlib.Path(log).write_bytes(serial)
        if base:
            _stop(qemu)
            shutil.move(copy, base / "disk.img")
            shutil.move(directory / "vars.fd", base / "vars.fd")
        return Run(ended, bytes(serial), seconds, loader_at - started if loader_at else 0.0,
                   qemu.poll(), base / "disk.img" if base else None)
    finally:
        # A second Ctrl-C must not leave the machine and its files behind.
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
        _stop(qemu)
        _stop(tpm_process)
        shutil.rmtree(directory, ignore_errors=True)
        signal.signal(signal.SIGINT, handler)
