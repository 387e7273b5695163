// SPDX-License-Identifier: MIT
//
// kindling-cpio: packs, lists and extracts newc archives.
#include "base/text.hpp"
#include "cpio/tool.hpp"
#include "options/option.hpp"
#include "options/option_complete.hpp"
#include "options/option_introspect.hpp"

#include <cerrno>
#include <cinttypes>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <optional>
#include <unistd.h>
#include <zlib.h>

using namespace kindling;
using namespace kindling::cpio::tool;

COMMAND("kindling-cpio", nullptr,
        "Pack, list and extract newc archives, plain or compressed with gzip.", "kindling-cpio(1)",
        nullptr, "\"-\" as an archive is standard input or output.");

namespace {

constexpr int exit_failure = 1;
constexpr int exit_denied = 4;
constexpr std::uint64_t progress_delay_ms = 500;
constexpr std::uint64_t progress_interval_ms = 100;

void print(const char* label, const std::string& text) {
    std::string line = label + text + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
}

std::uint64_t monotonic_ms() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1000 +
           static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000;
}

/// One that knows how to erase a line.
bool is_smart_terminal(int fd) {
    const char* term = std::getenv("TERM");
    return isatty(fd) && term && std::string_view(term) != "dumb";
}

/// In the order of OPTION_JSON_VALUES.
constexpr Json json_values[] = {Json::pretty, Json::brief, Json::off};

enum class Ask : std::uint8_t { verb, help, version, completion, introspection };

/// Options go into `arguments`; words stay with the parser.
options::ParseError parse_options(options::Parser& parser, Arguments& arguments, Ask& ask,
                                  options::Shell& shell) {
    FOREACH_OPTION_OR_RETURN(option, parser) {
        // clang-format off
        switch (option) {
        OPTION_COMMON_HELP:
            ask = Ask::help;
            break;
        OPTION_COMMON_VERSION:
            ask = Ask::version;
            break;
        OPTION_COMMON_COMPLETION:
            ask = Ask::completion;
            shell = parser.choice_as<options::Shell>();
            break;
        OPTION_COMMON_INTROSPECT_CLI:
            ask = Ask::introspection;
            break;
        OPTION_COMMON_QUIET:
            arguments.quiet = true;
            break;
        OPTION_COMMON_VERBOSE:
            arguments.verbose = true;
            break;
        OPTION_COMMON_DRY_RUN:
            arguments.dry_run = true;
            break;
        OPTION_LONG_TYPED("max-size", "SIZE", "size",
                          "Unpack no more than that from gzip data (16G)"):
            arguments.size_max = parser.size_bytes();
            break;

        OPTION_GROUP_VERBS("Options of pack", "pack"):
        OPTION('z', "gzip", nullptr, "Compress the archive"):
            arguments.gzip = true;
            break;
        OPTION_LONG("reproducible", nullptr, "Leave out times and owners"):
            arguments.reproducible = true;
            break;
        OPTION_LONG("extras", nullptr,
                    "Use as: pack --extras ARCHIVE FILE...; pack files as the loader does"):
            arguments.extras = true;
            break;

        OPTION_GROUP_VERBS("Options of list", "list"):
        OPTION_COMMON_JSON:
            arguments.json = json_values[parser.choice()];
            break;
        OPTION_COMMON_JSON_SHORT:
            arguments.json = isatty(STDOUT_FILENO) ? Json::pretty : Json::brief;
            break;
        OPTION_LONG("names", nullptr, "Print names only"):
            arguments.names_only = true;
            break;

        OPTION_GROUP_VERBS("Options of extract", "extract"):
        OPTION_LONG("overwrite", nullptr, "Extract into a directory that is not empty"):
            arguments.overwrite = true;
            break;
        }
        // clang-format on
    }
    return {};
}

int show_completion(const options::Parser& parser, options::Shell shell) {
    options::FileSink out(STDOUT_FILENO);
    options::write_completion(out.sink(), shell, {COMMAND_TABLE, VERB_TABLE, parser.scope()});
    return options::finish(out);
}

std::string gzip_feature() {
    return std::string("+gzip (zlib ") + zlibVersion() + ")";
}

int show_version() {
    options::FileSink out(STDOUT_FILENO);
    out.write("kindling-cpio " KINDLING_VERSION "\n");
    out.write(gzip_feature().c_str());
    out.write("\n");
    return options::finish(out);
}

/// The command line as JSON; --json= chooses the layout.
int show_introspection(const options::Parser& parser, Json layout) {
    const char* const versions[] = {KINDLING_VERSION};
    std::string feature = gzip_feature();
    const char* const features[] = {feature.c_str()};
    options::Program described{COMMAND_TABLE, VERB_TABLE, parser.scope(), "kindling",
                               versions,      1,          features,       1};
    return options::print_introspection(described, layout == Json::brief
                                                       ? options::JsonLayout::brief
                                                       : options::JsonLayout::pretty);
}

