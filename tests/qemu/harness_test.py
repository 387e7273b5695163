#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of the harness itself: that it reads what a guest says, and that it notices differences."""

import base64
import dataclasses
import hashlib
import pathlib
import struct
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import comparison  # noqa: E402  (the harness is not a package)
import event_log  # noqa: E402
import newc  # noqa: E402
import oracle  # noqa: E402
import report  # noqa: E402
import run_suites  # noqa: E402
from prediction import Prediction  # noqa: E402

LOG = (HERE.parent / "data" / "event_log" / "ovmf_linux.bin").read_bytes()
PCR_4 = "2cb33b923d6ae9aed1fd1c64504e7c27413fd3543caedfac835c5f790e19c136"
EXTRAS = {"a.cred": b"secret\n"}
SECRET = hashlib.sha256(b"secret\n").hexdigest()
SERIAL = f"""BdsDxe: starting
@@BEGIN cmdline
console=ttyS0
@@END cmdline
@@BEGIN files
416d 0 0 60 - /.extra
4140 0 0 60 - /.extra/credentials
8100 0 0 7 {SECRET} /.extra/credentials/a.cred
@@END files
@@BEGIN pcrs
sha256 4 {PCR_4.upper()}
@@END pcrs
@@BEGIN event-log
{base64.encodebytes(LOG).decode()}@@END event-log
@@BEGIN variables
LoaderEntrySelected-{report.LOADER_VENDOR} BgAAAGEAAAA=
Report0-{report.KINDLING_VENDOR} BgAAAHsicGFja2VkIjpbeyJwYXRo
Report1-{report.KINDLING_VENDOR} BgAAACI6Ii9hIn1dLCJza2lwcGVkIjpbXX0=
@@END variables
@@BEGIN done
@@END done
"""


def guest():
    return report.parse(SERIAL)


def failures(checks):
    return [check.name for check in checks if not check.is_ok]


class Report(unittest.TestCase):
    def test_reads_what_the_guest_prints(self):
        said = guest()
        self.assertEqual(said.cmdline, "console=ttyS0")
        self.assertEqual(said.pcrs["sha256"][4], PCR_4)
        self.assertEqual(said.event_log, LOG)
        self.assertEqual(said.loader_variable("LoaderEntrySelected"), "a")
        self.assertEqual(said.loader_report()["packed"], [{"path": "/a"}])

    def test_a_cut_report_is_an_error(self):
        for part in ("@@END done", "@@END files", "@@BEGIN pcrs"):
            with self.subTest(part), self.assertRaises(ValueError):
                report.parse(SERIAL.split(part)[0])

    def test_terminal_sequences_go_away(self):
        self.assertEqual(report.clean(b"\x1b[2J\x1b[01;01Ha\r\nb\x1b[0m"), "a\nb")


class Log(unittest.TestCase):
    def test_a_real_log_replays(self):
        events = event_log.read(LOG)
        self.assertEqual(len(events), 29)
        self.assertEqual(event_log.replay(events, "sha256")[4], PCR_4)

    def test_a_cut_log_is_an_error(self):
        for size in range(len(LOG)):
            try:
                self.assertLess(len(event_log.read(LOG[:size])), 29)
            except (ValueError, struct.error, KeyError):
                pass


class Comparison(unittest.TestCase):
    def test_equal_files_pass(self):
        self.assertEqual(failures(comparison.compare_files(EXTRAS, guest())), [])

    def test_each_difference_of_a_file_is_noticed(self):
        path = "/.extra/credentials/a.cred"
        for change in ({"mode": 0o100444}, {"uid": 1}, {"gid": 1}, {"size": 8}, {"sha256": "00"}):
            said = guest()
            said.files[path] = dataclasses.replace(said.files[path], **change)
            with self.subTest(change):
                checks = comparison.compare_files(EXTRAS, said)
                self.assertEqual(failures(checks), [f"file {path}"])

    def test_missing_and_unexpected_files_are_noticed(self):
        said = guest()
        said.files["/.extra/x"] = said.files.pop("/.extra/credentials/a.cred")
        self.assertEqual(failures(comparison.compare_files(EXTRAS, said)),
                         ["file /.extra/credentials/a.cred", "file /.extra/x"])

    def test_a_wrong_register_is_noticed(self):
        predicted = Prediction({4: PCR_4, 12: "00" * 32}, {}, {})
        self.assertEqual(failures(comparison.compare_registers(predicted, guest())), ["PCR 12"])

    def test_a_missing_or_swapped_event_is_noticed(self):
        digests = [event.digests["sha256"] for event in event_log.read(LOG) if event.pcr == 4]
        said = guest()
        said.pcrs = {"sha256": event_log.replay(event_log.read(LOG), "sha256")}
        for changed, wrong in ((digests, []), (digests[:-1], ["events of PCR 4"]),
                               (digests[::-1], ["events of PCR 4"])):
            predicted = Prediction({}, {4: changed}, {})
            self.assertEqual(failures(comparison.compare_log(predicted, said)), wrong)

    def test_a_log_that_gives_other_registers_is_noticed(self):
        said = guest()
        said.pcrs = {"sha256": event_log.replay(event_log.read(LOG), "sha256") | {7: "00" * 32}}
        self.assertEqual(failures(comparison.compare_log(Prediction({}, {}, {}), said)),
                         ["replay of PCR 7"])


