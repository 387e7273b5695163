# SPDX-License-Identifier: MIT
"""kindling-cpio pack and list, beside GNU cpio and bsdcpio."""

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import time
import unittest

import archives
from archives import ToolTest, archive, record, run, snapshot


def other(*command, data=None, cwd=None):
    return subprocess.run(command, input=data, cwd=cwd, check=True, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout


def sorted_names(directory):
    names = [b"."]
    for at, directories, files in os.walk(os.fsencode(directory)):
        names += [os.path.relpath(os.path.join(at, n), os.fsencode(directory))
                  for n in directories + files]
    return sorted(names)


class Pack(ToolTest):
    def pack(self, *options):
        self.expect(0, "pack", self.tree, self.path("a.cpio"), *options)
        with open(self.path("a.cpio"), "rb") as file:
            return file.read()

    def test_gnu_cpio_lists_the_same_names_in_the_same_order(self):
        data = self.pack()
        names = other("cpio", "--quiet", "-t", data=data).splitlines()
        self.assertEqual(len(names), len(sorted_names(self.tree)))
        mine = self.expect(0, "list", "--names", self.path("a.cpio")).stdout.splitlines()
        self.assertEqual(mine, sorted_names(self.tree))

    def test_gnu_cpio_and_bsdcpio_extract_what_was_packed(self):
        data = self.pack()
        for tool in ("cpio", "bsdcpio"):
            target = self.path("from-" + tool)
            os.mkdir(target)
            other(tool, "--quiet", "-idm", data=data, cwd=target)
            found, expected = snapshot(target), snapshot(self.tree)
            if tool == "cpio":  # sets the times of directories before it fills them
                for name in ("d", "d/e"):
                    found.pop(name), expected.pop(name)
            self.assertTrue(found == expected, tool)
            self.assertEqual(os.stat(target + "/hard").st_ino, os.stat(target + "/d/file").st_ino)

    def test_bsdtar_and_busybox_read_it(self):
        target = self.path("from-busybox")
        os.mkdir(target)
        other("busybox", "cpio", "-idm", data=self.pack(), cwd=target)
        self.assertEqual({name: entry[:2] for name, entry in snapshot(target).items()},
                         {name: entry[:2] for name, entry in snapshot(self.tree).items()})
        names = other("bsdtar", "-tf", self.path("a.cpio")).splitlines()
        self.assertEqual(len(names), len(sorted_names(self.tree)))

    def test_records_equal_those_of_gnu_cpio_but_for_case_and_link_counts(self):
        os.unlink(self.path("tree/hard"))  # GNU cpio moves these to the end
        for name in ("tree/fifo", "tree/ü x"):
            os.unlink(self.path(name))
        for directory in ("d/e", "d", ""):  # GNU cpio counts a directory's children as links
            os.utime(os.path.join(self.tree, directory), (1500000001, 1500000001))
        mine = self.pack()
        names = b"\0".join(sorted_names(self.tree)) + b"\0"
        theirs = other("cpio", "--quiet", "-0", "-o", "-H", "newc", "--reproducible", "-R", "0:0",
                       data=names, cwd=self.tree)
        keys = ("name", "type", "mode", "mtime", "size", "target", "offset", "contentsOffset")
        rows = []
        for data in (mine, theirs):
            listed = json.loads(self.expect(0, "list", "-j", "-", data=data).stdout)
            rows.append([[row[key] for key in keys] for row in listed])
        self.assertEqual(rows[0], rows[1])
        # Contents and names are at the same places, so only headers may differ.
        size = len(theirs.rstrip(b"\0")) + 1
        self.assertEqual(len(mine), size + -size % 4)

    def test_reproducible_archives_depend_on_contents_only(self):
        first = self.pack("--reproducible")
        copy = self.path("copy")
        other("cp", "-r", "--preserve=mode,links", self.tree, copy)
        self.expect(0, "pack", "--reproducible", copy, self.path("b.cpio"))
        with open(self.path("b.cpio"), "rb") as file:
            self.assertEqual(file.read(), first)
        rows = json.loads(self.expect(0, "list", "-j", self.path("a.cpio")).stdout)
        self.assertTrue(all(row["mtime"] == row["uid"] == row["gid"] == 0 for row in rows))

    def test_source_date_epoch_is_the_time_of_reproducible_archives(self):
        run("pack", "--reproducible", self.tree, self.path("a"), env={"SOURCE_DATE_EPOCH": "77"})
        rows = json.loads(self.expect(0, "list", "-j", self.path("a")).stdout)
        self.assertTrue(all(row["mtime"] == 77 for row in rows))

    def test_gzip_output_is_the_same_archive(self):
        plain = self.pack("--reproducible")
        packed = self.pack("--reproducible", "--gzip")
        self.assertEqual(gzip.decompress(packed), plain)
        self.assertEqual(packed[4:8], bytes(4))  # no time

    def test_standard_output_and_files_get_the_same_bytes(self):
        plain = self.pack()
        done = self.expect(0, "pack", self.tree, "-")
        self.assertEqual(done.stdout, plain)
        self.assertIn(b"standard output", done.stderr)

    def test_the_archive_does_not_pack_itself(self):
        inside = self.path("tree/d/out.cpio")
        for _ in range(2):
            self.expect(0, "pack", self.tree, inside)
            names = self.expect(0, "list", "--names", inside).stdout
            self.assertNotIn(b"out.cpio", names)
            self.assertNotIn(b"kindling-cpio-", names)

    def test_a_failed_pack_leaves_the_old_archive_and_nothing_else(self):
        out = self.write("out.cpio", b"old")
        self.fails(1, "No such file", "pack", self.path("missing"), out)
        os.chmod(self.path("tree/empty"), 0o600)
        os.truncate(self.path("tree/empty"), 1 << 32)
        self.fails(1, "empty", "pack", self.tree, out)
        with open(out, "rb") as file:
            self.assertEqual(file.read(), b"old")
        self.assertEqual(sorted(os.listdir(self.base)), ["out.cpio", "tree"])

    def test_a_pack_that_is_killed_leaves_nothing(self):
        with open(self.path("tree/big"), "wb") as file:
            file.truncate(2 << 30)
        out = self.write("out.cpio", b"old")
        with subprocess.Popen([archives.TOOL, "pack", "-z", self.tree, out]) as packing:
            time.sleep(0.2)
            packing.kill()
        self.assertEqual(packing.returncode, -9)
        self.assertEqual(sorted(os.listdir(self.base)), ["out.cpio", "tree"])
        self.assertEqual(os.stat(out).st_size, 3)

    def test_a_dry_run_names_the_size_and_writes_nothing(self):
        size = len(self.pack())
        os.unlink(self.path("a.cpio"))
        done = self.expect(0, "pack", "-n", self.tree, self.path("a.cpio"))
        self.assertIn(b"would pack", done.stderr)
        self.assertIn(b" %d bytes" % size, done.stderr)
        self.assertFalse(os.path.exists(self.path("a.cpio")))

    def test_a_new_archive_has_the_mode_of_a_new_file(self):
        self.pack()
        mask = os.umask(0)
        os.umask(mask)
        self.assertEqual(os.stat(self.path("a.cpio")).st_mode & 0o777, 0o666 & ~mask)

    def test_extras_are_packed_as_the_loader_does(self):
        files = [self.write(name, data) for name, data in (
            ("a.cred", b"A"), ("b.sysext.raw", b"BB"), ("c.cred", b"CCC"),
            ("d.confext.raw", b"DDDD"))]
        self.expect(0, "pack", "--extras", self.path("x"), *files)
        with open(self.path("x"), "rb") as file:
            self.assertEqual(hashlib.sha256(file.read()).hexdigest(),
                             "659a72b1ff1ae6248fa199c4962e144f987282d85b4631a0221867169ca1377c")
        rows = json.loads(self.expect(0, "list", "-j", self.path("x")).stdout)
        self.assertEqual([row["archive"] for row in rows], [0] * 6 + [1] * 3 + [2] * 3)

    def test_extras_that_cannot_be_packed_are_named(self):
        cred = self.write("a.cred", b"A")
        odd = self.write("b.raw", b"B")
        self.fails(1, "b.raw", "pack", "--extras", self.path("x"), cred, odd)
        self.fails(1, "missing.cred", "pack", "--extras", self.path("x"), self.path("missing.cred"))
        self.fails(1, "ä.cred", "pack", "--extras", self.path("x"), self.write("ä.cred", b"A"))
        os.mkdir(self.path("d.cred"))
        self.fails(1, "not a regular file", "pack", "--extras", self.path("x"), self.path("d.cred"))
        done = self.expect(0, "pack", "--extras", self.path("x"), cred, self.write("e.cred", b""))
        self.assertIn(b"warning: ", done.stderr)

    def test_a_full_disk_is_an_error(self):
        with open("/dev/full", "wb") as full:
            self.fails(1, "No space left", "pack", self.tree, "-", stdout=full)
        self.fails(1, "No space left", "pack", self.tree, "/dev/full")
        with open("/dev/full", "wb") as full:
            self.fails(1, "No space left", "pack", "-z", self.tree, "-", stdout=full)

    def test_a_closed_pipe_is_silent(self):
        archive_path = self.path("many")
        with open(archive_path, "wb") as file:
            file.write(archive(*(record("name%06d" % i) for i in range(5000))))
        for arguments in (("pack", self.tree, "-"), ("list", archive_path),
                          ("list", "-j", archive_path)):
            reading, writing = os.pipe()
            os.close(reading)
            done = subprocess.run([archives.TOOL, "-q", *arguments], stdout=writing,
                                  stderr=subprocess.PIPE, timeout=60, check=False)
            os.close(writing)
            self.assertIn(done.returncode, (-13, 141))
            self.assertEqual(done.stderr, b"")

    def test_a_closed_standard_output_is_an_error(self):
        path = self.write("a", archive(record("x")))
        done = subprocess.run(["sh", "-c", 'exec "$0" list --names "$1" >&-', archives.TOOL, path],
                              stderr=subprocess.PIPE, timeout=60, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"error: ", done.stderr)


class List(ToolTest):
    def test_archives_of_other_tools_are_listed(self):
        names = b"\0".join(sorted_names(self.tree)) + b"\0"
        for command in (("cpio", "--quiet", "-0o", "-H", "newc"),
                        ("cpio", "--quiet", "-0o", "-H", "crc"),
                        ("bsdcpio", "--quiet", "-0o", "-H", "newc")):
            data = other(*command, data=names, cwd=self.tree)
            listed = self.expect(0, "list", "--names", "-", data=data).stdout.splitlines()
            self.assertEqual(sorted(listed), sorted_names(self.tree), command)

    def test_lines_look_like_those_of_ls(self):
        data = archive(record("d", mode=0o41777), record("s", b"d/x", 0o120777),
                       record("f", b"12345", 0o104755), record("c", mode=0o20600, rdev=(5, 1)))
        lines = self.expect(0, "list", "-", data=data).stdout.decode().splitlines()
        self.assertEqual(lines[0].split()[0], "drwxrwxrwt")
        self.assertTrue(lines[1].endswith(" 2020-09-13 12:26 s -> d/x"))
        self.assertEqual(lines[2].split(),
                         ["-rwsr-xr-x", "1", "0", "0", "5", "2020-09-13", "12:26", "f"])
        self.assertIn(" 5, 1 ", lines[3])
        verbose = self.expect(0, "list", "-v", "-", data=data).stdout.decode().splitlines()
        self.assertEqual(verbose[1].split()[:3], ["0", "112", "224"])

    def test_json_has_every_field(self):
        data = archive(record("s", b"t", 0o120777)) + bytes(388) + archive(
            record("n", b"\1\2", magic=b"070702", checksum=3))
        rows = json.loads(self.expect(0, "list", "--json=pretty", "-", data=data).stdout)
        self.assertEqual(rows, json.loads(self.expect(0, "list", "-j", "-", data=data).stdout))
        self.assertEqual(rows[0], {
            "name": "s", "type": "symlink", "mode": 0o120777, "inode": 1, "links": 1, "uid": 0,
            "gid": 0, "mtime": 1600000000, "size": 1, "target": "t", "deviceMajor": None,
            "deviceMinor": None, "checksum": None, "archive": 0, "offset": 0,
            "contentsOffset": 112})
        self.assertEqual(rows[1]["checksum"], 3)
        self.assertEqual(rows[1]["archive"], 1)
        self.assertEqual(rows[1]["offset"], 116 + 124 + 388)
        self.assertEqual(self.expect(0, "list", "-j", "-", data=archive()).stdout, b"[]\n")

    def test_hostile_names_are_escaped(self):
        data = archive(record(b"\x1b[31m\n\xff"))
        self.assertNotIn(b"\x1b", self.expect(0, "list", "-", data=data).stdout)
        self.assertEqual(len(self.expect(0, "list", "-", data=data).stdout.splitlines()), 1)
        rows = json.loads(self.expect(0, "list", "-j", "-", data=data).stdout)
        self.assertEqual(rows[0]["name"], "\x1b[31m\n\ufffd")

    def test_gzip_is_seen_in_every_place_the_kernel_allows(self):
        first, second = archive(record("early", b"x" * 999)), archive(record("late", b"y"))
        packed = gzip.compress(first)
        half = len(first) // 2
        for data, names in (
                (packed, b"early\n"),
                (packed + gzip.compress(second), b"early\nlate\n"),
                (first + gzip.compress(second), b"early\nlate\n"),
                (first + bytes(3) + gzip.compress(second), b"early\nlate\n"),
                (packed + bytes(512) + gzip.compress(second) + bytes(7), b"early\nlate\n"),
                (gzip.compress(first[:half]) + gzip.compress(first[half:]), b"early\n"),
                (gzip.compress(first + bytes(512) + second), b"early\nlate\n")):
            self.assertEqual(self.expect(0, "list", "--names", "-", data=data).stdout, names)
            self.assertEqual(self.expect(0, "list", "--names", self.write("a", data)).stdout, names)

    def test_an_archive_in_a_file_starts_where_standard_input_stands(self):
        path = self.write("a", b"junk" + archive(record("x", bytes(1 << 20)), record("y")))
        with open(path, "rb") as file:
            file.seek(4)
            done = subprocess.run([archives.TOOL, "list", "--names", "-"], stdin=file, timeout=60,
                                  stdout=subprocess.PIPE, check=False)
        self.assertEqual(done.stdout, b"x\ny\n")

    def test_other_compressions_are_named(self):
        for tool in ("zstd", "xz", "bzip2", "lz4"):
            if not shutil.which(tool):
                continue
            data = other(tool, "-c", data=archive(record("x")))
            self.fails(1, tool, "list", "-", data=data)

    def test_what_is_no_archive_is_an_error(self):
        for data in (b"", bytes(512), b"junk", gzip.compress(b""), gzip.compress(b"junk"),
                     b"070707" + bytes(90)):
            done = self.fails(1, "standard input", "list", "-", data=data)
            self.assertEqual(done.stdout, b"")
        self.fails(1, "No such file", "list", self.path("missing"))
        self.fails(1, "error", "list", self.tree)

    def test_a_cut_archive_is_an_error_at_every_place(self):
        whole = archive(record("d", mode=0o40755), record("d/f", b"hello"),
                        record("l", b"d", 0o120777))
        packed = gzip.compress(whole)
        for size in list(range(1, len(whole) - 4, 7)):
            self.fails(1, "at byte %d" % size, "list", "-", data=whole[:size])
        for size in range(1, len(packed), 11):
            self.expect(1, "list", "-", data=packed[:size])
        cut = self.expect(1, "list", "--names", self.write("cut", whole[:300]))
        self.assertEqual(cut.stdout, b"d\nd/f\n")
        self.assertEqual(self.expect(1, "list", "-j", self.path("cut")).stdout, b"")

    def test_contents_that_end_early_in_a_file_are_found_without_reading_them(self):
        data = archive(record("big", bytes(1 << 20)))
        path = self.write("cut", data[:600_000])
        self.fails(1, "at byte 600000", "list", path)

    def test_damaged_gzip_data_is_an_error(self):
        packed = bytearray(gzip.compress(archive(record("x", os.urandom(5000)))))
        packed[-6] ^= 1  # the CRC
        self.fails(1, "gzip data is damaged", "list", "-", data=bytes(packed))

    def test_a_bomb_is_stopped_at_the_limit(self):
        bomb = gzip.compress(archive(record("bomb", bytes(32 << 20))))
        self.fails(1, "more than the limit", "list", "--max-size=16M", "-", data=bomb)
        self.expect(0, "list", "--max-size=33M", "-", data=bomb)
        self.fails(2, "--max-size", "list", "--max-size=lots", "-", data=bomb)
        self.fails(1, "more than the limit", "extract", "--max-size", "1M", "-", self.path("x"),
                   data=bomb)

    def test_a_wrong_checksum_is_an_error(self):
        data = archive(record("x", b"\1", magic=b"070702", checksum=2))
        self.fails(1, "checksum", "list", "-", data=data)


class CommandLine(ToolTest):
    def test_wrong_command_lines_are_two_lines_and_status_two(self):
        for arguments in ((), ("foo",), ("list",), ("list", "a", "b"), ("pack", "a"),
                          ("pack", "a", "b", "c"), ("extract", "a"), ("--nonsense", "list", "a"),
                          ("list", "--json=xml", "a"), ("list", "--max-size=", "a")):
            done = self.expect(2, *arguments)
            self.assertEqual(done.stdout, b"")
            lines = done.stderr.decode().splitlines()
            self.assertEqual([line.split(":")[0] for line in lines], ["error", "hint"], done)

    def test_help_and_version_are_on_standard_output(self):
        for arguments in (("--help",), ("list", "--help"), ("help",), ("help", "extract"),
                          ("--version",)):
            done = self.expect(0, *arguments)
            self.assertTrue(done.stdout.startswith((b"Usage: ", b"kindling-cpio ")))
            self.assertEqual(done.stderr, b"")
        self.fails(2, "unknown verb", "help", "nonsense")

    def test_quiet_says_nothing_and_verbose_names_members(self):
        self.assertEqual(self.expect(0, "-q", "pack", self.tree, self.path("a")).stderr, b"")
        self.assertIn(b"d/file\n", self.expect(0, "-v", "pack", self.tree, self.path("a")).stderr)


if __name__ == "__main__":
    unittest.main()
