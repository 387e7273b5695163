# SPDX-License-Identifier: MIT
"""The command line of bootctl, its streams and its exit status; and its verb install."""

import fcntl
import os
import re
import subprocess
import time

import cli
from cli import CliTest, KINDLING, program, run, run_on_terminal

VERBS = ("install", "list", "predict", "eventlog", "help")
HERE = os.path.dirname(__file__)
LOG = os.path.join(HERE, "../data/event_log/ovmf_linux.bin")
MANUAL = os.path.join(HERE, "../../docs/man/bootctl.1.scd")


def visible(text):
    return re.sub(rb"\x1b\[[0-9;]*m", b"", text)


class CommandLine(CliTest):
    def usage_error(self, cause, hint, *arguments):
        done = self.expect(2, *arguments)
        self.assertEqual(done.stderr.decode(), f"error: {cause}\nhint: {hint}\n")

    def test_without_a_verb_the_choices_are_named(self):
        self.usage_error("no verb given",
                         f"choose one of {', '.join(VERBS)}. Try 'bootctl --help'.")

    def test_a_misspelt_verb_option_or_value_is_answered_with_what_may_be_meant(self):
        self.usage_error("unknown verb 'instal'", "did you mean 'install'? Try 'bootctl --help'.",
                         "instal")
        self.usage_error("unknown verb 'x'", "Try 'bootctl --help'.", "help", "x")
        self.usage_error("unrecognized option '--esp-pth'",
                         "did you mean '--esp-path'? Try 'bootctl --help'.",
                         "--esp-pth=/x", "install")
        for option, value, choices in (
                ("--json", "xml", "pretty, short or off"),
                ("--color", "blue", "auto, always or never"),
                ("--bank", "md5", "sha1, sha256, sha384 or sha512"),
                ("--esp-path", "", "a directory"), ("--boot-path", "", "a directory"),
                ("--image", "", "a file"), ("--loader", "", "a file"),
                ("--against", "", "ENTRY, which must not be empty")):
            self.usage_error(f"invalid value '{value}' for option '{option}': expected {choices}",
                             "Try 'bootctl --help'.", f"{option}={value}", "help")

    def test_registers_are_numbers_lists_and_ranges(self):
        for value in ("", "24", "x", "1,", ",1", "3-2", "1-", "-1", "1-24", "1--2", "99999999999"):
            done = self.expect(2, f"--pcr={value}")
            self.assertIn(b"expected register numbers from 0 to 23", done.stderr, value)
        for value in ("0", "23", "4,11", "0-23", "4,11-13,1"):
            self.fails(2, "no verb given", f"--pcr={value}", f"--pcr={value}")

    def test_an_option_of_another_verb_is_refused_by_name(self):
        for option, belongs_to in (
                ("--json=short", "list, predict and eventlog"),
                ("-j", "list, predict and eventlog"),
                ("--no-legend", "list, predict and eventlog"), ("--pcr=1", "predict and eventlog"),
                ("--bank=sha1", "predict and eventlog"), ("--against=x", "eventlog")):
            name = option.split("=")[0]
            self.usage_error(f"cannot use '{name}' with verb 'install'",
                             f"it belongs to {belongs_to}. Try 'bootctl install --help'.",
                             "install", option)
        for verb, option in (
                ("list", "--force"), ("list", "-n"), ("list", "--loader=x"), ("list", "--pcr=1"),
                ("list", "--against=x"), ("predict", "--force"), ("predict", "--dry-run"),
                ("predict", "--against=x"), ("eventlog", "--force"), ("eventlog", "-n")):
            words = (verb, "x") if verb == "predict" else (verb,)
            name = {"-n": "--dry-run"}.get(option, option.split("=")[0])
            self.fails(2, f"cannot use '{name}' with verb '{verb}'", *words, option)
        self.fails(2, "cannot use '--image' with verb 'help'", "help", "--image=x")

    def test_options_that_serve_a_comparison_need_one(self):
        for option in ("--esp-path", "--boot-path", "--image", "--loader"):
            self.usage_error(f"cannot use '{option}' with verb 'eventlog' alone",
                             "it is for the prediction that --against=ENTRY compares with",
                             "eventlog", f"{option}=x")

    def test_an_image_and_directories_exclude_each_other(self):
        for option in ("--esp-path", "--boot-path"):
            self.usage_error(f"cannot use '--image' and '{option}' together",
                             "name an image or directories, not both",
                             "install", "--image=x", f"{option}=y")

    def test_a_wrong_number_of_words_is_a_usage_error(self):
        self.usage_error("verb 'install' takes no arguments; 'x' is too many",
                         "Usage: bootctl install", "install", "x")
        self.usage_error("verb 'predict' needs more arguments", "Usage: bootctl predict ENTRY",
                         "predict")
        self.usage_error("verb 'predict' takes fewer arguments; 'b' is too many",
                         "Usage: bootctl predict ENTRY", "predict", "a", "b")

    def test_what_is_typed_cannot_write_to_the_terminal(self):
        for arguments in (("\x1b[31m",), ("--\x1b[31m",), ("--json=\x1b[31m",), ("help", "\x1b")):
            self.assertNotIn(b"\x1b", self.expect(2, *arguments).stderr)
        self.assertNotIn(b"\x1b", self.expect(1, "install", "--loader=\x1b[31m").stderr)

    def test_options_stand_before_or_behind_the_verb_and_in_both_forms(self):
        for arguments in (("--esp-path", self.esp, "install"), ("install", "--esp-path", self.esp),
                          ("install", f"--esp-path={self.esp}"), ("--esp", self.esp, "install"),
                          (f"--esp-path={self.esp}", "--", "install")):
            done = self.expect(0, "-n", f"--loader={self.loader}", *arguments)
            self.assertIn(b"would create", done.stderr)


