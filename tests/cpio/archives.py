# SPDX-License-Identifier: MIT
"""Archives made by hand, and running the tool on them."""

import os
import shutil
import subprocess
import tempfile
import unittest

TOOL = None  # the path of kindling-cpio, set by the program that runs the tests


def record(name, data=b"", mode=0o100644, ino=1, links=1, magic=b"070701", checksum=0, rdev=(0, 0)):
    """One newc record."""
    name = os.fsencode(name)
    fields = [ino, mode, 0, 0, links, 1600000000, len(data), 0, 0, *rdev, len(name) + 1, checksum]
    out = magic + b"".join(b"%08x" % field for field in fields) + name + b"\0"
    out += b"\0" * (-len(out) % 4) + data
    return out + b"\0" * (-len(out) % 4)


def archive(*records):
    return b"".join(records) + record("TRAILER!!!", mode=0, ino=0)


def run(*arguments, data=None, stdout=subprocess.PIPE, cwd=None, env=None, tool=None):
    """Runs the tool; a run that hangs or is killed by a signal is an error."""
    environment = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC", **(env or {}))
    done = subprocess.run([tool or TOOL, *map(str, arguments)], input=data, stdout=stdout,
                          stderr=subprocess.PIPE, timeout=60, cwd=cwd, env=environment)
    assert done.returncode >= 0, (arguments, done)
    assert b"runtime error: " not in done.stderr, done.stderr  # of a sanitizer
    return done


def snapshot(directory):
    """What is below a directory: path to (mode, size or target, mtime)."""
    found = {}
    for at, directories, files in os.walk(directory):
        for name in directories + files:
            path = os.path.join(at, name)
            status = os.lstat(path)
            content = None
            if os.path.islink(path):
                content = os.readlink(path)
            elif os.path.isfile(path):
                with open(path, "rb") as file:
                    content = file.read()
            mtime = None if os.path.islink(path) else int(status.st_mtime)
            found[os.path.relpath(path, directory)] = (status.st_mode, content, mtime)
    return found


class ToolTest(unittest.TestCase):
    """Each test has a directory of its own, with a sample tree in `tree`."""

    def remove_base(self):
        # Extracted directories may be read-only, which stops everybody but root.
        for directory, _, _ in os.walk(self.base):
            os.chmod(directory, 0o700)
        shutil.rmtree(self.base)

    def setUp(self):
        self.base = tempfile.mkdtemp(prefix="kindling-cpio-test-")
        self.addCleanup(self.remove_base)
        self.tree = self.path("tree")
        os.makedirs(os.path.join(self.tree, "d/e"))
        self.write("tree/d/file", b"hello\n")
        self.write("tree/d/e/big", os.urandom(300_000), 0o600)
        self.write("tree/d-e", b"between d and d/e in some orders")
        self.write("tree/empty", b"", 0o444)
        self.write("tree/ü x", b"a name with a blank")
        self.write("tree/set", b"x", 0o755)
        os.symlink("d/file", self.path("tree/link"))
        os.symlink("/nowhere", self.path("tree/dangling"))
        os.mkfifo(self.path("tree/fifo"))
        os.link(self.path("tree/d/file"), self.path("tree/hard"))
        for at, _, files in os.walk(self.tree, topdown=False):
            for name in files:
                if not os.path.islink(os.path.join(at, name)):
                    os.utime(os.path.join(at, name), (1500000000, 1500000000))
            os.utime(at, (1500000001, 1500000001))

    def path(self, name):
        return os.path.join(self.base, name)

    def write(self, name, data, mode=0o644):
        with open(self.path(name), "wb") as file:
            file.write(data)
        os.chmod(self.path(name), mode)
        return self.path(name)

    def expect(self, status, *arguments, **options):
        """Runs the tool, checks its exit status, and what every failure has in common."""
        done = run(*arguments, **options)
        self.assertEqual(done.returncode, status, done.stderr)
        if status != 0:
            self.assertRegex(done.stderr, rb"(?m)^(error|warning): ")
        return done

    def fails(self, status, text, *arguments, **options):
        done = self.expect(status, *arguments, **options)
        self.assertIn(text.encode(), done.stderr)
        return done
