// SPDX-License-Identifier: MIT
//
// bootctl: installs the loader and tells what it will do.
#include "base/text.hpp"
#include "bootctl/arguments.hpp"
#include "bootctl/install_verb.hpp"
#include "bootctl/output.hpp"
#include "options/option.hpp"

#include <clocale>
#include <cstdlib>
#include <ctime>
#include <unistd.h>

using namespace kindling;

namespace {

constexpr const char* program = "bootctl";
constexpr std::size_t help_columns_max = 80;

constexpr options::Command command{
    .name = program,
    .abstract = "Install the boot loader, and see what it will do.",
    .footer = "Without --esp-path and --image the mounted EFI system partition is used.",
    .man_page = "bootctl(1)",
};

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

int show_help(const options::Parser& parser, const char* verb_name, ColorWhen color,
              const Messages& messages) {
    options::Scope scope = parser.scope();
    options::HelpStyle style;
    style.columns = std::min(options::terminal_columns(STDOUT_FILENO), help_columns_max);
    style.use_color = uses_color(STDOUT_FILENO, color);
    style.use_unicode = uses_unicode();
    std::string page;
    if (verb_name) {
        options::Option verb = options::find_verb(VERB_TABLE, verb_name);
        if (!verb) {
            options::VerbChoice choice = options::choose_verb(VERB_TABLE, 1, &verb_name);
            return usage_error(choice, messages);
        }
        std::vector<const char*> groups = option_groups_of(verb_name);
        scope.groups = groups.data();
        scope.groups_count = groups.size();
        options::write_verb_help(sink_into(page), command, verb, scope, style);
    } else {
        options::write_help(sink_into(page), command, scope, VERB_TABLE, style);
    }
    return print(page, messages);
}

int show_version(const Messages& messages) {
    return print("bootctl (kindling) " KINDLING_VERSION "\n", messages);
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
    VERB_COMMON_HELP:
        return show_help(parser, word, arguments.color, messages);
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
    messages.set_quiet(arguments.is_quiet);
    arguments.source.now_s = write_time_s();
    if (wrong.kind != options::ErrorKind::none) return usage_error(wrong, messages);
    if (arguments.ask == Arguments::Ask::version) return show_version(messages);
    if (arguments.ask == Arguments::Ask::help) {
        const char* verb = parser.positional(0);
        bool is_known = verb && options::find_verb(VERB_TABLE, verb);
        return show_help(parser, is_known ? verb : nullptr, arguments.color, messages);
    }
    return run(parser, arguments, messages);
}