class Pager(CliTest):
    """A pager of ours that marks what it was given."""

    def shown(self, *arguments, rows=10, pager="echo PAGED; cat", **env):
        text, _, status = run_on_terminal(*arguments, rows=rows,
                                          env={"KINDLING_PAGER": pager} | env)
        self.assertEqual(status, 0)
        return text

    def test_output_longer_than_the_terminal_is_shown_in_the_pager(self):
        paged = self.shown("--help")
        self.assertTrue(paged.startswith(b"PAGED\n"))
        self.assertIn(b"bootctl(1)", visible(paged))
        self.assertFalse(self.shown("--help", rows=200).startswith(b"PAGED"))
        self.assertFalse(self.shown("--version").startswith(b"PAGED"))

    def test_no_pager_runs_when_it_is_not_wanted(self):
        whole = self.shown("--help", rows=200)
        self.assertEqual(self.shown("--help", "--no-pager"), whole)
        for pager in ("", "cat"):
            self.assertEqual(self.shown("--help", pager=pager), whole)
        self.assertEqual(run("--help", env={"KINDLING_PAGER": "echo PAGED"}).stdout[:6], b"Usage:")

    def test_a_pager_that_is_not_there_or_ends_early_loses_nothing_and_is_no_error(self):
        self.assertIn(b"bootctl(1)", visible(self.shown("--help", pager="/nowhere/pager")))
        self.assertEqual(self.shown("--help", pager="true"), b"")

    def test_after_a_change_of_privileges_variables_choose_no_pager(self):
        directory = self.path("bin")
        self.write("bin/less", "#!/bin/sh\necho LESS $LESSSECURE\ncat\n")
        os.chmod(os.path.join(directory, "less"), 0o755)
        text = self.shown("--help", SUDO_UID="1000", PATH=directory + ":/usr/bin:/bin")
        self.assertTrue(text.startswith(b"LESS 1\n"), text[:20])


