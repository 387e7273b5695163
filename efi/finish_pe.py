#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Turns a linked ELF file into the PE program that ships: objcopy, then relocations and fixed
headers, then checks.

    python3 efi/finish_pe.py OBJCOPY MAJOR.MINOR PROGRAM.so PROGRAM.efi

MAJOR.MINOR is the version in the PE header.
What the firmware enforces (page alignment, no section both writable and executable) fails here, not
on a machine. The output depends on nothing but the input.
"""

import pathlib
import struct
import subprocess
import sys
import tempfile

PAGE = 4096
KEPT = [".text", ".rodata", ".data", ".reloc", ".sbat", ".sdmagic", ".osrel"]
EXECUTABLE, READABLE, WRITABLE = 0x20000000, 0x40000000, 0x80000000
NX_COMPAT = 0x0100
DEBUG_STRIPPED = 0x0200
R_X86_64_RELATIVE = 8
IMAGE_REL_BASED_DIR64 = 10


class Broken(Exception):
    """The program is not fit to ship; the text says why."""


class Headers:
    """Where the fields of a PE32+ file are. Source: Microsoft, "PE Format"."""

    def __init__(self, data):
        self.data = data
        if data[:2] != b"MZ":
            raise Broken("no DOS header")
        self.coff = struct.unpack_from("<I", data, 0x3C)[0] + 4
        if data[self.coff - 4:self.coff] != b"PE\0\0":
            raise Broken("no PE signature")
        self.optional = self.coff + 20
        if struct.unpack_from("<H", data, self.optional)[0] != 0x20B:
            raise Broken("not PE32+")
        self.section_count = struct.unpack_from("<H", data, self.coff + 2)[0]
        size = struct.unpack_from("<H", data, self.coff + 16)[0]
        self.table = self.optional + size

    def get(self, offset, form="<I"):
        return struct.unpack_from(form, self.data, self.optional + offset)[0]

    def set(self, offset, value, form="<I"):
        struct.pack_into(form, self.data, self.optional + offset, value)

    def sections(self):
        """(name, virtual size, virtual address, raw size, raw offset, characteristics)"""
        for i in range(self.section_count):
            row = struct.unpack_from("<8sIIII12xI", self.data, self.table + 40 * i)
            yield (row[0].rstrip(b"\0").decode(), *row[1:])


def checksum(data, at):
    """The PE checksum: a folded sum of 16-bit words, the field itself as zero, plus the size."""
    padded = data + b"\0" * (len(data) % 2)
    total = 0
    for i, word in enumerate(struct.unpack(f"<{len(padded) // 2}H", padded)):
        if i * 2 not in (at, at + 2):
            total += word
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total + len(data)


def relocations(elf):
    """(address, what it points to) of each pointer in an ELF file that was linked to address 0.

    Source: System V ABI, "Relocation"."""
    section_table, = struct.unpack_from("<Q", elf, 40)
    size, count = struct.unpack_from("<HH", elf, 58)
    for i in range(count):
        kind, _, _, offset, length = struct.unpack_from("<IQQQQ", elf, section_table + i * size + 4)
        if kind != 4:  # SHT_RELA
            continue
        for at in range(offset, offset + length, 24):
            address, info, target = struct.unpack_from("<QQq", elf, at)
            if info != R_X86_64_RELATIVE:
                raise Broken(f"relocation of a kind that a PE file does not know, at {address:#x}")
            yield address, target


def relocate(data, pointers):
    """Writes what an ELF file keeps in its relocations: the pointers, and where they are.

    Source: Microsoft, "PE Format", "The .reloc Section"."""
    pe = Headers(data)
    sections = list(pe.sections())
    base = pe.get(24, "<Q")
    pages = {}
    for address, target in sorted(pointers):
        places = [o + address - a for _, v, a, _, o, _ in sections if a <= address <= a + v - 8]
        if not places:
            raise Broken(f"pointer at {address:#x} is in no section")
        struct.pack_into("<Q", data, places[0], base + target)
        pages.setdefault(address // PAGE * PAGE, []).append(address % PAGE)
    table = bytearray()
    for page, places in pages.items():
        entries = [IMAGE_REL_BASED_DIR64 << 12 | place for place in places]
        entries += [0] * (len(entries) % 2)  # each block ends at a multiple of four bytes
        table += struct.pack(f"<II{len(entries)}H", page, 8 + 2 * len(entries), *entries)
    _, room, address, _, offset, _ = next(s for s in sections if s[0] == ".reloc")
    if len(table) > room:
        raise Broken(f"{len(table)} bytes of relocations; the linker script has room for {room}")
    data[offset:offset + len(table)] = table
    pe.set(152, address)
    pe.set(156, len(table))


def fix(data, image_version):
    """Sets what objcopy leaves to chance or to its defaults."""
    pe = Headers(data)
    struct.pack_into("<III", data, pe.coff + 4, 0, 0, 0)  # time stamp, symbol table
    flags = struct.unpack_from("<H", data, pe.coff + 18)[0]
    struct.pack_into("<H", data, pe.coff + 18, flags | DEBUG_STRIPPED)
    data[pe.optional + 2:pe.optional + 4] = b"\0\0"       # linker version
    major, _, minor = image_version.partition(".")
    pe.set(44, int(major), "<H")
    pe.set(46, int(minor or 0), "<H")
    pe.set(70, pe.get(70, "<H") | NX_COMPAT, "<H")
    at = pe.optional + 64
    struct.pack_into("<I", data, at, 0)
    struct.pack_into("<I", data, at, checksum(bytes(data), at))


def check(data, size_max=None):
    """Raises Broken for what firmware or a signer would refuse."""
    pe = Headers(data)
    if pe.get(32) % PAGE:
        raise Broken("section alignment is not a page")
    if not pe.get(70, "<H") & NX_COMPAT:
        raise Broken("not marked NX compatible")
    end = 0
    names = []
    for name, virtual_size, address, raw_size, offset, flags in pe.sections():
        names.append(name)
        if address % PAGE:
            raise Broken(f"{name} does not start on a page")
        if address < end:
            raise Broken(f"{name} overlaps its predecessor")
        end = address + virtual_size
        if flags & EXECUTABLE and flags & WRITABLE:
            raise Broken(f"{name} is writable and executable")
        if not flags & READABLE:
            raise Broken(f"{name} cannot be read")
        if raw_size and offset + raw_size > len(data):
            raise Broken(f"{name} leaves the file")
    for name in (".text", ".data", ".reloc"):
        if name not in names:
            raise Broken(f"{name} is missing")
    entry = pe.get(16)
    if not any(a <= entry < a + v and f & EXECUTABLE for _, v, a, _, _, f in pe.sections()):
        raise Broken("entry point is not executable")
    if size_max is not None and len(data) > size_max:
        raise Broken(f"{len(data)} bytes, more than {size_max}")


def convert(elf, objcopy):
    """The PE form of `elf`."""
    with tempfile.TemporaryDirectory() as directory:
        out = pathlib.Path(directory) / "program.efi"
        keep = [word for name in KEPT for word in ("-j", name)]
        subprocess.run([objcopy, *keep, "--strip-all", "--target=efi-app-x86_64", "--subsystem=10",
                        f"--section-alignment={PAGE}", str(elf), str(out)], check=True)
        return bytearray(out.read_bytes())


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    objcopy, version, elf, out = sys.argv[1:]
    try:
        data = convert(elf, objcopy)
        relocate(data, relocations(pathlib.Path(elf).read_bytes()))
        fix(data, version)
        check(data, None)
    except (Broken, subprocess.CalledProcessError) as error:
        sys.exit(f"{elf}: {error}")
    pathlib.Path(out).write_bytes(data)


if __name__ == "__main__":
    main()
