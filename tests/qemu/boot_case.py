# SPDX-License-Identifier: MIT
"""One case of the boot suite: an image, an entry, and what must come of it."""

import dataclasses
import pathlib
import subprocess
import tempfile
import time

import comparison
import guest
import image
import machine
import oracle
import prediction

LOADER_CONF = "timeout 0\n"
OPTIONS = "console=ttyS0 quiet panic=-1"


@dataclasses.dataclass
class Case:
    name: str
    entry: str = ""                         # contents of the snippet
    files: dict = dataclasses.field(default_factory=dict)  # further files beside the snippet
    extras: dict = dataclasses.field(default_factory=dict)  # member name -> contents, all packed
    packed: list | None = None              # paths in the report; default: /x/NAME of `extras`
    skipped: list = dataclasses.field(default_factory=list)
    file_name: str = "test.conf"            # of the snippet
    entry_id: str = "test.conf"
    loader_conf: str = LOADER_CONF
    on_xbootldr: bool = False
    others: dict = dataclasses.field(default_factory=dict)  # further snippets on the ESP
    tpm: bool = True
    memory_mib: int = 512
    timeout_s: int = 120
    ended: str = "off"                      # "shell": the loader must give up
    says: list = dataclasses.field(default_factory=list)    # texts on the screen
    unpacked: dict = dataclasses.field(default_factory=dict)  # further files below /.extra
    oneshot: str = ""                       # entry that a boot before this one names
    checks: object = None                   # function of (guest report, run): further checks


def snippet(*lines, initrds=("/initrd.img",), options=OPTIONS, kind="linux /vmlinuz"):
    """A Type #1 entry that starts the guest."""
    head = ["title Test", "version 1", kind, *(f"initrd {path}" for path in initrds)]
    return "\n".join([*head, *([f"options {options}"] if options else []), *lines]) + "\n"


def extra_lines(names):
    return [f"extra /x/{name}" for name in names]


def trees(case):
    """(ESP, XBOOTLDR or None) of a case."""
    esp = {"EFI/BOOT/BOOTX64.EFI": prediction.LOADER, "loader/loader.conf": case.loader_conf}
    home = {}
    if case.entry:
        home = {"vmlinuz": guest.kernel(), "initrd.img": guest.initrd(),
                f"loader/entries/{case.file_name}": case.entry,
                **{f"x/{name}": contents for name, contents in case.extras.items()}, **case.files}
    esp |= {f"loader/entries/{name}": text for name, text in case.others.items()}
    return (esp, home) if case.on_xbootldr else (esp | home, None)


def oracle_digests(case):
    """What the oracle expects in the log, from the snippet as a person reads it."""
    lines = [line.split(" ", 1) for line in case.entry.splitlines()]
    values = dict(lines)
    home = trees(case)[1 if case.on_xbootldr else 0]

    def contents(path):
        found = home[path.lstrip("/")]
        return found.read_bytes() if isinstance(found, pathlib.Path) else found

    options = values.get("options", "")
    if "uki" in values:
        return oracle.uki_digests(options, contents(values["uki"]), case.extras)
    initrds = {path: contents(path) for key, path in lines if key == "initrd"}
    return oracle.linux_digests(options, initrds, case.extras)


def hold_against(case, run, disk, work):
    """What `bootctl eventlog --against` says of the guest's log; empty if it sees no difference."""
    try:
        log = run.guest().event_log
    except ValueError:
        return "no report"
    path = pathlib.Path(work, "event-log.bin")
    path.write_bytes(log)
    done = subprocess.run([prediction.BOOTCTL, f"--image={disk}", "eventlog",
                           f"--against={case.entry_id}", path], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def compare(case, run, predicted):
    """All checks of a guest that came up."""
    report = run.guest()
    checks = comparison.compare_files(case.extras, report, case.unpacked)
    if case.tpm:
        checks += comparison.compare_registers(predicted, report)
        checks += comparison.compare_log(predicted, report)
        checks += comparison.compare_digests(oracle_digests(case), report)
    else:
        checks.append(comparison.Check("registers", {}, report.pcrs))
    packed = case.packed if case.packed is not None else [f"/x/{name}" for name in case.extras]
    checks += comparison.compare_report(packed, case.skipped, report)
    selected = report.loader_variable("LoaderEntrySelected")
    checks.append(comparison.Check("LoaderEntrySelected", case.entry_id, selected))
    if case.checks:
        checks += case.checks(report, run)
    return checks


def run_case(case, directory):
    """(what went wrong as lines, the run or None)."""
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory) as work:
        disk = image.build(pathlib.Path(work, "disk.img"), *trees(case))
        predicted = None
        if case.ended == "off":
            predicted = prediction.predict(disk, case.entry_id)
        variables = None
        if case.oneshot:
            machine.boot(disk, timeout_s=case.timeout_s, log=directory / "first.txt",
                         keep=pathlib.Path(work, "first"))
            variables = pathlib.Path(work, "first", "vars.fd")
        # A counter is a file's name: only then is the disk looked at again.
        keep = pathlib.Path(work, "after") if "+" in case.file_name else None
        run = machine.boot(disk, tpm=case.tpm, memory_mib=case.memory_mib, variables=variables,
                           timeout_s=case.timeout_s, log=directory / "serial.txt", keep=keep)
        if keep:
            run.files = image.list_files(run.disk)
        against = ""
        if case.tpm and case.ended == run.ended == "off":
            against = hold_against(case, run, disk, work)
    wrong = []
    if run.ended != case.ended:
        wrong.append(f"ended by {run.ended}, not by {case.ended}; last lines:")
        wrong += run.text.strip().splitlines()[-8:]
        return wrong, run
    wrong += [f"the screen does not say '{text}'" for text in case.says if text not in run.text]
    if against:
        wrong += ["bootctl eventlog --against:", *against.splitlines()]
    if case.ended == "off":
        try:
            wrong += [f"{check.name}: expected {check.expected}, got {check.actual}"
                      for check in compare(case, run, predicted) if not check.is_ok]
        except (ValueError, KeyError) as error:
            wrong.append(f"no report to compare: {error!r}")
    return wrong, run


def run_and_print(case, directory):
    """Runs a case, prints one PASS or FAIL line and why; True if it passed."""
    started = time.monotonic()
    try:
        wrong, run = run_case(case, directory)
    except (RuntimeError, OSError) as error:
        wrong, run = [str(error)], None
    seconds = time.monotonic() - started
    print(f"{'FAIL' if wrong else 'PASS'} {case.name} ({seconds:.1f} s)", flush=True)
    for line in wrong:
        print(f"     {line}", flush=True)
    if wrong and run:
        print(f"     serial output: {directory}/serial.txt", flush=True)
    return not wrong