class Help(CliTest):
    def test_help_is_on_standard_output_and_fits_80_columns(self):
        for arguments in (("--help",), ("-h",), ("help",), ("install", "-h"), ("--help", "x"),
                          *(("help", verb) for verb in VERBS)):
            for columns in ("", "40", "80", "200"):
                done = self.expect(0, *arguments, env={"COLUMNS": columns} if columns else {})
                self.assertEqual(done.stderr, b"")
                text = done.stdout.decode()
                self.assertTrue(text.startswith("Usage: bootctl "))
                self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_help_names_every_verb_and_the_manual(self):
        text = self.expect(0, "--help").stdout.decode()
        for verb in VERBS:
            self.assertRegex(text, rf"(?m)^  {verb}\b")
        self.assertIn("bootctl(1)", text)

    def test_help_of_a_verb_shows_the_options_it_takes_and_no_others(self):
        text = self.expect(0, "install", "--help").stdout.decode()
        self.assertIn("Usage: bootctl [OPTION…] install\n", text)
        for option in ("--esp-path", "--loader", "--force", "--dry-run", "--quiet"):
            self.assertIn(option, text)
        for option in ("--json", "--pcr", "--against"):
            self.assertNotIn(option, text)

    def test_the_manual_has_every_verb_option_and_exit_status(self):
        with open(MANUAL, encoding="utf-8") as file:
            manual = file.read()
        text = self.expect(0, "--help").stdout.decode()
        options = set(re.findall(r"(?m)^ +(?:-\w )?(--[a-z-]+)", text)) | {"-j"}
        self.assertGreater(len(options), 15)
        for option in options:
            self.assertRegex(manual, rf"(?m)^(\*-\w\*, )?\*{option}\*")
        for short in re.findall(r"(?m)^  (-\w)", text):
            self.assertRegex(manual, rf"(?m)^\*{short}\*")
        for verb in VERBS:
            self.assertRegex(manual, rf"(?m)^\*{verb}\*")
        for status in ("0", "1", "2", "3", "4", "128+n"):
            self.assertIn(f"\n*{status}*\n", manual)
        examples = manual.split("# EXAMPLES\n")[1]
        for verb in ("install", "list", "predict", "eventlog"):
            self.assertIn(f"bootctl {verb}", examples)

    def test_the_version_names_features(self):
        lines = self.expect(0, "--version").stdout.decode().splitlines()
        self.assertRegex(lines[0], r"^bootctl \(kindling\) \d+\.\d+\.\d+$")
        self.assertRegex(lines[1], r"^\+libcrypto \(.* \d+\.\d+\.\d+.*\)$")
        self.assertRegex(lines[2], r"^(-loader|\+loader \(/.*/kindling-bootx64.efi\))$")

    def test_without_a_utf_8_locale_help_is_ascii(self):
        self.assertTrue(self.expect(0, "--help", env={"LC_ALL": "C"}).stdout.isascii())
        self.assertIn("…".encode(), self.expect(0, "--help").stdout)


