# SPDX-License-Identifier: MIT
"""bootctl predict and eventlog, as people and scripts run them."""

import hashlib
import json
import os
import re
import signal
import struct
import time

import cli
from cli import CliTest, KINDLING, program, run, run_on_terminal

LOG = os.path.join(os.path.dirname(__file__), "../data/event_log/ovmf_linux.bin")

TYPES = {"EV_SEPARATOR": 4, "EV_EVENT_TAG": 6, "EV_IPL": 13,
         "EV_EFI_BOOT_SERVICES_APPLICATION": 0x80000003, "EV_EFI_GPT_EVENT": 0x80000006,
         "EV_EFI_ACTION": 0x80000007}


def event_log(events):
    """A log with SHA-256 digests of (pcr, type, digest in hex, data)."""
    header = b"Spec ID Event03\0" + struct.pack("<IBBBBI", 0, 0, 2, 0, 2, 1)
    header += struct.pack("<HHB", 0xB, 32, 0)
    log = struct.pack("<II20sI", 0, 3, b"", len(header)) + header
    for pcr, kind, digest, data in events:
        log += struct.pack("<IIIH", pcr, TYPES[kind], 1, 0xB) + bytes.fromhex(digest)
        log += struct.pack("<I", len(data)) + data
    return log


class Measure(CliTest):
    def setUp(self):
        super().setUp()
        self.at = f"--esp-path={self.esp}"
        self.write("esp/EFI/BOOT/BOOTX64.EFI", KINDLING)
        self.write("esp/vmlinuz", program(b"kernel"))
        self.write("esp/initrd", b"initrd")
        self.write("esp/a.cred", b"hello\n")
        self.write("esp/loader/entries/a.conf",
                   "linux /vmlinuz\ninitrd /initrd\noptions quiet\nextra /a.cred\n")


class Predict(Measure):
    def predict(self, *options):
        return json.loads(self.expect(0, "predict", "a", self.at, "-j", *options).stdout)

    def test_registers_and_events_are_shown(self):
        text = self.expect(0, "predict", "a", self.at).stdout.decode()
        self.assertRegex(text, r"(?m)^ *PCR  BANK    VALUE$")
        self.assertRegex(text, r"(?m)^ *12  sha256  [0-9a-f]{64}$")
        self.assertNotRegex(self.expect(0, "predict", "a", self.at, "--no-legend").stdout, b"PCR")

    def test_a_register_is_what_its_events_fold_to(self):
        found = self.predict("--bank=sha256", "--bank=sha384", "--pcr=4,12-13")
        self.assertEqual(found["banks"], ["sha256", "sha384"])
        self.assertEqual([(one["pcr"], one["bank"]) for one in found["pcrs"]],
                         [(pcr, bank) for bank in ("sha256", "sha384") for pcr in (4, 12, 13)])
        for one in found["pcrs"]:
            value = bytes(hashlib.new(one["bank"]).digest_size)
            for event in found["events"]:
                digest, = (each["digest"] for each in event["digests"]
                           if each["bank"] == one["bank"])
                if event["pcr"] == one["pcr"]:
                    value = hashlib.new(one["bank"], value + bytes.fromhex(digest)).digest()
            self.assertEqual(one["value"], value.hex())

    def test_what_was_assumed_is_told_on_standard_error_only(self):
        done = self.expect(0, "predict", "a", self.at)
        self.assertIn(b"note: PCR 5 is left out", done.stderr)
        self.assertIn(b"\nhint: name the whole disk with --image=\n", done.stderr)
        self.assertEqual(self.expect(0, "predict", "a", self.at, "-q").stderr, b"")

    def test_another_loader_gives_another_register_4(self):
        other = self.write("other.efi", program(b"other"))
        values = [self.predict("--pcr=4", *options)["pcrs"][0]["value"]
                  for options in ((), (f"--loader={other}",),
                                  (f"--loader={self.esp}/EFI/BOOT/BOOTX64.EFI",))]
        self.assertNotEqual(values[0], values[1])
        self.assertEqual(values[0], values[2])

    def test_an_entry_that_is_not_there_is_answered_with_those_that_are(self):
        done = self.fails(1, 'there is no entry "b"', "predict", "b", self.at)
        self.assertIn(b"\nhint: ", done.stderr)
        os.unlink(self.path("esp/initrd"))
        self.fails(1, "initrd", "predict", "a", self.at)
        self.fails(1, "none", "predict", "a", f"--esp-path={self.esp}/none")

    def test_a_table_fits_the_terminal_as_far_as_it_may_be_cut(self):
        wide = run_on_terminal("predict", "a", self.at, "--color=never", columns=400)[0]
        narrow = run_on_terminal("predict", "a", self.at, "--color=never", columns=90)[0]
        self.assertNotIn("…".encode(), wide)
        self.assertIn("…".encode(), narrow)
        ascii_only = run_on_terminal("predict", "a", self.at, "--color=never", columns=90,
                                     env={"LC_ALL": "C"})[0]
        self.assertTrue(ascii_only.isascii())

    def test_a_prediction_takes_milliseconds(self):
        started = time.perf_counter()
        run("predict", "a", self.at)
        print(f"  predict takes {(time.perf_counter() - started) * 1000:.1f} ms")


