# SPDX-License-Identifier: MIT
"""bootctl list, as people and scripts run it."""

import json
import subprocess
import time

from cli import CliTest, run, run_on_terminal


class List(CliTest):
    def setUp(self):
        super().setUp()
        self.at = f"--esp-path={self.esp}"

    def add_entries(self):
        self.write("esp/k/vmlinuz", b"x")
        self.write("esp/k/a.cred", b"hello\n")
        self.write("esp/loader/entries/a+3-1.conf",
                   "title Öne\nversion 2\nlinux /k/vmlinuz\noptions quiet\n"
                   "extra /k/a.cred\nextra /k/none.cred\n")
        self.write("esp/loader/entries/b.conf", "title Two\nlinux /k/vmlinuz\n")
        self.write("esp/loader/entries/lost.conf", "linux /nowhere\n")
        self.write("esp/loader/loader.conf", "default b*\n")

    def test_no_entries_are_an_empty_list_and_no_error(self):
        done = self.expect(0, "list", self.at)
        self.assertEqual((done.stdout, done.stderr), (b"", b"No boot loader entries found.\n"))
        self.assertEqual(self.expect(0, "list", self.at, "-q").stderr, b"")
        for option in ("-j", "--json=short", "--json=pretty"):
            done = self.expect(0, "list", self.at, option)
            self.assertEqual((done.stdout, done.stderr), (b"[]\n", b""))

    def test_entries_are_listed_in_the_order_of_the_menu(self):
        self.add_entries()
        text = self.expect(0, "list", self.at).stdout.decode()
        blocks = text.split("\n\n")
        self.assertEqual([line for line in text.splitlines() if "title: " in line],
                         ["        title: Two (default)", "        title: Öne"])
        self.assertIn(f"source: {self.esp}/loader/entries/a+3-1.conf "
                      "(on the EFI System Partition)\n", blocks[1])
        self.assertIn(f"extra: {self.esp}/k/none.cred (file does not exist)", blocks[1])

    def test_json_has_the_same_in_both_layouts(self):
        self.add_entries()
        short = self.expect(0, "list", self.at, "--json=short").stdout
        pretty = self.expect(0, "list", self.at, "--json=pretty").stdout
        self.assertEqual(json.loads(short), json.loads(pretty))
        self.assertEqual(short.count(b"\n"), 1)
        self.assertTrue(pretty.startswith(b'[\n\t{\n\t\t"type" : "type1",\n'))
        self.assertEqual(self.expect(0, "list", self.at, "--json=pretty", "--json=off").stdout,
                         self.expect(0, "list", self.at).stdout)
        entries = json.loads(short)
        self.assertEqual([entry["id"] for entry in entries], ["b.conf", "a.conf"])
        self.assertEqual([entry["isDefault"] for entry in entries], [True, False])
        self.assertEqual(list(entries[1]), [
            "type", "source", "id", "path", "root", "title", "showTitle", "version", "options",
            "linux", "isReported", "triesLeft", "triesDone", "isDefault", "addons", "cmdline",
            "extras", "extra"])
        self.assertEqual(entries[1]["extra"], [
            {"path": "/k/a.cred", "kind": "credential", "size": 6, "skipped": None},
            {"path": "/k/none.cred", "kind": "credential", "size": None,
             "skipped": "file does not exist"}])
        self.assertEqual((entries[0]["extra"], entries[0]["addons"]), ([], None))

    def test_j_is_pretty_on_a_terminal_and_short_elsewhere(self):
        self.add_entries()
        self.assertEqual(self.expect(0, "list", self.at, "-j").stdout,
                         self.expect(0, "list", self.at, "--json=short").stdout)
        shown, _, status = run_on_terminal("list", self.at, "-j", stream="stdout")
        self.assertEqual(status, 0)
        self.assertEqual(shown, self.expect(0, "list", self.at, "--json=pretty").stdout)

    def test_hidden_entries_are_remarks_on_standard_error(self):
        self.add_entries()
        done = self.expect(0, "list", self.at, "-j")
        self.assertEqual(
            done.stderr.decode(),
            f'note: "{self.esp}/loader/entries/lost.conf": not in the menu: '
            f'"{self.esp}/nowhere" does not exist\n'
            "hint: paths in an entry start at the root of the file system that it is on\n")
        self.assertEqual(self.expect(0, "list", self.at, "-jq").stderr, b"")

    def test_colours_only_repeat_what_words_say(self):
        self.add_entries()
        plain = self.expect(0, "list", self.at).stdout
        coloured = self.expect(0, "list", self.at, "--color=always").stdout
        self.assertIn(b"\x1b[1m", coloured)
        self.assertEqual(coloured.replace(b"\x1b[1m", b"").replace(b"\x1b[0m", b""), plain)
        self.assertNotIn(b"\x1b", self.expect(0, "list", self.at, "--color=always", "-j").stdout)

    def test_nothing_is_cut_whatever_the_terminal(self):
        self.add_entries()
        plain = self.expect(0, "list", self.at).stdout
        shown, _, _ = run_on_terminal("list", self.at, "--color=never", columns=20)
        self.assertEqual(shown, plain)

    def test_the_locale_does_not_change_data(self):
        self.add_entries()
        self.assertEqual(self.expect(0, "list", self.at, env={"LC_ALL": "C"}).stdout,
                         self.expect(0, "list", self.at).stdout)

    def test_no_pager_and_no_legend_are_understood(self):
        self.add_entries()
        self.assertEqual(self.expect(0, "list", self.at, "--no-pager", "--no-legend").stdout,
                         self.expect(0, "list", self.at).stdout)

    def told(self, *options, env=None):
        """What is said beside the list, which is always the same."""
        done = self.expect(0, "list", self.at, *options, env=env)
        self.assertEqual(done.stdout, self.expect(0, "list", self.at).stdout)
        return done.stderr.decode().splitlines()

    def test_more_is_told_to_those_who_ask(self):
        self.add_entries()
        normal = self.told()
        self.assertFalse([line for line in normal if line.startswith("debug: ")])
        choices = self.told("-v")
        self.assertEqual([line for line in choices if not line.startswith("debug: ")], normal)
        self.assertIn(f'debug: EFI system partition: "{self.esp}/"', choices)
        self.assertIn("debug: XBOOTLDR: none", choices)
        self.assertFalse([line for line in choices if "read " in line])
        accesses = self.told("--debug")
        self.assertLess(set(choices), set(accesses))
        for line in (f'list "{self.esp}/loader/entries": 3 members',
                     f'read "{self.esp}/loader/entries/b.conf": from its beginning',
                     f'look up "{self.esp}/k/vmlinuz": 1 bytes',
                     f'look up "{self.esp}/k/none.cred": file does not exist'):
            self.assertIn(f"debug: {line}", accesses)
        self.assertEqual(set(self.told("--debug", "--quiet")), set())
        self.assertEqual(set(self.told("--quiet", "--verbose")), set(choices))

    def test_variables_ask_for_more_or_less_to_be_told(self):
        self.add_entries()
        normal, debug = self.told(), self.told("--debug")
        for name in ("KINDLING_LOG_LEVEL", "SYSTEMD_LOG_LEVEL"):
            for level, lines in {"debug": debug, "7": debug, "info": normal, "err": [], "0": [],
                                 "": normal, "8": normal, "louder": normal}.items():
                self.assertEqual(set(self.told(env={name: level})), set(lines), (name, level))
        both = {"KINDLING_LOG_LEVEL": "info", "SYSTEMD_LOG_LEVEL": "debug"}
        self.assertEqual(self.told(env=both), normal)
        self.assertEqual(self.told("-q", env={"SYSTEMD_LOG_LEVEL": "debug"}), [])
        # The shell would show it between the words that it offers.
        done = self.expect(0, "complete-values", "entries", self.at,
                           env={"SYSTEMD_LOG_LEVEL": "debug"})
        self.assertEqual(done.stderr, b"")

    def test_an_image_is_listed_as_a_directory_is(self):
        self.add_entries()
        image = self.make_image()
        for name in ("k", "loader"):
            subprocess.run(["mcopy", "-s", "-i", image, self.path(f"esp/{name}"), "::/"],
                           check=True, timeout=60)
        before = self.read("disk.img")
        done = self.expect(0, "list", f"--image={image}", "-j")
        text = done.stdout.decode().replace(f"{image}:", self.esp)
        self.assertEqual(text, self.expect(0, "list", self.at, "-j").stdout.decode())
        self.assertEqual(self.read("disk.img"), before)

    def test_what_is_no_boot_source_is_named_with_a_remedy(self):
        done = self.fails(1, "/none", "list", f"--esp-path={self.esp}/none")
        self.assertIn(b"\nhint: ", done.stderr)
        done = self.fails(1, "loader.efi", "list", f"--image={self.loader}")
        self.assertIn(b"\nhint: an image holds a GPT", done.stderr)
        done = run("list")  # there may be an ESP on this machine
        if done.returncode:
            self.assertIn(b"--esp-path=DIRECTORY or --image=FILE", done.stderr)

    def test_listing_takes_milliseconds(self):
        self.add_entries()
        times = []
        for _ in range(20):
            started = time.perf_counter()
            run("list", self.at)
            times.append((time.perf_counter() - started) * 1000)
        print(f"  list takes {min(times):.1f} ms, most of it the test's own")