class Streams(CliTest):
    def commands(self):
        """Everything that writes to standard output."""
        self.write("esp/vmlinuz", program(b"kernel"))
        self.write("esp/EFI/BOOT/BOOTX64.EFI", KINDLING)
        self.write("esp/loader/entries/a.conf", b"linux /vmlinuz\n")
        at = f"--esp-path={self.esp}"
        verbs = ("list", at), ("predict", "a", at), ("eventlog", LOG)
        return ("--help",), ("--version",), *verbs, *((*verb, "-jq") for verb in verbs)

    def test_a_pipe_that_nobody_reads_is_no_error(self):
        for ignores in (False, True):
            for arguments in self.commands():
                reading, writing = os.pipe()
                os.close(reading)
                done = run(*arguments, stdout=writing, restore_signals=not ignores)
                os.close(writing)
                self.assertEqual(done.returncode, 141 if ignores else -13, arguments)
                self.assertEqual(done.stderr, b"")

    def test_a_full_disk_and_a_closed_output_are_errors(self):
        for arguments in self.commands():
            with open("/dev/full", "wb") as full:
                done = run(*arguments, stdout=full)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(done.stderr, b"error: cannot write to standard output: "
                                          b"No space left on device\n")
            done = subprocess.run(["sh", "-c", 'exec "$0" "$@" >&-', cli.BOOTCTL, *arguments],
                                  stderr=subprocess.PIPE, timeout=60, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b"Bad file descriptor", done.stderr)

    def test_colour_is_for_terminals_and_what_the_user_says_counts_most(self):
        def shown(stream, *arguments, **env):
            return b"\x1b[" in run_on_terminal(*arguments, stream=stream, env=env)[0]

        for stream, arguments in (("stdout", ("--help",)), ("stderr", ("nonsense",))):
            self.assertTrue(shown(stream, *arguments))
            self.assertFalse(shown(stream, *arguments, TERM="dumb"))
            self.assertFalse(shown(stream, *arguments, NO_COLOR="1"))
            self.assertTrue(shown(stream, *arguments, NO_COLOR=""))
            self.assertFalse(shown(stream, "--color=never", *arguments))
            self.assertFalse(shown(stream, "--color=never", *arguments, CLICOLOR_FORCE="1"))
            self.assertTrue(shown(stream, "--color=always", *arguments, NO_COLOR="1"))
            done = run(*arguments)
            self.assertNotIn(b"\x1b", done.stdout + done.stderr)
            for forced in (run(*arguments, env={"CLICOLOR_FORCE": "1"}),
                           run("--color=always", *arguments)):
                self.assertIn(b"\x1b", forced.stdout + forced.stderr)
            for plain in ({"CLICOLOR_FORCE": "0"}, {"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}):
                done = run(*arguments, env=plain)
                self.assertNotIn(b"\x1b", done.stdout + done.stderr)

    def test_a_stream_is_coloured_for_itself_only(self):
        shown, other, _ = run_on_terminal("nonsense", stream="stdout")
        self.assertEqual(shown, b"")
        self.assertNotIn(b"\x1b", other)

    def test_colour_carries_no_meaning_of_its_own(self):
        plain, coloured = run("nonsense"), run("--color=always", "nonsense")
        self.assertEqual(visible(coloured.stderr), plain.stderr)

    def test_nothing_needs_a_terminal(self):
        done = run("install", f"--esp-path={self.esp}", f"--loader={self.loader}",
                   start_new_session=True)
        self.assertEqual(done.returncode, 0)

    def test_starting_takes_milliseconds(self):
        times = []
        for _ in range(20):
            started = time.perf_counter()
            run("--version")
            times.append((time.perf_counter() - started) * 1000)
        print(f"  --version takes {min(times):.1f} ms, most of it the test's own")


class Install(CliTest):
    def install(self, *options, status=0):
        return self.expect(status, "install", f"--esp-path={self.esp}", f"--loader={self.loader}",
                           *options)

    def test_a_dry_run_says_the_same_and_writes_nothing(self):
        would = self.install("--dry-run").stderr.decode()
        self.assertEqual(os.listdir(self.esp), [])
        did = self.install()
        self.assertEqual(did.stdout, b"")
        lines = did.stderr.decode().splitlines()
        self.assertEqual(len(lines), 9)
        self.assertEqual([line.replace("would create", "created").replace("would copy", "copied")
                          for line in would.splitlines()], lines)
        self.assertIn(f'created directory "{self.esp}/EFI"', lines)
        self.assertEqual(self.read("esp/EFI/BOOT/BOOTX64.EFI"), KINDLING)

    def test_a_second_run_changes_nothing_and_says_so(self):
        self.install()
        self.assertEqual(self.install().stderr, b"nothing to do, everything is in place\n")

    def test_quiet_keeps_warnings_and_errors(self):
        self.assertEqual(self.install("-q").stderr, b"")
        self.write("esp/EFI/BOOT/BOOTX64.EFI", b"MZ other")
        done = self.install("-q")
        self.assertRegex(done.stderr.decode(), r'^warning: left ".*BOOTX64.EFI" alone: .*\nhint: ')
        self.assertRegex(self.install("--force").stderr, rb"BOOTX64.EFI.bak")
        self.loader = self.path("missing")
        self.install("-q", status=1)

    def test_an_image_is_written_to_and_named_in_messages(self):
        image = self.make_image()
        done = self.expect(0, "install", f"--image={image}", f"--loader={self.loader}")
        self.assertIn(f'"{image}:/EFI/BOOT/BOOTX64.EFI"'.encode(), done.stderr)
        with open(image, "rb") as file:
            self.assertIn(KINDLING, file.read())

    def test_an_image_is_safe_when_standard_error_is_closed(self):
        image = self.make_image()
        subprocess.run(["sh", "-c", 'exec "$0" "$@" 2>&-', cli.BOOTCTL, "install",
                        f"--image={image}", f"--loader={self.loader}"], timeout=60, check=True)
        with open(image, "rb") as file:
            self.assertNotIn(b"created directory", file.read())

    def test_the_time_of_files_in_an_image_can_be_chosen(self):
        for name in ("a.img", "b.img"):
            self.expect(0, "install", f"--image={self.make_image(name)}",
                        f"--loader={self.loader}", env={"SOURCE_DATE_EPOCH": "1000000000"})
        self.assertEqual(self.read("a.img"), self.read("b.img"))

    def test_what_is_missing_is_named_with_a_remedy(self):
        done = self.fails(1, "none\": ", "install", f"--esp-path={self.path('none')}",
                          f"--loader={self.loader}")
        self.assertIn(b"\nhint: check the path\n", done.stderr)
        self.loader = self.path("missing")
        self.assertIn(b"\nhint: name the built loader with --loader=\n",
                      self.install(status=1).stderr)

    def test_what_is_not_permitted_has_a_status_of_its_own(self):
        image = self.make_image()
        with open(image, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self.fails(4, "another program uses the image", "install", f"--image={image}",
                       f"--loader={self.loader}")
