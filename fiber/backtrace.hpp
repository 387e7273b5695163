// SPDX-License-Identifier: MIT
//
// Where a fiber stands that does not run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace kindling::fiber {

class Fiber;

constexpr std::size_t backtrace_frames_max = 32;

/// The addresses to which the calls of a parked fiber return, the innermost first; how many there
/// are. None of one that runs, has not begun or has ended, and none in builds with
/// -Dfiber_context=ucontext. Reads nothing but the fiber's own stack and the tables of the program,
/// and so ends early where the stack makes no sense. On the thread of its loop; allocates nothing.
std::size_t backtrace(const Fiber& fiber, std::span<std::uintptr_t> addresses);

/// An address as people and addr2line know it: "program+0x1f2e", with the name of the function
/// before it where the program exports that.
std::string place_text(std::uintptr_t address);

/// The whole backtrace on one line, separated by " < "; empty if there is none.
std::string backtrace_text(const Fiber& fiber);

} // namespace kindling::fiber