class Eventlog(Measure):
    def predicted_log(self, change=lambda events: events):
        """The log of a boot that went as predicted, but for `change`."""
        found = json.loads(self.expect(0, "predict", "a", self.at, "-j").stdout)
        events = [(event["pcr"], event["type"], event["digest"], event["description"].encode())
                  for event in found["events"]]
        return self.write("log", event_log(change(events)))

    def test_a_log_is_shown_from_a_file_and_from_standard_input(self):
        done = self.expect(0, "eventlog", LOG)
        self.assertIn(b"EV_S_CRTM_VERSION", done.stdout)
        with open(LOG, "rb") as file:
            data = file.read()
        self.assertEqual(self.expect(0, "eventlog", "-", data=data).stdout, done.stdout)
        found = json.loads(self.expect(0, "eventlog", LOG, "-j").stdout)
        self.assertGreater(len(found["events"]), 10)

    def test_registers_and_banks_limit_what_is_shown(self):
        found = json.loads(self.expect(0, "eventlog", LOG, "-j", "--pcr=4", "--pcr=7").stdout)
        self.assertEqual({event["pcr"] for event in found["events"]}, {4, 7})
        self.assertEqual([one["pcr"] for one in found["pcrs"]], [4, 7])
        self.fails(1, "no digests of sha512", "eventlog", LOG, "--bank=sha512")

    def test_a_boot_as_predicted_agrees(self):
        log = self.predicted_log()
        done = self.expect(0, "eventlog", log, "--against=a", self.at)
        self.assertIn(b"PCR", done.stdout)

    def test_a_boot_that_differs_has_a_status_of_its_own(self):
        def without_last_of_12(events):
            last = max(i for i, event in enumerate(events) if event[0] == 12)
            return events[:last] + events[last + 1:]

        def with_other_digest(events):
            return [(pcr, kind, "00" * 32 if pcr == 12 else digest, data)
                    for pcr, kind, digest, data in events]

        for change in (without_last_of_12, with_other_digest):
            log = self.predicted_log(change)
            for option in ("-j", "--json=off"):
                done = self.expect(3, "eventlog", log, "--against=a", self.at, option)
                self.assertTrue(done.stdout)
                self.assertNotIn(b"error:", done.stderr)
            self.expect(0, "eventlog", log, "--against=a", self.at, "--pcr=4")

    def test_what_cannot_be_compared_is_an_error(self):
        log = self.predicted_log()
        self.fails(1, 'there is no entry "zzz"', "eventlog", log, "--against=zzz", self.at)
        self.fails(1, "missing", "eventlog", self.path("missing"))
        self.fails(1, "at byte", "eventlog", self.write("cut", self.read("log")[:-1]))


class Stopping(Measure):
    def everything(self):
        return sorted((folder, name) for folder, _, names in os.walk(self.base) for name in names)

    def test_a_signal_ends_a_verb_that_reads_without_a_trace(self):
        def send(number):
            # It is there already when the program begins to look.
            signal.pthread_sigmask(signal.SIG_BLOCK, {number})
            os.kill(os.getpid(), number)

        before = self.everything()
        for verb in (("list",), ("predict", "a"), ("predict", "a", "-j")):
            for number in (signal.SIGINT, signal.SIGTERM):
                for poller in ("", "epoll"):
                    done = self.expect(128 + number, *verb, self.at,
                                       env={"KINDLING_POLLER": poller},
                                       preexec_fn=lambda number=number: send(number))
                    self.assertEqual((done.stdout, done.stderr), (b"", b""))
        self.assertEqual(self.everything(), before)

    def test_every_poller_shows_the_same(self):
        for verb in (("list", "--json=short"), ("predict", "a", "--json=short")):
            shown = {self.expect(0, *verb, self.at, env={"KINDLING_POLLER": poller}).stdout
                     for poller in ("", "epoll")}
            self.assertEqual(len(shown), 1)
            self.fails(1, "KINDLING_POLLER is neither epoll nor io_uring", *verb, self.at,
                       env={"KINDLING_POLLER": "x"})

    def predict_much_on_terminal(self, pressed_key=None):
        """`predict` of what takes a second to hash, at the keyboard; what appeared."""
        with open(self.path("esp/large.sysext.raw"), "wb") as file:
            file.truncate(600 << 20)
        with open(self.path("esp/loader/entries/a.conf"), "a", encoding="ascii") as file:
            file.write("extra /large.sysext.raw\n")
        return cli.run_on_terminal("predict", "a", self.at, "--bank=sha1", "--bank=sha256",
                                   "--bank=sha384", "--bank=sha512", stream="stderr",
                                   answer=(b"Hashing", pressed_key) if pressed_key else None)

    def test_what_takes_long_shows_its_progress_and_then_no_trace_of_it(self):
        shown, output, status = self.predict_much_on_terminal()
        self.assertEqual(status, 0, shown)
        self.assertRegex(output, rb"(?m)^ *13  sha512  [0-9a-f]{128}$")
        percents = [int(one) for one in re.findall(rb"\r\x1b\[KHashing: (\d+) %", shown)]
        self.assertGreater(len(set(percents)), 2)
        self.assertEqual(percents, sorted(percents))
        self.assertRegex(shown, rb" %\r\x1b\[K(?!Hashing)[^\r]*$")

    def test_control_c_ends_it_and_leaves_nothing(self):
        before = [*self.everything(), (self.esp, "large.sysext.raw")]
        shown, output, status = self.predict_much_on_terminal(b"\x03")
        self.assertEqual((status, output), (130, b""), shown)
        self.assertTrue(shown.removesuffix(b"^C").endswith(b"\r\x1b[K"), shown)
        self.assertEqual(self.everything(), sorted(before))

    def test_what_takes_no_time_shows_no_progress(self):
        for verb in (("list",), ("predict", "a", "--pcr=12")):
            shown, _, status = cli.run_on_terminal(*verb, self.at, stream="stderr")
            self.assertEqual(status, 0)
            self.assertNotIn(b"\r", shown.replace(b"\r\n", b"\n"))
