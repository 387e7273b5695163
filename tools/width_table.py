#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints options/option_width.cpp from the Unicode tables of the Python that runs this.

    python3 tools/width_table.py | clang-format > options/option_width.cpp

Ranges reach over code points that are not assigned, which keeps the tables short.
"""

import unicodedata

CODES = 0x110000
# Format characters that are drawn: Prepended_Concatenation_Mark, and the soft hyphen.
DRAWN = {0xad, 0x6dd, 0x70f, 0x890, 0x891, 0x8e2, 0x110bd, 0x110cd, *range(0x600, 0x606)}
# Vowels and final consonants of Hangul syllables, and the colors of emoji: they join the character
# before.
JOINING = [(0x1160, 0x11ff), (0xd7b0, 0xd7ff), (0x1f3fb, 0x1f3ff)]
# What the standard keeps for ideographs.
KEPT_WIDE = [(0x20000, 0x2fffd), (0x30000, 0x3fffd)]

FIRST = 0x300  # what is below has one column, but for controls

TEXT = """// SPDX-License-Identifier: MIT
//
// Printed by tools/width_table.py; Unicode {version}.
#include "options/option_text.hpp"

namespace kindling::options {{
namespace {{

// In turn from U+0300 on: how many characters take one column, then how many do not; of the latter
// twice as many, and one more if they take two columns, not none. Three bits in each half of a
// byte, the lower half and the highest bits first; the last half of a number is below 8.
constexpr unsigned char runs[] = {{{runs}}};

uint32_t next_number(unsigned& at) {{
    uint32_t number = 0;
    unsigned half;
    do {{
        half = runs[at / 2] >> at % 2 * 4;
        number = number << 3 | (half & 7);
        at++;
    }} while (half & 8);
    return number;
}}

}} // namespace

unsigned width_of(uint32_t code) {{
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0;
    uint32_t end = 0x300;
    for (unsigned at = 0; at < {count};) {{
        end += next_number(at);
        if (code < end) return 1;
        uint32_t run = next_number(at);
        end += run >> 1;
        if (code < end) return run & 1 ? 2 : 0;
    }}
    return 1;
}}

}} // namespace kindling::options"""


def is_in(ranges, code):
    return any(first <= code <= last for first, last in ranges)


def width_of(code):
    """0, 1 or 2; None if it does not matter."""
    if is_in(JOINING, code):
        return 0
    if is_in(KEPT_WIDE, code):
        return 2
    category = unicodedata.category(chr(code))
    if category in ("Cn", "Cs"):
        return None
    if category in ("Mn", "Me", "Cf") and code not in DRAWN:
        return 0
    return 2 if unicodedata.east_asian_width(chr(code)) in "WF" else 1


def ranges_of(widths):
    """[first, last, width] of what has not one column."""
    ranges, last = [], 1
    for code in range(FIRST, CODES):
        width = widths[code]
        if width is None:
            continue
        if width != 1:
            if width == last:
                ranges[-1][1] = code
            else:
                ranges.append([code, code, width])
        last = width
    return ranges


def halves_of(number):
    """Of bytes: three bits each, and one that says that more follow."""
    halves = [number & 7]
    while number := number >> 3:
        halves.insert(0, number & 7 | 8)
    return halves


def text_of(ranges, version):
    halves, end = [], FIRST
    for first, last, width in ranges:
        halves += halves_of(first - end) + halves_of(2 * (last + 1 - first) + (width == 2))
        end = last + 1
    pairs = zip(halves[::2], halves[1::2] + [0] * (len(halves) % 2))
    return TEXT.format(version=version, count=len(halves),
                       runs=", ".join(str(low | high << 4) for low, high in pairs))


def main():
    widths = [width_of(code) for code in range(CODES)]
    print(text_of(ranges_of(widths), unicodedata.unidata_version))


if __name__ == "__main__":
    main()
