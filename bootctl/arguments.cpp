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

/// A group of options, as --help shows them.
struct OptionGroup {
    const char* title;
    std::array<std::string_view, 4> verbs; ///< that understand it; none is all
    bool needs_against = false;            ///< `eventlog` can do with it only what --against asks
};
constexpr std::array<OptionGroup, 7> option_groups{{
    {"Options", {}},
    {"Where the boot files are", {"install", "list", "predict", "eventlog"}, true},
    {"Output of list, predict and eventlog", {"list", "predict", "eventlog"}},
    {"Options of install", {"install"}},
    {"Options of install, predict and eventlog", {"install", "predict", "eventlog"}, true},
    {"Options of predict and eventlog", {"predict", "eventlog"}},
    {"Options of eventlog", {"eventlog"}},
}};

bool is_for(const OptionGroup& group, std::string_view verb) {
    return group.verbs[0].empty() || std::ranges::find(group.verbs, verb) != group.verbs.end();
}

/// The group that `option` was declared in.
const OptionGroup& group_of(const options::Scope& scope, options::Option option) {
    options::Walk walk(scope);
    while (options::Option each = walk.next()) {
        if (!(each == option)) continue;
        std::string_view title = walk.group().name();
        for (const OptionGroup& group : option_groups)
            if (group.title == title) return group;
    }
    return option_groups[0];
}

std::string name_of(options::Option option) {
    if (!option.has(options::has_long_name)) return {'-', option.short_name()};
    return "--" + std::string(std::string_view(option.name()));
}

/// "install, list and predict"
std::string enumerate(std::span<const std::string_view> words) {
    std::string text;
    for (std::size_t i = 0; i < words.size() && !words[i].empty(); i++) {
        bool is_last = i + 1 == words.size() || words[i + 1].empty();
        if (i > 0) text += is_last ? " and " : ", ";
        text += words[i];
    }
    return text;
}

/// Keeps a text that names something; rejects an empty one.
void take_text(options::Parser& parser, std::optional<std::string>& into, const char* expected) {
    if (*parser.argument())
        into = parser.argument();
    else
        parser.reject(expected);
}

void take_json(options::Parser& parser, std::optional<json::Layout>& into) {
    std::string_view text = parser.argument();
    if (text == "pretty")
        into = json::Layout::pretty;
    else if (text == "short")
        into = json::Layout::brief;
    else if (text == "off")
        into.reset();
    else
        parser.reject("pretty, short or off");
}

void take_color(options::Parser& parser, ColorWhen& into) {
    std::string_view text = parser.argument();
    if (text == "auto")
        into = ColorWhen::automatic;
    else if (text == "always")
        into = ColorWhen::always;
    else if (text == "never")
        into = ColorWhen::never;
    else
        parser.reject("auto, always or never");
}

void take_bank(options::Parser& parser, std::vector<pcr::Algorithm>& into) {
    auto bank = pcr::parse_algorithm(parser.argument());
    if (!bank)
        parser.reject("sha1, sha256, sha384 or sha512");
    else if (std::ranges::find(into, *bank) == into.end())
        into.push_back(*bank);
}

/// Adds what "4", "4,7" or "4,11-13" names.
bool add_pcrs(std::string_view text, std::vector<std::uint8_t>& into) {
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
        arguments.is_quiet = true;
        break;
    OPTION_COMMON_COLOR:
        take_color(parser, arguments.color);
        break;
    OPTION_COMMON_NO_PAGER:
        break; // There is none yet.

    OPTION_GROUP("Where the boot files are"):
    OPTION_LONG("esp-path", "PATH", "Directory of the EFI system partition"):
        take_text(parser, arguments.source.esp_path, "a directory");
        break;
    OPTION_LONG("boot-path", "PATH", "Directory of the XBOOTLDR partition"):
        take_text(parser, arguments.source.boot_path, "a directory");
        break;
    OPTION_LONG("image", "FILE", "Disk image with a GPT, or a FAT file system"):
        take_text(parser, arguments.source.image, "a file");
        break;

    OPTION_GROUP("Output of list, predict and eventlog"):
    OPTION_COMMON_JSON:
        take_json(parser, arguments.json);
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
    OPTION_GROUP("Options of install"):
    OPTION_COMMON_DRY_RUN:
        arguments.dry_run = true;
        break;
    OPTION_LONG("force", nullptr, "Replace a BOOTX64.EFI of another product, with a backup"):
        arguments.force = true;
        break;

    OPTION_GROUP("Options of install, predict and eventlog"):
    OPTION_LONG("loader", "FILE", "The boot loader, if it is not the one installed"):
        take_text(parser, arguments.loader, "a file");
        break;

    OPTION_GROUP("Options of predict and eventlog"):
    OPTION_LONG("pcr", "N[,N-M]", "Only these registers, 0 to 23; may be repeated"):
        if (!add_pcrs(parser.argument(), arguments.pcrs))
            parser.reject("register numbers from 0 to 23, such as 4 or 4,11-13");
        break;
    OPTION_LONG("bank", "HASH", "sha1, sha256, sha384 or sha512; may be repeated"):
        take_bank(parser, arguments.banks);
        break;

    OPTION_GROUP("Options of eventlog"):
    OPTION_LONG("against", "ENTRY", "Compare the log with the prediction for an entry"):
        take_text(parser, arguments.against, "an entry id");
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
    std::string verb_name{std::string_view(verb.name())};
    std::string in_verb = "' with verb '" + verb_name + "'";
    for (options::Option option : arguments.given) {
        const OptionGroup& group = group_of(parser.scope(), option);
        if (!is_for(group, verb_name))
            return Notice{"cannot use '" + name_of(option) + in_verb,
                          "it belongs to " + enumerate(group.verbs) + ". Try 'bootctl " +
                              verb_name + " --help'."};
        if (verb_name == "eventlog" && group.needs_against && !arguments.against)
            return Notice{"cannot use '" + name_of(option) + in_verb + " alone",
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

std::vector<const char*> option_groups_of(std::string_view verb) {
    std::vector<const char*> titles;
    for (const OptionGroup& group : option_groups)
        if (is_for(group, verb)) titles.push_back(group.title);
    return titles;
}

} // namespace kindling
