// SPDX-License-Identifier: MIT
#include "bootctl/arguments.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <unistd.h>

namespace kindling {

namespace {

constexpr std::uint64_t pcr_last = 23;

// Groups whose options `eventlog` can use only for what --against asks.
constexpr std::string_view group_of_places = "Where the boot files are";
constexpr std::string_view group_of_loader = "Options of install, predict and eventlog";

std::string name_of(options::Option option) {
    if (!option.has(options::has_long_name)) return {'-', option.short_name()};
    return "--" + std::string(std::string_view(option.name()));
}

/// In the order of OPTION_JSON_VALUES.
constexpr std::optional<json::Layout> json_layouts[] = {json::Layout::pretty, json::Layout::brief,
                                                        std::nullopt};

/// In the order of the option's values.
constexpr std::array banks{pcr::Algorithm::sha1, pcr::Algorithm::sha256, pcr::Algorithm::sha384,
                           pcr::Algorithm::sha512};

/// Adds what "4", "4,7" or "4,11-13" names.
bool add_pcrs(const char* argument, std::vector<std::uint8_t>& into) {
    std::string_view text = argument;
    for (bool is_last = false; !is_last;) {
        std::string_view range = text.substr(0, text.find(','));
        is_last = range.size() == text.size();
        text.remove_prefix(is_last ? text.size() : range.size() + 1);
        std::size_t dash = range.find('-');
        auto first = parse_decimal(range.substr(0, dash), pcr_last);
        if (!first) return false;
        auto last = dash == std::string_view::npos
                        ? first
                        : parse_decimal(range.substr(dash + 1), pcr_last);
        if (!last || *last < *first) return false;
        for (std::uint64_t pcr = *first; pcr <= *last; pcr++)
            into.push_back(static_cast<std::uint8_t>(pcr));
    }
    std::ranges::sort(into);
    into.erase(std::unique(into.begin(), into.end()), into.end());
    return true;
}

void add_bank(pcr::Algorithm bank, std::vector<pcr::Algorithm>& into) {
    if (std::ranges::find(into, bank) == into.end()) into.push_back(bank);
}

void take_general(int option, options::Parser& parser, Arguments& arguments) {
    // clang-format off
    switch (option) {
    OPTION_GROUP("Options"):
    OPTION_COMMON_HELP:
        arguments.ask = Arguments::Ask::help;
        break;
    OPTION_COMMON_VERSION:
        arguments.ask = Arguments::Ask::version;
        break;
    OPTION_COMMON_QUIET:
        arguments.detail = Detail::results;
        break;
    OPTION('v', "verbose", nullptr, "Also say which places are used"):
        arguments.detail = Detail::choices;
        break;
    OPTION_LONG("debug", nullptr, "Also say of each file that it is read"):
        arguments.detail = Detail::accesses;
        break;
    OPTION_COMMON_COLOR:
        arguments.color = parser.choice_as<ColorWhen>();
        break;
    OPTION_COMMON_NO_PAGER:
        arguments.has_pager = false;
        break;
    OPTION_COMMON_COMPLETION:
        arguments.completion = parser.choice_as<options::Shell>();
        break;
    OPTION_COMMON_INTROSPECT_CLI:
        arguments.ask = Arguments::Ask::introspection;
        break;

    OPTION_GROUP_VERBS("Where the boot files are", "install|list|predict|eventlog"):
    OPTION_LONG_TYPED("esp-path", "PATH", "dir", "Directory of the EFI system partition"):
        arguments.source.esp_path = parser.argument();
        break;
    OPTION_LONG_TYPED("boot-path", "PATH", "dir", "Directory of the XBOOTLDR partition"):
        arguments.source.boot_path = parser.argument();
        break;
    OPTION_LONG_TYPED("image", "FILE", "file", "Disk image with a GPT, or a FAT file system"):
        arguments.source.image = parser.argument();
        break;

    OPTION_GROUP_VERBS("Output of list, predict and eventlog", "list|predict|eventlog"):
    OPTION_COMMON_JSON:
        arguments.json = json_layouts[parser.choice()];
        break;
    OPTION_COMMON_JSON_SHORT:
        arguments.json = ::isatty(STDOUT_FILENO) ? json::Layout::pretty : json::Layout::brief;
        break;
    OPTION_COMMON_NO_LEGEND:
        arguments.has_legend = false;
        break;
    }
    // clang-format on
}

void take_of_verbs(int option, options::Parser& parser, Arguments& arguments) {
    // clang-format off
    switch (option) {
    OPTION_GROUP_VERBS("Options of install", "install"):
    OPTION_COMMON_DRY_RUN:
        arguments.dry_run = true;
        break;
    OPTION_LONG("force", nullptr, "Replace a BOOTX64.EFI of another product, with a backup"):
        arguments.force = true;
        break;

    OPTION_GROUP_VERBS("Options of install, predict and eventlog", "install|predict|eventlog"):
    OPTION_LONG_TYPED("loader", "FILE", "file", "The boot loader, if it is not the one installed"):
        arguments.loader = parser.argument();
        break;

    OPTION_GROUP_VERBS("Options of predict and eventlog", "predict|eventlog"):
    OPTION_FULL(OPTION_REPEATABLE, 0, "pcr", "N[,N-M]", "Only these registers, 0 to 23; may be repeated"):
        parser.take(add_pcrs, arguments.pcrs,
                    "register numbers from 0 to 23, such as 4 or 4,11-13");
        break;
    OPTION_FULL_TYPED(OPTION_REPEATABLE, 0, "bank", "HASH", "sha1|sha256|sha384|sha512", 0,
                      "Only this bank; may be repeated", nullptr):
        add_bank(banks[static_cast<std::size_t>(parser.choice())], arguments.banks);
        break;

    OPTION_GROUP_VERBS("Options of eventlog", "eventlog"):
    OPTION_LONG_TYPED("against", "ENTRY", "dynamic:entries", "Compare the log with the prediction for an entry"):
        arguments.against = parser.argument();
        break;
    }
    // clang-format on
}

} // namespace

options::ParseError parse_options(options::Parser& parser, Arguments& arguments) {
    FOREACH_OPTION(option, parser) {
        if (option != options::error_id) arguments.given.push_back(parser.option());
        take_general(option, parser, arguments);
        take_of_verbs(option, parser, arguments);
    }
    return parser.error();
}

std::optional<Notice> check_options(const options::Parser& parser, const Arguments& arguments,
                                    options::Option verb) {
    bool is_alone = std::string_view(verb.name()) == "eventlog" && !arguments.against;
    for (options::Option option : arguments.given) {
        std::string_view group = options::group_of(parser.scope(), option).name();
        if (is_alone && (group == group_of_places || group == group_of_loader))
            return Notice{"cannot use '" + name_of(option) + "' with verb 'eventlog' alone",
                          "it is for the prediction that --against=ENTRY compares with"};
    }
    const SourceOptions& source = arguments.source;
    if (source.image && (source.esp_path || source.boot_path))
        return Notice{"cannot use '--image' and '" +
                          std::string(source.esp_path ? "--esp-path" : "--boot-path") +
                          "' together",
                      "name an image or directories, not both"};
    return std::nullopt;
}

} // namespace kindling