class Archive(unittest.TestCase):
    def test_a_record_is_the_kernels(self):
        self.assertEqual(newc.file("a", b"xyz", 0o644),
                         b"070701" b"00000000" b"000081a4" + b"0" * 16 + b"00000001" b"00000000"
                         b"00000003" + b"0" * 32 + b"00000002" b"00000000" b"a\0" b"xyz\0")


class Oracle(unittest.TestCase):
    """Vectors of systemd-boot 261's packing functions, compiled on a host."""

    def test_one_credential(self):
        archive = oracle.archives({"foo.cred": b"hello\n"})["credentials"]
        self.assertEqual(hashlib.sha256(archive).hexdigest(),
                         "9075b4e3e833fd54512516c684904a5a0caef3769b3dd893172cb628bb6564cd")

    def test_the_order_of_the_list_matters(self):
        members = {"a.cred": b"A", "b.sysext.raw": b"BB", "c.cred": b"CCC",
                   "d.confext.raw": b"DDDD"}
        for order, digest in (
                ("abcd", "659a72b1ff1ae6248fa199c4962e144f987282d85b4631a0221867169ca1377c"),
                ("acbd", "2b11dc67cd504864bacca452f2800759c8b10c0298f5c181baa58bceefd4bee3")):
            names = sorted(members, key=lambda name, order=order: order.index(name[0]))
            packed = oracle.archives({name: members[name] for name in names})
            self.assertEqual(hashlib.sha256(b"".join(packed.values())).hexdigest(), digest)

    def test_options_are_hashed_with_their_nul(self):
        digests = oracle.linux_digests("root=/dev/sda2 quiet", {"/i": b"x"}, {})
        self.assertNotEqual(digests[12], digests[9])
        self.assertEqual(oracle.linux_digests("q", {"/i": b""}, {})[12],
                         [hashlib.sha256("initrd=\\i q\0".encode("utf-16-le")).hexdigest()])


class Counting(unittest.TestCase):
    def test_counts_by_what_was_printed(self):
        for stdout, result, expected in (
                ("All tests passed (9 assertions in 3 test cases)\n", "OK", (3, 0, 0)),
                ("All tests passed (1 assertion in 1 test case)\n", "OK", (1, 0, 0)),
                ("test cases:  5 | 3 passed | 2 failed\n", "FAIL", (3, 2, 0)),
                ("PASS x\n4 passed, 0 failed\n", "OK", (4, 0, 0)),
                ("4 passed, 0 failed, 2 skipped\n", "OK", (4, 0, 2)),
                ("4 passed, 0 failed\n", "FAIL", (4, 1, 0)),
                ("0 passed, 0 failed\n", "OK", (0, 1, 0)),
                ("No tests ran\n", "OK", (0, 1, 0)),
                ("anything\n", "OK", (1, 0, 0)),
                ("anything\n", "TIMEOUT", (0, 1, 0)),
                ("", "SKIP", (0, 0, 1))):
            with self.subTest(stdout=stdout, result=result):
                found = run_suites.count(stdout, result)
                self.assertEqual((found.passed, found.failed, found.skipped), expected)


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    outcome = unittest.TextTestRunner(stream=sys.stdout).run(suite)
    bad = len({case.id().split(" ")[0] for case, _ in outcome.failures + outcome.errors})
    print(f"{outcome.testsRun - bad} passed, {bad} failed")
    sys.exit(bool(bad))
