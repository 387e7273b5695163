// SPDX-License-Identifier: MIT
//
// Reads what a program says about its command line, in JSON, into tables such as our own programs
// have. docs/cli-introspection.schema.json tells which keys are understood.
#pragma once

#include "options/generator_json.hpp"
#include "options/option_builder.hpp"
#include "options/option_program.hpp"

#include <deque>

namespace kindling::options {

/// One command of a document; its tables have no others.
struct DescribedCommand {
    TableBuilder commands, options, verbs;
    std::string project;
    std::vector<std::string> versions, features;
};

/// A document that was read.
struct DescribedProgram {
    std::deque<DescribedCommand> commands;
    std::vector<JsonProblem> warnings; ///< what could not be kept
};

constexpr size_t described_records_max = 4096; ///< options, verbs and groups of one command
constexpr size_t described_text_max = 8000;    ///< bytes of one text

/// The present shape of the specification and the one before, in which options and verbs were
/// arrays of their own. What a table cannot hold is left out with a warning; what contradicts the
/// specification is refused.
JsonProblem read_introspection(std::string_view document, DescribedProgram& program);
JsonProblem read_introspection(const JsonValue& root, DescribedProgram& program);

/// The tables of a command. Points into it, and into `versions` and `features`.
struct DescribedView {
    explicit DescribedView(const DescribedCommand& command);
    DescribedView(const DescribedView&) = delete;
    DescribedView& operator=(const DescribedView&) = delete;

    Program program;

private:
    std::vector<const char*> versions_, features_;
};

} // namespace kindling::options
