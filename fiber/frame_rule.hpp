// SPDX-License-Identifier: MIT
//
// How to get from a place in a function to its caller, as compilers leave it in .eh_frame.
//
// Libraries that do this were tried: libunwind takes the exceptions of a whole program over when it
// is linked, and libdw brings three more libraries, for a line of a dump. The run-time library of
// the compiler, which throws exceptions by the same tables, only walks the stack that runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace kindling::fiber {

/// Registers by their numbers in DWARF; those above are not needed to go on.
constexpr std::size_t frame_registers = 33;

/// Where the value that a register had in the caller is now.
struct FrameRule {
    enum class Kind : std::uint8_t {
        same,      ///< where it was
        at_offset, ///< in memory, so many bytes from the frame address
        is_offset, ///< it is the frame address and so many bytes
        none,      ///< it is lost; of a return address: there is no caller
    };
    Kind kind = Kind::same;
    std::int64_t offset = 0;
};

/// What holds at one place of a function.
struct FrameRules {
    std::size_t base = 0;           ///< the frame address is this register ...
    std::int64_t base_offset = 0;   ///< ... and so many bytes
    std::size_t return_address = 0; ///< the register that stands for it
    FrameRule registers[frame_registers];
};

/// The rules at `place`, any address. Nothing if there are none, or they are of a kind that code
/// of compilers has no need for, such as expressions.
///
/// Source: DWARF 5, section 6.4; Linux Standard Base 5.0, core, section 10.6 (.eh_frame).
std::optional<FrameRules> find_frame_rules(std::uintptr_t place);

} // namespace kindling::fiber
