# SPDX-License-Identifier: MIT
"""The initrd of the tests' guest, as a newc archive. Device nodes need no root this way."""

import gzip


def _record(path, mode, contents=b"", rdev=(0, 0)):
    name = path.encode() + b"\0"
    fields = [0, mode, 0, 0, 1, 0, len(contents), 0, 0, rdev[0], rdev[1], len(name), 0]
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name
    head += b"\0" * (-len(head) % 4)
    return head + contents + b"\0" * (-len(contents) % 4)


def directory(path):
    return _record(path, 0o040755)


def file(path, contents, mode=0o755):
    return _record(path, 0o100000 | mode, contents)


def character_device(path, major, minor):
    return _record(path, 0o020600, rdev=(major, minor))


def archive(*records, compress=False):
    """One archive of `records`, in order; gzip without a time stamp if `compress`."""
    data = b"".join(records) + _record("TRAILER!!!", 0)
    return gzip.compress(data, 9, mtime=0) if compress else data
