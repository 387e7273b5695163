// SPDX-License-Identifier: MIT
//
// The command line as a value.
#pragma once

#include "bootctl/boot_source.hpp"
#include "bootctl/json.hpp"
#include "bootctl/output.hpp"
#include "core/pcr.hpp"
#include "options/option.hpp"
#include "options/option_complete.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kindling {

struct Arguments {
    enum class Ask : std::uint8_t { verb, help, version, introspection };

    Ask ask = Ask::verb;
    SourceOptions source;                     ///< --esp-path=, --boot-path=, --image=
    std::optional<options::Shell> completion; ///< --completion=
    std::optional<std::string> loader;        ///< --loader=
    std::optional<std::string> against;       ///< --against=
    bool force = false;                       ///< --force
    bool dry_run = false;                     ///< --dry-run
    std::optional<Detail> detail;             ///< --quiet, --verbose, --debug; the last counts
    bool has_pager = true;                    ///< without --no-pager
    bool has_legend = true;                   ///< without --no-legend
    std::optional<json::Layout> json;         ///< --json=; nothing is text
    ColorWhen color = ColorWhen::automatic;
    std::vector<std::uint8_t> pcrs;     ///< --pcr=; ascending, each once
    std::vector<pcr::Algorithm> banks;  ///< --bank=; each once, in the order given
    std::vector<options::Option> given; ///< every option, in the order given
};

/// Reads the options; words stay with the parser.
options::ParseError parse_options(options::Parser& parser, Arguments& arguments);

/// What is wrong with the options given to `verb`: one that is of no use alone, or two that exclude
/// each other. Nothing if all is well.
std::optional<Notice> check_options(const options::Parser& parser, const Arguments& arguments,
                                    options::Option verb);

} // namespace kindling
