# SPDX-License-Identifier: MIT
"""A second, independent opinion on what a boot measures into PCR 9, 11, 12 and 13.

Written from the specifications and sharing nothing with the product, so that loader and predictor
cannot be wrong together. Digests are SHA-256, in the order of the log.
"""

import hashlib
import struct

from comparison import target_of

KINDS = ("credentials", "sysext", "confext")
# Source: UAPI.5; the order in which a stub measures.
UKI_SECTIONS = (".linux", ".osrel", ".cmdline", ".initrd", ".ucode", ".splash", ".dtb", ".uname",
                ".sbat")


def _sha256(data):
    return hashlib.sha256(data).hexdigest()


def _padded(data):
    return data + bytes(-len(data) % 4)


def _utf16(text):
    return (text + "\0").encode("utf-16-le")


def _record(name, mode, inode, data=b""):
    """Source: Linux, "initramfs buffer format"."""
    name = name.encode() + b"\0"
    fields = (inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0)
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name
    return _padded(head) + _padded(data)


# The one number with an upper-case digit, as systemd-boot writes it.
TRAILER = _padded(b"070701" + b"0" * 32 + b"00000001" + b"0" * 48 + b"0000000B" + b"0" * 8
                  + b"TRAILER!!!\0")


def archives(extras):
    """Kind -> archive, of member names and their contents; kinds without members are left out."""
    members = {}
    inode = 1
    for name, contents in extras.items():
        kind, directory_mode, file_mode = target_of(name)
        members[kind] = members.get(kind, b"") + b"".join((
            _record(".extra", 0o040555, inode),
            _record(f".extra/{kind}", 0o040000 | directory_mode, inode + 1),
            _record(f".extra/{kind}/{name}", 0o100000 | file_mode, inode + 2, contents)))
        inode += 3
    return {kind: members[kind] + TRAILER for kind in KINDS if kind in members}


def _extras_digests(packed):
    digests = {12: [], 13: []}
    for kind, archive in packed.items():
        digests[13 if kind == "sysext" else 12].append(_sha256(archive))
    return digests


def linux_digests(options, initrds, extras):
    """Register -> digests of an entry of kind `linux`.

    initrds  path -> contents, in the order of the entry
    """
    packed = archives(extras)
    digests = _extras_digests(packed)
    arguments = ["initrd=" + path.replace("/", "\\") for path in initrds]
    command_line = _utf16(" ".join(arguments + ([options] if options else [])))
    digests[12].append(_sha256(command_line))
    *parts, last = [*initrds.values(), *packed.values()]
    # The end is padded only behind archives: a plain initrd keeps its exact bytes.
    blob = b"".join(map(_padded, parts)) + (_padded(last) if packed else last)
    digests[9] = [_sha256(command_line), _sha256(blob)]
    return digests


def uki_sections(image):
    """Name -> contents as they are in memory. Source: Microsoft, "PE Format"."""
    pe = struct.unpack_from("<I", image, 0x3c)[0]
    count, = struct.unpack_from("<H", image, pe + 6)
    table = pe + 24 + struct.unpack_from("<H", image, pe + 20)[0]
    sections = {}
    for number in range(count):
        name, virtual, _, raw, offset = struct.unpack_from("<8sIIII", image, table + 40 * number)
        contents = image[offset:offset + min(virtual, raw)]
        sections[name.rstrip(b"\0").decode()] = contents + bytes(virtual - len(contents))
    return sections


def uki_digests(options, image, extras):
    """Register -> digests of an entry of kind `uki` whose image has the tests' stub."""
    packed = archives(extras)
    digests = _extras_digests(packed)
    sections = uki_sections(image)
    if options:
        digests[12] += [_sha256(_utf16(options))] * 2  # the loader's, then the stub's
    digests[11] = [digest for name in UKI_SECTIONS if name in sections
                   for digest in (_sha256(name.encode() + b"\0"), _sha256(sections[name]))]
    release = (_record(".extra", 0o040555, 1)
               + _record(".extra/os-release", 0o100444, 2, sections[".osrel"]) + TRAILER)
    blob = b"".join(map(_padded, [*packed.values(), sections[".initrd"], release]))
    command_line = _utf16(options or sections[".cmdline"].decode())
    digests[9] = [_sha256(command_line), _sha256(blob)]
    return digests
