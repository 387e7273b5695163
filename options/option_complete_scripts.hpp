// SPDX-License-Identifier: MIT
//
// The completion scripts of options/scripts, as tools/pack_scripts.py packs them. "@@" stands there
// for the name of the program's function. They read two tables, which are functions that call
// another one, given by its name, with the columns of each row:
//
// options  SPACE VERBS KEY SHORT LONG TAKES FLAGS TYPE HELP
// verbs    PARENT NAME PATH FLAGS SPACE MAX TYPES HELP
//
// SPACE is empty for the options of the program, else the namespace of a verb's own. VERBS are
// those that have the option, by '|'; empty: all. KEY is the same for all names of an option. TAKES
// is '=' or '?' for a required or optional argument. FLAGS are h: hidden, r: may be repeated, s:
// stops parsing, v: has verbs. MAX is empty if there is no limit. The row without NAME is where a
// command line begins. TYPE and TYPES are those of the declarations.
#pragma once

#include <stdint.h>

namespace kindling::options {

constexpr unsigned packed_symbol_bits = 10;
/// From this one on symbols stand for two others.
constexpr unsigned packed_first_pair = 128;
constexpr unsigned packed_pairs_max = (1u << packed_symbol_bits) - packed_first_pair;

/// Symbols, the lowest bit first: the second one of each pair, then the scripts. A script is the
/// symbols up to a zero.
extern const unsigned char packed_scripts[];

/// Bits, the lowest first. They tell the first symbols of pairs: in turn for each symbol a 1 for
/// every pair that it is the first one of, then a 0.
extern const unsigned char packed_firsts[];

/// Where the scripts start: in the order of `Shell`, then the part that bash and zsh share. The
/// first one starts behind the pairs.
extern const uint16_t packed_script_starts[];

/// Symbols that stand for what is made for the program. In the order of PARTS in the packer; other
/// symbols below `packed_first_pair` are characters.
enum class Part : unsigned {
    end,      ///< of the script
    function, ///< the name of the program's function
    name,     ///< of the program, as a word
    names,    ///< the words behind `complete`: all names
    title,    ///< the name for people
    options,  ///< rows of the table
    verbs,    ///< the same
    scan,     ///< the part that bash and zsh share
    dynamic,  ///< how the program is asked for values, up to their type
};
constexpr unsigned parts_count = 9;

} // namespace kindling::options