/// The exit status for what a verb returned, after telling what went wrong.
int conclude(const Result<void>& result, Report& report) {
    report.end_progress();
    if (result) return report.is_incomplete() ? exit_denied : EXIT_SUCCESS;
    const Error& error = result.error();
    if (error.cause == EPIPE) return options::exit_pipe;
    std::string text =
        quoted(report.subject() == "-" ? "standard input or output" : report.subject());
    text += std::string(": ") + error.what;
    if (error.where != 0) text += ", at byte " + std::to_string(error.where);
    if (error.cause != 0) text += std::string(": ") + std::strerror(static_cast<int>(error.cause));
    print("error: ", text);
    if (report.hint()) print("hint: ", report.hint());
    return error.code == Errc::denied ? exit_denied : exit_failure;
}

int usage_error(const char* text, const char* hint) {
    print("error: ", text);
    print("hint: ", hint);
    return options::exit_usage;
}

int run(const options::Parser& parser, Arguments& arguments) {
    Report report(arguments);
    options::VerbChoice choice = options::choose_verb(VERB_TABLE, parser);
    for (std::size_t i = 0; i < choice.arguments_count; i++)
        arguments.words.emplace_back(choice.arguments[i]);
    // clang-format off
    switch (choice.id) {
    VERB_TYPED("pack", "DIRECTORY ARCHIVE", "dir;file", 2, VERB_ANY, "Make an archive of a directory"):
        if (!arguments.extras && arguments.words.size() > 2)
            return usage_error("pack takes a directory and an archive",
                               "pack files as extras with 'pack --extras ARCHIVE FILE...'");
        return conclude(pack(arguments, report), report);
    VERB_TYPED("list", "ARCHIVE", "file", 1, 1, "Show the members of an archive"):
        return conclude(list(arguments, report), report);
    VERB_TYPED("extract", "ARCHIVE DIRECTORY", "file;dir", 2, 2, "Unpack an archive into a directory"):
        return conclude(extract(arguments, report), report);
    VERB_COMMON_HELP:
        return options::print_verb_help(choice, COMMAND_TABLE);
    VERB_ERROR:
        return options::print_error(choice);
    }
    // clang-format on
    return exit_failure;
}

} // namespace

std::string kindling::cpio::tool::escaped(std::string_view name) {
    std::string text;
    auto append = [](void* context, const char* data, size_t size) {
        static_cast<std::string*>(context)->append(data, size);
    };
    options::write_escaped({append, &text}, {name.data(), name.size()});
    return text;
}

std::string kindling::cpio::tool::quoted(std::string_view name) {
    return '"' + escaped(name) + '"';
}

Report::Report(const Arguments& arguments)
    : arguments_(arguments),
      shows_progress_(!arguments.quiet && !arguments.verbose && is_smart_terminal(STDERR_FILENO)),
      next_progress_ms_(monotonic_ms() + progress_delay_ms) {}

void Report::info(const std::string& text) {
    end_progress();
    if (!arguments_.quiet) print("", text);
}

void Report::detail(const std::string& text) {
    if (arguments_.verbose) print("", text);
}

void Report::warning(const std::string& text) {
    end_progress();
    print("warning: ", text);
}

void Report::progress(std::uint64_t members, std::uint64_t size_bytes) {
    if (!shows_progress_) return;
    std::uint64_t now = monotonic_ms();
    if (now < next_progress_ms_) return;
    next_progress_ms_ = now + progress_interval_ms;
    is_progress_shown_ = true;
    std::fprintf(stderr, "\r\033[K%" PRIu64 " members, %" PRIu64 " MiB", members,
                 size_bytes / (1024 * 1024));
}

void Report::end_progress() {
    if (is_progress_shown_) std::fputs("\r\033[K", stderr);
    is_progress_shown_ = false;
}

int main(int argc, char** argv) {
    std::setlocale(LC_ALL, "");
    Arguments arguments;
    Ask ask = Ask::verb;
    options::Shell shell{};
    options::Parser parser(OPTION_TABLE, argc, argv);
    options::ParseError error = parse_options(parser, arguments, ask, shell);
    if (error) return options::print_error(parser);
    if (ask == Ask::version) return show_version();
    if (ask == Ask::introspection) return show_introspection(parser, arguments.json);
    if (ask == Ask::completion) return show_completion(parser, shell);
    if (ask == Ask::help) return options::print_help(parser, COMMAND_TABLE, VERB_TABLE);
    return run(parser, arguments);
}
