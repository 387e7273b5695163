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

HEAD = """// SPDX-License-Identifier: MIT
//
// Printed by tools/width_table.py; Unicode {version}.
#include "options/option_text.hpp"

namespace kindling::options {{
namespace {{

struct Range {{
    uint32_t first, last;
}};

// What takes no column of its own: combining marks, joiners, variation selectors.
constexpr Range narrow[] = {{{narrow}}};

// What takes two.
constexpr Range wide[] = {{{wide}}};
"""

TAIL = """
template <size_t N>
bool contains(const Range (&ranges)[N], uint32_t code) {
    size_t first = 0, end = N;
    while (first < end) {
        size_t middle = (first + end) / 2;
        if (code > ranges[middle].last)
            first = middle + 1;
        else
            end = middle;
    }
    return first < N && code >= ranges[first].first;
}

} // namespace

unsigned width_of(uint32_t code) {
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0;
    if (code < 0x300) return 1;
    if (contains(narrow, code)) return 0;
    return contains(wide, code) ? 2 : 1;
}

} // namespace kindling::options"""


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


def ranges_of(widths, wanted):
    ranges, is_open = [], False
    for code in range(0x300, CODES):
        if widths[code] == wanted:
            if is_open:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
            is_open = True
        elif widths[code] is not None:
            is_open = False
    return ", ".join(f"{{0x{first:04x}, 0x{last:04x}}}" for first, last in ranges)


def main():
    widths = [width_of(code) for code in range(CODES)]
    print(HEAD.format(version=unicodedata.unidata_version, narrow=ranges_of(widths, 0),
                      wide=ranges_of(widths, 2)) + TAIL)


if __name__ == "__main__":
    main()
