# SPDX-License-Identifier: MIT
"""kindling-cpio extract: what comes out, and what cannot get out."""

import gzip
import os
import stat
import subprocess
import time
import unittest

import archives
from archives import ToolTest, archive, record, run, snapshot


class Extract(ToolTest):
    def extract(self, *records, status=0, options=()):
        return self.expect(status, "extract", *options, "-", self.path("out"),
                           data=archive(*records))

    def test_a_packed_tree_comes_back(self):
        for options in ((), ("-z",)):
            self.expect(0, "pack", *options, self.tree, self.path("a"))
            target = self.path("out" + "".join(options))
            done = self.expect(0, "extract", self.path("a"), target)
            self.assertIn(b"extracted 13 members", done.stderr)
            self.assertTrue(snapshot(target) == snapshot(self.tree))
            self.assertEqual(os.stat(target + "/hard").st_ino, os.stat(target + "/d/file").st_ino)

    def test_archives_of_gnu_cpio_and_bsdcpio_come_back(self):
        names = b"\0".join(os.path.relpath(os.path.join(at, n), self.tree).encode()
                           for at, dirs, files in os.walk(self.tree) for n in dirs + files) + b"\0"
        for command in (("cpio", "--quiet", "-0o", "-H", "newc"),
                        ("cpio", "--quiet", "-0o", "-H", "crc"),
                        ("bsdcpio", "--quiet", "-0o", "-H", "newc")):
            made = subprocess.run(command, input=names, cwd=self.tree, check=True, timeout=60,
                                  stdout=subprocess.PIPE).stdout
            target = self.path("-".join(command))
            self.expect(0, "extract", "-", target, data=made)
            self.assertTrue(snapshot(target) == snapshot(self.tree), command)
            self.assertEqual(os.stat(target + "/hard").st_ino, os.stat(target + "/d/file").st_ino)

    def test_the_loaders_archives_come_back(self):
        files = [self.write(name, name.encode()) for name in ("a.cred", "b.sysext.raw", "c.cred")]
        self.expect(0, "pack", "--extras", self.path("x"), *files)
        self.expect(0, "extract", self.path("x"), self.path("out"))
        found = snapshot(self.path("out"))
        self.assertEqual(found[".extra/credentials/c.cred"], (0o100400, b"c.cred", 0))
        self.assertEqual(found[".extra/credentials"][0], 0o40500)
        self.assertEqual(found[".extra/sysext/b.sysext.raw"], (0o100444, b"b.sysext.raw", 0))

    def test_missing_parents_are_made_and_names_are_tidied(self):
        self.extract(record("./a//b/./c", b"x"))
        self.assertEqual(snapshot(self.path("out"))["a/b/c"][1], b"x")

    def test_a_later_member_replaces_an_earlier_one(self):
        self.extract(record("a", b"first"), record("a", b"second", 0o100600),
                     record("l", b"a", 0o120777), record("l", b"file"))
        found = snapshot(self.path("out"))
        self.assertEqual(found["a"][:2], (0o100600, b"second"))
        self.assertEqual(found["l"][:2], (0o100644, b"file"))

    def test_hard_links_get_their_contents_from_any_name(self):
        for order in ((b"", b"data"), (b"data", b""), (b"data", b"data")):
            self.extract(record("a", order[0], ino=5, links=2),
                         record("b", order[1], ino=5, links=2), options=("--overwrite",))
            found = snapshot(self.path("out"))
            self.assertEqual(found["a"][1], b"data")
            self.assertEqual(found["b"][1], b"data")
            self.assertEqual(os.stat(self.path("out/a")).st_ino, os.stat(self.path("out/b")).st_ino)

    def test_inodes_of_different_archives_are_not_linked(self):
        data = b"".join(archive(record(name, b"1", ino=5, links=2)) for name in ("a", "b"))
        self.expect(0, "extract", "-", self.path("out"), data=data)
        self.assertEqual(os.stat(self.path("out/a")).st_nlink, 1)

    def test_a_directory_without_permissions_can_be_filled(self):
        self.extract(record("d", mode=0o40000), record("d/f", b"x"))
        self.assertEqual(os.stat(self.path("out/d")).st_mode & 0o7777, 0)
        os.chmod(self.path("out/d"), 0o700)
        self.assertTrue(os.path.exists(self.path("out/d/f")))

    def test_a_directory_that_is_not_empty_needs_a_word(self):
        os.mkdir(self.path("out"))
        self.write("out/a", b"old")
        done = self.extract(record("a", b"new"), status=1)
        self.assertIn(b"hint: give --overwrite", done.stderr)
        self.assertEqual(snapshot(self.path("out"))["a"][1], b"old")
        self.extract(record("a", b"new"), options=("--overwrite",))
        self.assertEqual(snapshot(self.path("out"))["a"][1], b"new")

    def test_overwriting_never_writes_through_a_link(self):
        outside = self.write("outside", b"precious")
        os.mkdir(self.path("out"))
        os.symlink(outside, self.path("out/soft"))
        os.link(outside, self.path("out/hard"))
        self.extract(record("soft", b"x"), record("hard", b"x"), options=("--overwrite",))
        with open(outside, "rb") as file:
            self.assertEqual(file.read(), b"precious")

    def test_a_dry_run_checks_everything_and_writes_nothing(self):
        done = self.extract(record("a", b"12345"), options=("-n", "-v"))
        self.assertIn(b"a\nwould extract 1 member, 5 bytes", done.stderr)
        self.assertFalse(os.path.exists(self.path("out")))
        self.extract(record("../a"), status=1, options=("-n",))
        self.extract(record("a", b"", 0o777), status=1, options=("-n",))

    def extract_slowly(self, term, seconds):
        """What a terminal gets while the archive comes after `seconds`, up to the summary."""
        ours, theirs = os.openpty()
        with subprocess.Popen([archives.TOOL, "extract", "--overwrite", "-", self.path("out")],
                              stdin=subprocess.PIPE, stdout=theirs, stderr=theirs,
                              env=dict(os.environ, TERM=term)) as extracting:
            time.sleep(seconds)
            extracting.stdin.write(archive(record("a", b"x")))
            extracting.stdin.close()
        os.close(theirs)
        said = b""
        try:
            while piece := os.read(ours, 1000):
                said += piece
        except OSError:  # how Linux says that the other end is closed
            pass
        os.close(ours)
        return said.split(b"extracted")[0]

    def test_long_work_shows_progress_on_a_terminal_and_erases_it(self):
        expected = b"\r\x1b[K1 members, 0 MiB\r\x1b[K"
        # A busy machine may start the program late; then the work was not long.
        self.assertIn(expected, (self.extract_slowly("xterm", seconds) for seconds in (0.7, 3, 9)))
        self.assertEqual(self.extract_slowly("dumb", 0.7), b"")

    def test_what_is_no_archive_leaves_no_directory(self):
        for data in (b"", b"junk", gzip.compress(b"junk")):
            self.expect(1, "extract", "-", self.path("out"), data=data)
            self.assertFalse(os.path.exists(self.path("out")))

    def test_a_cut_archive_is_an_error(self):
        whole = archive(record("d", mode=0o40755), record("d/f", b"hello"),
                        record("l", b"d", 0o120777))
        for size in range(1, len(whole) - 4, 13):
            self.fails(1, "at byte %d" % size, "extract", "--overwrite", "-", self.path("out"),
                       data=whole[:size])

    def test_a_target_that_is_a_file_is_an_error(self):
        self.fails(1, "out", "extract", "-", self.write("out", b""), data=archive())


