# SPDX-License-Identifier: MIT
"""Runs bootctl as people and scripts do."""

import fcntl
import os
import pathlib
import pty
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import case_lines  # noqa: E402

BOOTCTL = None  # the path of the program, set by whoever runs the tests

# What decides how output looks.
CLEAN = {name: value for name, value in os.environ.items() if name not in (
    "NO_COLOR", "CLICOLOR_FORCE", "COLUMNS", "LC_ALL", "SOURCE_DATE_EPOCH", "PAGER",
    "KINDLING_PAGER", "LESS", "SUDO_UID", "PKEXEC_UID", "KINDLING_LOG_LEVEL",
    "SYSTEMD_LOG_LEVEL")}


def program(contents=b"", section_name=b".text"):
    """A small EFI program for x64 with one section; it cannot run."""
    headers = 512
    optional = struct.pack("<HBBIIIII", 0x20B, 0, 0, 0, 0, 0, 0, 0)
    optional += struct.pack("<QIIHHHHHHIIIIHH", 0, 4096, 512, 0, 0, 1, 0, 0, 0, 0,
                            8192, headers, 0, 10, 0x100)
    optional += struct.pack("<QQQQII", 0, 0, 0, 0, 0, 16) + bytes(16 * 8)
    body = contents + bytes(-len(contents) % 512)
    section = struct.pack("<8sIIIIIIHHI", section_name, len(contents), 4096, len(body), headers,
                          0, 0, 0, 0, 0x60000020)
    coff = struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, len(optional), 0x22)
    start = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    return (start + b"PE\0\0" + coff + optional + section).ljust(headers, b"\0") + body


KINDLING = program(b"#### LoaderInfo: kindling 1.0 ####", b".sdmagic")


def environment(changes=None):
    return CLEAN | {"LC_ALL": "C.UTF-8", "TERM": "xterm", "TZ": "UTC"} | (changes or {})


def run(*arguments, env=None, stdout=subprocess.PIPE, data=None, **options):
    """Runs bootctl; one that hangs, or is killed by a signal but SIGPIPE, is an error."""
    done = subprocess.run([BOOTCTL, *map(str, arguments)], env=environment(env), stdout=stdout,
                          stderr=subprocess.PIPE, timeout=60, check=False,
                          **({"input": data} if data else {"stdin": subprocess.DEVNULL}),
                          **options)
    assert done.returncode >= 0 or done.returncode == -13, (arguments, done)
    assert b"runtime error: " not in done.stderr, done.stderr  # of a sanitizer
    return done


def take_terminal():
    """Makes what is on standard error the terminal whose keys send signals."""
    os.setsid()
    fcntl.ioctl(2, termios.TIOCSCTTY, 0)


def run_on_terminal(*arguments, env=None, stream="stdout", columns=80, rows=0, answer=None):
    """Runs bootctl with one stream on a terminal; what appears there, what comes from the other.
    `answer` is something that appears on standard error, and the key that is pressed then."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, stream: slave}
    with subprocess.Popen([BOOTCTL, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          env=environment({"COLUMNS": str(columns), **(env or {})}),
                          preexec_fn=take_terminal if answer else None, **streams) as process:
        os.close(slave)
        shown = b""
        while True:
            if not select.select([master], [], [], 60)[0]:
                process.kill()
                raise AssertionError(f"bootctl hangs: {arguments}")
            try:
                piece = os.read(master, 4096)
            except OSError:  # EIO: nobody has the other end any more
                break
            if not piece:
                break
            shown += piece
            if answer and answer[0] in shown:
                os.write(master, answer[1])
                answer = None
        other = process.stderr if stream == "stdout" else process.stdout
        rest = other.read()
    os.close(master)
    return shown.replace(b"\r\n", b"\n"), rest, process.returncode


class CliTest(unittest.TestCase):
    """Each test has a directory of its own, with an empty ESP in `esp`."""

    def setUp(self):
        self.base = tempfile.mkdtemp(prefix="kindling-bootctl-test-")
        self.addCleanup(shutil.rmtree, self.base)
        self.esp = self.path("esp")
        os.mkdir(self.esp)
        self.loader = self.write("loader.efi", KINDLING)

    def path(self, name):
        return os.path.join(self.base, name)

    def write(self, name, data):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())
        return path

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def make_image(self, name="disk.img", size_kib=1024):
        """An empty FAT file system."""
        subprocess.run(["mkfs.vfat", "--invariant", "-C", self.path(name), str(size_kib)],
                       check=True, stdout=subprocess.DEVNULL,
                       env=dict(CLEAN, PATH=CLEAN["PATH"] + ":/usr/sbin:/sbin"))
        return self.path(name)

    def expect(self, status, *arguments, **options):
        """Runs it and checks the status, and what every failure has in common."""
        done = run(*arguments, **options)
        self.assertEqual(done.returncode, status, done)
        if status in (1, 2, 4):
            self.assertRegex(done.stderr, rb"(?m)^error: [^\n]+[^.\n]\n")
            self.assertFalse(done.stdout)
        return done

    def fails(self, status, text, *arguments, **options):
        done = self.expect(status, *arguments, **options)
        self.assertIn(text.encode(), done.stderr)
        return done


def main(modules):
    """PROGRAM [NAME...]: runs all tests of the modules, or those named as MODULE.CLASS.TEST."""
    global BOOTCTL
    BOOTCTL = os.path.abspath(sys.argv[1])
    loader = unittest.TestLoader()
    if sys.argv[2:]:
        suite = loader.loadTestsFromNames(sys.argv[2:])
    else:
        suite = unittest.TestSuite(map(loader.loadTestsFromModule, modules))
    case_lines.run_and_exit(suite)
