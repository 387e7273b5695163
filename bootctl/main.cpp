// SPDX-License-Identifier: MIT
//
// bootctl: installs the loader and tells what it will do.
#include "base/text.hpp"
#include "bootctl/arguments.hpp"
#include "bootctl/complete_values.hpp"
#include "bootctl/digest.hpp"
#include "bootctl/eventlog_verb.hpp"
#include "bootctl/install_verb.hpp"
#include "bootctl/list_verb.hpp"
#include "bootctl/loader_file.hpp"
#include "bootctl/output.hpp"
#include "bootctl/predict_verb.hpp"
#include "bootctl/progress.hpp"
#include "fiber/group.hpp"
#include "fiber/run.hpp"
#include "options/option.hpp"
#include "options/option_introspect.hpp"

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <unistd.h>

using namespace kindling;

COMMAND("bootctl", nullptr, "Install the boot loader, and see what it will do.", "bootctl(1)",
        nullptr, "Without --esp-path and --image the mounted EFI system partition is used.");

namespace {

constexpr const char* program = "bootctl";

/// Collects what the options library writes.
options::Sink sink_into(std::string& text) {
    auto append = [](void* context, const char* data, std::size_t size) {
        static_cast<std::string*>(context)->append(data, size);
    };
    return {append, &text};
}

template <class Wrong>
int usage_error(const Wrong& wrong, const Messages& messages) {
    std::string text;
    options::write_error(sink_into(text), wrong, program);
    messages.usage_error(text);
    return options::exit_usage;
}

int usage_error(const Notice& notice, const Messages& messages) {
    messages.error(notice);
    return options::exit_usage;
}

/// The page of the verb that the words name, or that of the program.
int show_help(const options::Parser& parser, options::VerbChoice verb, ColorWhen color,
              const Messages& messages) {
    if (verb.error != options::VerbError::none) return usage_error(verb, messages);
    options::HelpStyle style = options::style_of(STDOUT_FILENO);
    style.use_color = uses_color(STDOUT_FILENO, color);
    style.use_unicode = uses_unicode();
    options::CommandTexts texts;
    options::read_command(COMMAND_TABLE, program, texts);
    std::string page;
    if (verb.verb)
        options::write_verb_help(sink_into(page), texts.command, verb, parser.scope(), style);
    else
        options::write_help(sink_into(page), texts.command, parser.scope(), VERB_TABLE, style);
    return print_long(page, messages);
}

/// What this build and this machine have, "+" or "-" in front.
std::vector<std::string> features() {
    std::vector<std::string> places = loader_places();
    auto is_there = [](const std::string& place) { return ::access(place.c_str(), R_OK) == 0; };
    auto place = std::ranges::find_if(places, is_there);
    return {"+libcrypto (" + std::string(crypto_library()) + ")",
            place == places.end() ? "-loader" : "+loader (" + escaped(*place) + ")"};
}

int show_version(const Messages& messages) {
    std::string text = "bootctl (kindling) " KINDLING_VERSION "\n";
    for (const std::string& feature : features()) text += feature + "\n";
    return print(text, messages);
}

/// The command line as JSON; --json= chooses the layout.
int show_introspection(const options::Parser& parser, const Arguments& arguments,
                       const Messages& messages) {
    const char* const versions[] = {KINDLING_VERSION};
    std::vector<std::string> texts = features();
    std::vector<const char*> pointers;
    for (const std::string& text : texts) pointers.push_back(text.c_str());
    options::Program described{COMMAND_TABLE,   VERB_TABLE,     parser.scope(),
                               "kindling",      versions,       std::size(versions),
                               pointers.data(), pointers.size()};
    bool is_brief = arguments.json == json::Layout::brief;
    std::string document;
    options::write_introspection(sink_into(document), described,
                                 is_brief ? options::JsonLayout::brief
                                          : options::JsonLayout::pretty);
    return print(document, messages);
}

/// For what is written into an image: SOURCE_DATE_EPOCH, else now.
std::uint64_t write_time_s() {
    if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH"))
        if (auto seconds = parse_decimal(epoch, ~std::uint64_t{0} >> 1)) return *seconds;
    return static_cast<std::uint64_t>(std::time(nullptr));
}

int conclude(const Notice& failure, Errc code, const Messages& messages) {
    messages.error(failure);
    return exit_status_of(code);
}

int install(const Arguments& arguments, const Messages& messages) {
    InstallReport report =
        run_install({arguments.source, arguments.loader, arguments.force, arguments.dry_run});
    for (const std::string& change : report.changes) messages.info(change);
    for (const Notice& warning : report.warnings) messages.warning(warning);
    if (report.failure) return conclude(*report.failure, report.failure_code, messages);
    if (report.changes.empty()) messages.info("nothing to do, everything is in place");
    return EXIT_SUCCESS;
}

/// Shows what a verb found, and then what is to be said about it.
template <class Report>
int show(const Report& report, const std::vector<Notice>& remarks, const Arguments& arguments,
         const Messages& messages) {
    OutputStyle style = output_style(arguments.color, arguments.has_legend);
    std::string text = arguments.json ? to_json(report, *arguments.json) : to_text(report, style);
    bool is_for_programs = arguments.json == json::Layout::brief;
    int status = is_for_programs ? print(text, messages) : print_long(text, messages);
    if (status != EXIT_SUCCESS) return status;
    for (const Notice& remark : remarks) messages.note(remark);
    return EXIT_SUCCESS;
}

/// Runs `work`, which changes nothing, so that a signal may end it anywhere; on a terminal with a
/// line about its progress. The exit status if it did not come to its end.
std::optional<int> run_as_fiber(const char* verb, const Progress& progress,
                                const Arguments& arguments, const Messages& messages,
                                const std::function<void()>& work) {
    bool is_for_programs = arguments.json && !::isatty(STDOUT_FILENO);
    fiber::Outcome outcome = fiber::run(verb, [&]() -> Result<void> {
        // What takes long is shown to whoever waits, and is no fault to report.
        fiber::Loop::current()->long_turns().set_limit_ns(0);
        if (messages.detail() >= Detail::choices)
            messages.debug("waits by " + fiber::Loop::current()->poller().describe());
        fiber::Group line(fiber::Policy::all_settled);
        auto show = [&] { return show_progress(progress, STDERR_FILENO); };
        if (messages.has_progress() && !is_for_programs) TRY(line.spawn("progress", show));
        work();
        // A verb may take an interruption for a file that cannot be read.
        return fiber::check_interruption();
    });
    if (outcome.result) return std::nullopt;
    if (outcome.was_stopped()) return outcome.exit_status();
    return conclude({"cannot run: " + reason_of(outcome.result.error()), {}},
                    outcome.result.error().code, messages);
}

int list(const Arguments& arguments, const Messages& messages) {
    Progress progress;
    ListReport report;
    auto status = run_as_fiber("list", progress, arguments, messages, [&] {
        report = run_list({.source = arguments.source, .progress = &progress});
    });
    if (status) return *status;
    if (report.failure) return conclude(*report.failure, report.failure_code, messages);
    if (report.discovery.entries.empty() && !arguments.json)
        messages.info("No boot loader entries found.");
    return show(report, report.remarks, arguments, messages);
}

int predict(const Arguments& arguments, const char* entry, const Messages& messages) {
    PredictionOptions options;
    options.entry_id = entry;
    options.loader = arguments.loader;
    Progress progress;
    options.progress = &progress;
    PredictReport report;
    auto status = run_as_fiber("predict", progress, arguments, messages, [&] {
        report = run_predict({arguments.source, options, arguments.pcrs, arguments.banks});
    });
    if (status) return *status;
    if (report.failure) return conclude(*report.failure, report.failure_code, messages);
    return show(report, report.prediction->remarks, arguments, messages);
}

int eventlog(const Arguments& arguments, const char* file, const Messages& messages) {
    EventlogRequest request;
    if (file) request.file = file;
    if (arguments.against) {
        request.against.emplace();
        request.against->entry_id = *arguments.against;
        request.against->loader = arguments.loader;
    }
    request.source = arguments.source;
    request.pcrs = arguments.pcrs;
    request.banks = arguments.banks;
    EventlogReport report = run_eventlog(request);
    if (report.failure) return conclude(*report.failure, report.failure_code, messages);
    int status = show(report, report.remarks, arguments, messages);
    bool differs = arguments.against && !report.agrees();
    return status == EXIT_SUCCESS && differs ? exit_differs : status;
}

/// The first argument is what to complete, the others are words that somebody has not finished.
int complete(const options::VerbChoice& choice, Arguments& arguments, const Messages& messages) {
    options::Parser words(OPTION_TABLE, static_cast<int>(choice.arguments_count), choice.arguments);
    words.set_warnings({});
    parse_options(words, arguments);
    arguments.source.choices = arguments.source.accesses = {}; // The shell shows what we say.
    return print(complete_values(choice.arguments[0], arguments.source), messages);
}

int show_completion(const options::Parser& parser, options::Shell shell, const Messages& messages) {
    std::string script;
    options::write_completion(sink_into(script), shell, {COMMAND_TABLE, VERB_TABLE, parser.scope()},
                              program);
    return print(script, messages);
}

int run(const options::Parser& parser, Arguments& arguments, const Messages& messages) {
    options::VerbChoice choice = options::choose_verb(VERB_TABLE, parser);
    if (choice.error == options::VerbError::none)
        if (auto wrong = check_options(parser, arguments, choice.verb))
            return usage_error(*wrong, messages);
    const char* word = choice.arguments_count > 0 ? choice.arguments[0] : nullptr;
    // clang-format off
    switch (choice.id) {
    VERB_NOARG("install", "Put the boot loader on the EFI system partition"):
        return install(arguments, messages);
    VERB_NOARG("list", "Show the entries of the boot menu"):
        return list(arguments, messages);
    VERB_TYPED("predict", "ENTRY", "dynamic:entries", 1, 1, "Predict what a boot of an entry measures"):
        return predict(arguments, word, messages);
    VERB_TYPED("eventlog", "[FILE]", "file", 0, 1, "Show what this boot, or that of a log, measured"):
        return eventlog(arguments, word, messages);
    VERB_COMMON_HELP:
        return show_help(parser,
                         options::follow_verbs(VERB_TABLE, choice.arguments_count,
                                               choice.arguments),
                         arguments.color, messages);
    VERB_COMMON_COMPLETE:
        return complete(choice, arguments, messages);
    VERB_ERROR:
        return usage_error(choice, messages);
    }
    // clang-format on
    return exit_failure;
}

} // namespace

