// SPDX-License-Identifier: MIT
//
// The verb `check` of the generator: mistakes that no single compilation sees.
#pragma once

#include "options/generator_file.hpp"

namespace kindling::options {

/// What is to be said about a program.
struct Finding {
    bool is_mistake = false; ///< else a remark: it works, but may surprise
    std::string what;
};

/// Names that are declared twice or stand for nothing, verbs and namespaces that do not exist,
/// values that nothing answers for, lines of the help that are too wide; as remarks, names that are
/// the beginning of others.
std::vector<Finding> check(const ProgramFile& file);

} // namespace kindling::options
