#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks the built loader's PE file, and that the finisher refuses broken ones.

    python3 tests/firmware/pe_test.py LOADER.efi
"""

import pathlib
import struct
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "efi"))
import finish_pe  # noqa: E402

SIZE_MAX = 98304
LOADER = bytearray()


class Loader(unittest.TestCase):
    def setUp(self):
        self.data = bytearray(LOADER)
        self.pe = finish_pe.Headers(self.data)

    def flags_at(self, name):
        """File offset of a section's characteristics."""
        names = [row[0] for row in self.pe.sections()]
        return self.pe.table + 40 * names.index(name) + 36

    def contents(self, name):
        _, size, _, _, offset, _ = next(s for s in self.pe.sections() if s[0] == name)
        return bytes(self.data[offset:offset + size])

    def assert_broken(self, reason):
        with self.assertRaisesRegex(finish_pe.Broken, reason):
            finish_pe.check(self.data, SIZE_MAX)

    def test_it_passes_the_checks(self):
        finish_pe.check(self.data, SIZE_MAX)

    def test_it_says_what_it_is(self):
        self.assertRegex(self.contents(".sdmagic"),
                         rb"^#### LoaderInfo: kindling [0-9.]+ ####\0?$")
        self.assertTrue(self.contents(".sbat").startswith(b"sbat,1,SBAT Version,"))
        self.assertIn(b"\nkindling,1,", self.contents(".sbat"))
        self.assertIn(b"ID=kindling\n", self.contents(".osrel"))

    def test_it_carries_no_time_and_no_symbols(self):
        self.assertEqual(bytes(12), self.data[self.pe.coff + 4:self.pe.coff + 16])

    def test_its_checksum_is_right(self):
        at = self.pe.optional + 64
        self.assertEqual(self.pe.get(64), finish_pe.checksum(bytes(self.data), at))

    def pointers(self):
        """(address, value) of what firmware relocates."""
        start, size = self.pe.get(152), self.pe.get(156)
        table, at = self.contents(".reloc")[:size], 0
        self.assertIn(start, [row[2] for row in self.pe.sections() if row[0] == ".reloc"])
        while at < size:
            page, block = struct.unpack_from("<II", table, at)
            for entry, in struct.iter_unpack("<H", table[at + 8:at + block]):
                if entry:
                    self.assertEqual(finish_pe.IMAGE_REL_BASED_DIR64, entry >> 12)
                    address = page + (entry & 0xFFF)
                    _, _, first, _, offset, _ = next(
                        s for s in self.pe.sections() if s[2] <= address < s[2] + s[1])
                    yield address, struct.unpack_from("<Q", self.data, offset + address - first)[0]
            at += block

    def test_its_pointers_are_in_data_and_point_into_it(self):
        sections = {row[0]: range(row[2], row[2] + row[1]) for row in self.pe.sections()}
        pointers = list(self.pointers())
        self.assertGreater(len(pointers), 20)
        for address, value in pointers:
            self.assertIn(address, sections[".data"])
            self.assertTrue(any(value in where for where in sections.values()), hex(value))

    def test_pointers_are_written_and_listed(self):
        wanted = dict(self.pointers())
        places = list(wanted)
        targets = {address: 0x1000 + 8 * i for i, address in enumerate(places)}
        finish_pe.relocate(self.data, targets.items())
        self.assertEqual(targets, dict(self.pointers()))

    def test_too_many_pointers_are_refused(self):
        start = next(row[2] for row in self.pe.sections() if row[0] == ".data")
        with self.assertRaisesRegex(finish_pe.Broken, "has room"):
            finish_pe.relocate(self.data, [(start + 4 * i, 0) for i in range(300)])

    def test_a_pointer_outside_of_the_program_is_refused(self):
        with self.assertRaisesRegex(finish_pe.Broken, "in no section"):
            finish_pe.relocate(self.data, [(0x7FFFFFF0, 0)])

    def test_it_names_no_place_of_the_build(self):
        self.assertNotIn(str(ROOT).encode(), self.data)

    def test_writable_code_is_refused(self):
        self.data[self.flags_at(".text") + 3] |= 0x80
        self.assert_broken("writable and executable")

    def test_executable_data_is_refused(self):
        self.data[self.flags_at(".data") + 3] |= 0x20
        self.assert_broken("writable and executable")

    def test_a_section_off_its_page_is_refused(self):
        at = self.flags_at(".rodata") - 24
        address, = struct.unpack_from("<I", self.data, at)
        struct.pack_into("<I", self.data, at, address + 512)
        self.assert_broken("does not start on a page")

    def test_a_program_that_wants_executable_data_is_refused(self):
        self.pe.set(70, 0, "<H")
        self.assert_broken("NX")

    def test_an_entry_point_outside_of_code_is_refused(self):
        self.pe.set(16, 0)
        self.assert_broken("entry point")

    def test_a_large_program_is_refused(self):
        self.data += bytes(SIZE_MAX)
        self.assert_broken("more than")

    def test_what_is_no_program_is_refused(self):
        for data in (b"", b"MZ", b"\x7fELF" + bytes(100)):
            with self.assertRaises((finish_pe.Broken, struct.error)):
                finish_pe.check(bytearray(data))


if __name__ == "__main__":
    LOADER += pathlib.Path(sys.argv.pop(1)).read_bytes()
    result = unittest.main(exit=False, verbosity=0).result
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
