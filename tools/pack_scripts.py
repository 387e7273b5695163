#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints options/option_complete_packed.cpp from options/scripts.

    python3 tools/pack_scripts.py > options/option_complete_packed.cpp

Indentation, empty lines and comments are left out; a line that starts with "#=" is one that stays,
as "#". The rest becomes symbols of ten bits each:

0          the end of a script
1 to 8     a part that is made for the program, see PARTS
below 128  a character
from 128   a pair of symbols: the two at twice the number less 128

Pairs are the most frequent ones, found one after the other until none saves anything.
"""

import collections
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "options" / "scripts"
SCRIPTS = ("complete.bash", "complete.zsh", "complete.fish", "scan.sh")
# In the order of `Part` in option_complete.cpp; the first one has the symbol 1.
PARTS = ("@@", "@NAME@", "@NAMES@", "@TITLE@", "@OPTIONS@", "@VERBS@", "@SCAN@", "@DYNAMIC@")
FIRST_PAIR = 128
SYMBOL_BITS = 10
PAIRS_MAX = (1 << SYMBOL_BITS) - FIRST_PAIR
USES_MIN = 3  # fewer do not pay for the two symbols of the pair

HEAD = """// SPDX-License-Identifier: MIT
//
// Printed by tools/pack_scripts.py from options/scripts.
#include "options/option_complete_scripts.hpp"

namespace kindling::options {{

const uint16_t packed_script_starts[] = {{{starts}}};

// clang-format off
const unsigned char packed_scripts[] = {{
{rows}
}};
// clang-format on

}} // namespace kindling::options
"""


def shortened(text):
    """What shells need of a script."""
    lines = []
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("#="):
            lines.append("#" + line[2:])
        elif line and not line.startswith("#"):
            lines.append(line)
    return "\n".join(lines) + "\n"


def symbols_of(text):
    for symbol, part in enumerate(PARTS, 1):
        text = text.replace(part, chr(symbol))
    symbols = [ord(character) for character in text]
    if max(symbols) >= FIRST_PAIR:
        raise ValueError("a script has a character that is not ASCII")
    return symbols + [0]


def frequencies(symbols):
    """How often each pair can be replaced. Nothing reaches over the end of a script."""
    counts, at = collections.Counter(), 0
    while at + 1 < len(symbols):
        pair = symbols[at], symbols[at + 1]
        if 0 not in pair:
            counts[pair] += 1
            # Of three equal symbols only two become a pair.
            at += pair[0] == pair[1] and symbols[at + 2] == pair[0]
        at += 1
    return counts


def replaced(symbols, pair, by):
    result, at = [], 0
    while at < len(symbols):
        if tuple(symbols[at:at + 2]) == pair:
            result.append(by)
            at += 2
        else:
            result.append(symbols[at])
            at += 1
    return result


def pack(texts):
    """All symbols, those of the pairs first, and where each text starts."""
    symbols = [symbol for text in texts for symbol in symbols_of(text)]
    pairs = []
    while len(pairs) < PAIRS_MAX:
        counts = frequencies(symbols)
        pair = max(counts, key=lambda each: (counts[each], each))
        if counts[pair] < USES_MIN:
            break
        symbols = replaced(symbols, pair, FIRST_PAIR + len(pairs))
        pairs.append(pair)
    first = 2 * len(pairs)
    ends = [first + at + 1 for at, symbol in enumerate(symbols) if symbol == 0]
    return [each for pair in pairs for each in pair] + symbols, [first, *ends[:-1]]


def bytes_of(symbols):
    bits = sum(symbol << SYMBOL_BITS * at for at, symbol in enumerate(symbols))
    return bits.to_bytes((SYMBOL_BITS * len(symbols) + 7) // 8, "little")


def shortened_scripts():
    return [shortened((FOLDER / name).read_text()) for name in SCRIPTS]


def main():
    symbols, starts = pack(shortened_scripts())
    packed = bytes_of(symbols)
    rows = [", ".join(map(str, packed[at:at + 19])) for at in range(0, len(packed), 19)]
    print(HEAD.format(starts=", ".join(map(str, starts)),
                      rows="\n".join(f"    {row}," for row in rows)), end="")


if __name__ == "__main__":
    main()
