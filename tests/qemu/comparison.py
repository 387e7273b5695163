# SPDX-License-Identifier: MIT
"""The guest's report beside what was expected: files, registers, event log."""

import dataclasses
import hashlib
import stat

import event_log
import report

# Suffix -> directory below /.extra, its mode, the mode of its files.
TARGETS = {
    ".cred": ("credentials", 0o500, 0o400),
    ".sysext.raw": ("sysext", 0o555, 0o444),
    ".confext.raw": ("confext", 0o555, 0o444),
}


@dataclasses.dataclass
class Check:
    """One comparison."""
    name: str
    expected: object
    actual: object

    @property
    def is_ok(self):
        return self.expected == self.actual


def target_of(name):
    """(directory, its mode, file mode) of an extra."""
    return next(target for suffix, target in TARGETS.items() if name.lower().endswith(suffix))


def files_of(extras: dict[str, bytes]) -> dict[str, report.File]:
    """What the kernel must find below /.extra for member names and their contents."""
    files = {}
    for name, contents in extras.items():
        directory, directory_mode, mode = target_of(name)
        files["/.extra"] = report.File(stat.S_IFDIR | 0o555, 0, 0, 0, "")
        files[f"/.extra/{directory}"] = report.File(stat.S_IFDIR | directory_mode, 0, 0, 0, "")
        files[f"/.extra/{directory}/{name}"] = report.File(
            stat.S_IFREG | mode, 0, 0, len(contents), hashlib.sha256(contents).hexdigest())
    return files


def _without_directory_sizes(files):
    """A directory's size is the file system's business."""
    return {path: dataclasses.replace(file, size=0) if stat.S_ISDIR(file.mode) else file
            for path, file in files.items()}


def metadata_files(**contents):
    """What a UKI's stub adds of its own sections: os_release="..." and so on."""
    return {f"/.extra/{name.replace('_', '-')}": report.File(
        stat.S_IFREG | 0o444, 0, 0, len(text), hashlib.sha256(text).hexdigest())
            for name, text in contents.items()}


def compare_files(extras, guest, more=None):
    """One check per path that should be there or is there. `more`: files that are no extras."""
    expected, actual = files_of(extras), _without_directory_sizes(guest.files)
    if more:
        expected |= more
        expected["/.extra"] = report.File(stat.S_IFDIR | 0o555, 0, 0, 0, "")
    return [Check(f"file {path}", expected.get(path), actual.get(path))
            for path in sorted(expected.keys() | actual.keys())]


def compare_registers(prediction, guest, bank="sha256"):
    """Predicted values beside the guest's."""
    registers = guest.pcrs.get(bank, {})
    return [Check(f"PCR {pcr}", value, registers.get(pcr))
            for pcr, value in sorted(prediction.pcrs.items())]


def compare_log(prediction, guest, bank="sha256"):
    """The log must give the guest's registers, and hold the predicted events in their order."""
    events = event_log.read(guest.event_log)
    values = event_log.replay(events, bank)
    checks = [Check(f"replay of PCR {pcr}", guest.pcrs[bank][pcr], value)
              for pcr, value in values.items() if pcr != 10]
    for pcr, digests in sorted(prediction.digests.items()):
        logged = [event.digests[bank] for event in events
                  if event.pcr == pcr and event.type != event_log.EV_NO_ACTION]
        checks.append(Check(f"events of PCR {pcr}", digests, logged))
    return checks


def compare_digests(digests, guest, bank="sha256"):
    """The events of some registers, by the oracle."""
    events = event_log.read(guest.event_log)
    return [Check(f"oracle's events of PCR {pcr}", wanted,
                  [event.digests[bank] for event in events if event.pcr == pcr])
            for pcr, wanted in sorted(digests.items())]


def compare_report(packed, skipped, guest):
    """The loader's own report: paths that went in and paths that were left out, in list order."""
    said = guest.loader_report()
    if said is None:
        return [Check("loader report", "present", "missing")]
    return [Check("packed", packed, [item["path"] for item in said["packed"]]),
            Check("skipped", skipped, [item["path"] for item in said["skipped"]])]
