#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints options/option_complete_packed.cpp from options/scripts.

    python3 tools/pack_scripts.py > options/option_complete_packed.cpp

Indentation, empty lines and comments are left out; a line that starts with "#=" is one that stays,
as "#". The rest becomes symbols of ten bits each:

0          the end of a script
1 to 8     a part that is made for the program, see PARTS
below 128  a character
from 128   a pair of symbols

Pairs are the most frequent ones, found one after the other until none saves anything. They are
numbered in the order of their first symbols, so that of these one bit each says enough: in turn
for each symbol a 1 for every pair that it is the first one of, then a 0.
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
const unsigned char packed_firsts[] = {{
{firsts}
}};

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


def in_order(pairs, symbols):
    """The same with the pairs numbered by their first symbols."""
    numbers, ordered = {symbol: symbol for symbol in range(FIRST_PAIR)}, []
    followers = collections.defaultdict(list)
    for number, pair in enumerate(pairs, FIRST_PAIR):
        followers[pair[0]].append(number)
    # The first symbol of a pair has a lower number than the pair.
    waiting = list(range(FIRST_PAIR))
    for first in waiting:
        for number in followers[first]:
            numbers[number] = FIRST_PAIR + len(ordered)
            ordered.append(pairs[number - FIRST_PAIR])
            waiting.append(number)
    return ([(numbers[first], numbers[second]) for first, second in ordered],
            [numbers[symbol] for symbol in symbols])


def pack(texts):
    """The pairs, the symbols of all texts, and where each of them starts behind the pairs."""
    symbols = [symbol for text in texts for symbol in symbols_of(text)]
    pairs = []
    while len(pairs) < PAIRS_MAX:
        counts = frequencies(symbols)
        pair = max(counts, key=lambda each: (counts[each], each))
        if counts[pair] < USES_MIN:
            break
        symbols = replaced(symbols, pair, FIRST_PAIR + len(pairs))
        pairs.append(pair)
    ends = [len(pairs) + at + 1 for at, symbol in enumerate(symbols) if symbol == 0]
    return *in_order(pairs, symbols), [len(pairs), *ends[:-1]]


def bytes_of(numbers, bits):
    whole = sum(number << bits * at for at, number in enumerate(numbers))
    return whole.to_bytes((bits * len(numbers) + 7) // 8, "little")


def bits_of_firsts(pairs):
    bits, symbol = [], 0
    for first, _ in pairs:
        bits += [0] * (first - symbol) + [1]
        symbol = first
    return bits


def rows_of(data):
    rows = [", ".join(map(str, data[at:at + 19])) for at in range(0, len(data), 19)]
    return "\n".join(f"    {row}," for row in rows)


def shortened_scripts():
    return [shortened((FOLDER / name).read_text()) for name in SCRIPTS]


def main():
    pairs, symbols, starts = pack(shortened_scripts())
    packed = bytes_of([second for _, second in pairs] + symbols, SYMBOL_BITS)
    print(HEAD.format(starts=", ".join(map(str, starts)), rows=rows_of(packed),
                      firsts=rows_of(bytes_of(bits_of_firsts(pairs), 1))), end="")


if __name__ == "__main__":
    main()