class Escape(ToolTest):
    """Nothing outside of `out` may change, whatever the archive says."""

    def setUp(self):
        super().setUp()
        os.mkdir(self.path("outside"))
        self.write("outside/precious", b"precious")
        os.mkdir(self.path("out"))

    def attack(self, status, *records):
        before = snapshot(self.path("outside"))
        names = sorted(os.listdir(self.base))
        self.expect(status, "extract", "--overwrite", "-", self.path("out"), data=archive(*records))
        self.assertEqual(snapshot(self.path("outside")), before)
        self.assertEqual(sorted(os.listdir(self.base)), names)

    def test_names_that_lead_upwards_are_refused(self):
        for name in ("..", "../x", "a/../../x", "./../x", "a/..", "../outside/precious"):
            self.attack(1, record(name, b"evil"))
            self.attack(1, record(name, mode=0o40777))
            self.attack(1, record(name, b"target", 0o120777))

    def test_absolute_names_are_refused(self):
        self.attack(1, record(self.path("outside/precious"), b"evil"))
        self.attack(1, record("//x", b"evil"))
        self.attack(1, record(self.path("outside"), mode=0o40000))

    def test_symbolic_links_are_not_followed(self):
        outside = os.fsencode(self.path("outside"))
        for target in (outside, b"../outside"):
            link = record("l", target, 0o120777)
            self.attack(1, link, record("l/precious", b"evil"))
            self.attack(1, link, record("l/new", b"evil"))
            self.attack(1, link, record("l/new", mode=0o40755))
            self.attack(1, link, record("l/d/e/new", b"evil"))
            self.attack(1, link, record("l/fifo", mode=0o10600))
            self.attack(1, link, record("l/link", b"x", 0o120777))
            self.attack(1, link, record("l", mode=0o40000))
        self.attack(0, record("f", outside + b"/precious", 0o120777), record("f", b"not evil"))

    def test_hard_links_do_not_reach_out(self):
        outside = os.fsencode(self.path("outside/precious"))
        self.attack(1, record("l", outside, 0o120777), record("a", b"", ino=9, links=2),
                    record("a", outside, 0o120777), record("b", b"evil", ino=9, links=2))

    def test_a_parent_swapped_for_a_link_is_refused(self):
        outside = os.fsencode(self.path("outside"))
        self.attack(1, record("d", mode=0o40755), record("d/f", b"x"),
                    record("d", outside, 0o120777))

    def test_links_already_in_the_target_are_not_followed(self):
        os.symlink(self.path("outside"), self.path("out/there"))
        self.attack(1, record("there/precious", b"evil"))
        self.attack(1, record("there/d", mode=0o40700))

    def test_a_file_in_place_of_a_directory_is_an_error(self):
        self.attack(1, record("f", b"x"), record("f/g", b"x"))
        self.attack(1, record("f", b"x"), record("f", mode=0o40755))

    def test_bad_links_and_types_are_refused(self):
        self.attack(1, record("l", b"", 0o120777))
        self.attack(1, record("l", b"a\0b", 0o120777))
        self.attack(1, record("l", b"x" * 4096, 0o120777))
        self.attack(1, record("x", b"", 0))
        self.attack(1, record("x", b"", 0o170644))
        self.attack(1, record(".", b"x"))

    def test_contents_go_to_no_fifo(self):
        self.attack(1, record("a", b"", ino=9, links=2), record("a", mode=0o10600),
                    record("b", b"blocks", ino=9, links=2))

    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_ordinary_users_cannot_make_devices(self):
        os.chmod(self.base, 0o755)
        os.chown(self.path("out"), 65534, 65534)
        data = archive(record("null", mode=0o20666, rdev=(1, 3)), record("f", b"x", 0o106755))
        done = subprocess.run([archives.TOOL, "extract", "-", self.path("out")], input=data,
                              user=65534, group=65534, extra_groups=[], stderr=subprocess.PIPE,
                              timeout=60, check=False)
        self.assertEqual(done.returncode, 4, done)
        self.assertIn(b"warning: left out \"null\"", done.stderr)
        self.assertEqual(os.stat(self.path("out/f")).st_mode & 0o7777, 0o755)

    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_root_makes_devices_and_keeps_owners(self):
        done = run("extract", "-", self.path("out"),
                   data=archive(record("null", mode=0o20666, rdev=(1, 3))))
        if done.returncode == 4:
            self.skipTest("not permitted here")
        status = os.stat(self.path("out/null"))
        self.assertTrue(stat.S_ISCHR(status.st_mode))
        self.assertEqual((os.major(status.st_rdev), os.minor(status.st_rdev)), (1, 3))
        self.assertEqual(status.st_mode & 0o777, 0o666)


if __name__ == "__main__":
    unittest.main()
