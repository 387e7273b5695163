// SPDX-License-Identifier: MIT
//
// The verb `list` of the generator: what a program declares, as a plain table.
#pragma once

#include "options/generator_file.hpp"

namespace kindling::options {

/// One row per command, verb and option: kind, where it belongs, how it is written, type, help.
void write_list(Sink sink, const ProgramFile& file);

} // namespace kindling::options
