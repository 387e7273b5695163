# SPDX-License-Identifier: MIT
"""Builds unified kernel images: a stub with sections appended.

    python3 tests/qemu/uki.py OUT STUB .linux=KERNEL .osrel=FILE .cmdline=@TEXT …
"""

import pathlib
import struct
import sys

PAGE = 4096
READ_INITIALIZED = 0x40000040


def align(value, step):
    return (value + step - 1) // step * step


def _pe_checksum(data, at):
    padded = bytes(data) + b"\0" * (-len(data) % 2)
    total = sum(struct.unpack(f"<{len(padded) // 2}H", padded))
    total -= sum(struct.unpack_from("<2H", padded, at))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total + len(data)


def build(stub, sections):
    """The bytes of `stub` with `sections`, a list of (name, bytes), appended in that order.

    A name may occur several times. Raises ValueError if the header has no room for so many.
    """
    data = bytearray(stub)
    coff = struct.unpack_from("<I", data, 0x3C)[0] + 4
    count, = struct.unpack_from("<H", data, coff + 2)
    optional = coff + 20
    table = optional + struct.unpack_from("<H", data, coff + 16)[0]
    file_alignment, = struct.unpack_from("<I", data, optional + 36)
    headers, = struct.unpack_from("<I", data, optional + 60)
    if table + 40 * (count + len(sections)) > headers:
        raise ValueError("no room in the header for more sections")
    end = max(a + v for v, a in (struct.unpack_from("<II", data, table + 40 * i + 8)
                                 for i in range(count)))
    for name, contents in sections:
        data += b"\0" * (align(len(data), file_alignment) - len(data))
        address = align(end, PAGE)
        raw_size = align(len(contents), file_alignment)
        struct.pack_into("<8sIIIIIIHHI", data, table + 40 * count, name.encode(), len(contents),
                         address, raw_size, len(data), 0, 0, 0, 0, READ_INITIALIZED)
        data += contents + b"\0" * (raw_size - len(contents))
        end = address + len(contents)
        count += 1
    struct.pack_into("<H", data, coff + 2, count)
    struct.pack_into("<I", data, optional + 56, align(end, PAGE))  # SizeOfImage
    struct.pack_into("<I", data, optional + 64, 0)
    struct.pack_into("<I", data, optional + 64, _pe_checksum(data, optional + 64))
    return bytes(data)


def main():
    out, stub, *parts = sys.argv[1:]
    sections = []
    for part in parts:
        name, _, value = part.partition("=")
        contents = value[1:].encode() if value.startswith("@") else pathlib.Path(value).read_bytes()
        sections.append((name, contents))
    pathlib.Path(out).write_bytes(build(pathlib.Path(stub).read_bytes(), sections))


if __name__ == "__main__":
    main()