int main(int argc, char** argv) {
    occupy_standard_streams();
    std::setlocale(LC_CTYPE, "");
    Arguments arguments;
    Messages messages;
    options::Parser parser(OPTION_TABLE, argc, argv);
    options::ParseError wrong = parse_options(parser, arguments);
    messages.set_color(arguments.color);
    messages.set_detail(arguments.detail.value_or(detail_by_environment()));
    messages.set_pager(arguments.has_pager);
    arguments.source.now_s = write_time_s();
    auto hear = [&](const std::string& text) { messages.debug(text); };
    if (messages.detail() >= Detail::choices) arguments.source.choices = hear;
    if (messages.detail() >= Detail::accesses) arguments.source.accesses = hear;
    if (wrong.kind != options::ErrorKind::none) return usage_error(wrong, messages);
    if (arguments.ask == Arguments::Ask::version) return show_version(messages);
    if (arguments.ask == Arguments::Ask::introspection)
        return show_introspection(parser, arguments, messages);
    if (arguments.completion) return show_completion(parser, *arguments.completion, messages);
    if (arguments.ask == Arguments::Ask::help) {
        // Behind --help stands perhaps a verb, perhaps what was to be one.
        options::VerbChoice verb =
            options::follow_verbs(VERB_TABLE, parser.positionals_count(), parser.positionals());
        if (verb.error != options::VerbError::none) verb = {};
        return show_help(parser, verb, arguments.color, messages);
    }
    return run(parser, arguments, messages);
}
