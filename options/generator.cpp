// SPDX-License-Identifier: MIT
//
// kindling-options: makes from a program's file what its declarations say, without running it.
#include "options/generator_check.hpp"
#include "options/generator_document.hpp"
#include "options/generator_list.hpp"
#include "options/option.hpp"
#include "options/option_complete.hpp"
#include "options/option_introspect.hpp"

#include <optional>
#include <unistd.h>

using namespace kindling::options;

COMMAND("kindling-options", nullptr,
        "Read the options that a program declares, without running it.", "kindling-options(1)",
        nullptr,
        "FILE is a program or a shared library that uses the options library, or what a program "
        "prints with --introspect-cli; \"-\" is standard input.");

namespace {

constexpr const char* tool_name = "kindling-options";
constexpr int exit_success = 0, exit_failure = 1;

enum class Ask : uint8_t { verb, help, version, introspection };

struct Arguments {
    Ask ask = Ask::verb;
    const char* output = nullptr;  ///< --output=
    const char* command = nullptr; ///< --command=
    const char* page = nullptr;    ///< --check=
    JsonLayout layout = JsonLayout::pretty;
    std::optional<Shell> shell; ///< --completion=
};

ParseError parse_options(Parser& parser, Arguments& arguments) {
    FOREACH_OPTION_OR_RETURN(option, parser) {
        // clang-format off
        switch (option) {
        OPTION_COMMON_HELP:
            arguments.ask = Ask::help;
            break;
        OPTION_COMMON_VERSION:
            arguments.ask = Ask::version;
            break;
        OPTION_TYPED('o', "output", "FILE", "file", "Write to FILE instead of standard output"):
            arguments.output = parser.argument();
            break;
        OPTION_LONG_TYPED("json", "FORMAT", "pretty:indented, for people|short:on one line",
                          "Layout of JSON"):
            arguments.layout = parser.choice_as<JsonLayout>();
            break;
        OPTION_COMMON_INTROSPECT_CLI:
            arguments.ask = Ask::introspection;
            break;
        OPTION_COMMON_COMPLETION:
            arguments.shell = parser.choice_as<Shell>();
            break;

        OPTION_GROUP_VERBS("Options of completion", "completion"):
        OPTION_LONG("command", "NAME", "Choose one, if the file has several commands"):
            arguments.command = parser.argument();
            break;

        OPTION_GROUP_VERBS("Options of man", "man"):
        OPTION_LONG_TYPED("check", "PAGE", "file",
                          "Write nothing, tell what is missing in PAGE and what is no more"):
            arguments.page = parser.argument();
            break;
        }
        // clang-format on
    }
    return {};
}

void tell(const char* label, const std::string& text) {
    FileSink err(STDERR_FILENO);
    err.write(label);
    err.write({text.data(), text.size()});
    err.write("\n");
}

int fail(const Failure& failure) {
    tell("error: ", failure.what);
    if (!failure.hint.empty()) tell("hint: ", failure.hint);
    return exit_failure;
}

int finish(const Output& output, const Arguments& arguments) {
    bool is_pipe_closed = false;
    if (Failure failure = output.write(arguments.output, is_pipe_closed)) return fail(failure);
    return is_pipe_closed ? exit_pipe : exit_success;
}

template <class Wrong>
int usage_error(const Wrong& wrong) {
    FileSink err(STDERR_FILENO);
    write_error(err.sink(), wrong, tool_name);
    return exit_usage;
}

int show_help(const Parser& parser, const VerbChoice& verb, const Arguments& arguments) {
    if (verb.error != VerbError::none) return usage_error(verb);
    CommandTexts texts;
    read_command(COMMAND_TABLE, tool_name, texts);
    Output page;
    if (verb.verb)
        write_verb_help(page.sink(), texts.command, verb, parser.scope(), style_of(STDOUT_FILENO));
    else
        write_help(page.sink(), texts.command, parser.scope(), VERB_TABLE, style_of(STDOUT_FILENO));
    return finish(page, arguments);
}

int show_version(const Arguments& arguments) {
    Output output;
    output.sink()("kindling-options " KINDLING_VERSION "\n");
    output.sink()(has_json_parser() ? "+json\n" : "-json\n");
    return finish(output, arguments);
}

int show_introspection(const Parser& parser, const Arguments& arguments) {
    const char* const versions[] = {KINDLING_VERSION};
    const char* const features[] = {has_json_parser() ? "+json" : "-json"};
    Program program;
    program.commands = COMMAND_TABLE;
    program.verbs = VERB_TABLE;
    program.options = parser.scope();
    program.project = "kindling";
    program.versions = versions;
    program.versions_count = 1;
    program.features = features;
    program.features_count = 1;
    Output output;
    write_introspection(output.sink(), program, arguments.layout);
    return finish(output, arguments);
}

/// Reads a file and tells what could not be kept of it.
Failure read(const char* path, ProgramFile& file,
             ProgramFile::Purpose purpose = ProgramFile::Purpose::tables) {
    Failure failure = file.read(path, purpose);
    for (const std::string& warning : file.warnings()) tell("warning: ", warning);
    return failure;
}

/// The lines that tell the differences are what was asked for: they go where data goes.
int check_page(const char* path, const Arguments& arguments) {
    ProgramFile file;
    ManualPage page;
    if (Failure failure = read(path, file)) return fail(failure);
    if (Failure failure = page.read(arguments.page)) return fail(failure);
    Output output;
    std::vector<std::string> differences = page.compare(file);
    for (const std::string& each : differences) {
        output.sink()({each.data(), each.size()});
        output.sink()("\n");
    }
    int status = finish(output, arguments);
    return status == exit_success && !differences.empty() ? exit_failure : status;
}

constexpr const char* nameless = "the file does not say what its command is called";

size_t count_commands(const ProgramFile& file) {
    size_t count = 0;
    for (const Program& program : file.programs()) {
        Listing commands({program.commands});
        while (commands.next()) count++;
    }
    return count;
}

/// Sets `chosen` to the program that has the command; gives why none can be chosen.
Failure choose_program(const ProgramFile& file, const char* name, const Program*& chosen) {
    size_t count = count_commands(file);
    if (count == 0 && !name) return {nameless, "give its name with --command=NAME"};
    if (count > 1 && !name)
        return {"the file has several commands", "choose one with --command=NAME"};
    for (const Program& program : file.programs())
        if (count == 0 || find_command(program.commands, name)) chosen = &program;
    if (chosen) return {};
    return {std::string("the file has no command '") + name + "'",
            "see what it has with 'kindling-options list FILE'"};
}

/// Writes what is made of the tables of a file: most verbs are no more than that.
template <class Write>
int generate(const char* path, const Arguments& arguments, Write write) {
    ProgramFile file;
    if (Failure failure = read(path, file)) return fail(failure);
    Output output;
    write(output.sink(), file);
    return finish(output, arguments);
}

/// The same for what is about commands.
template <class Write>
int generate_document(const char* path, const Arguments& arguments, Write write,
                      ProgramFile::Purpose purpose = ProgramFile::Purpose::tables) {
    ProgramFile file;
    if (Failure failure = read(path, file, purpose)) return fail(failure);
    if (count_commands(file) == 0)
        return fail({nameless, "its source does with COMMAND, see foreach_option(3)"});
    Output output;
    write(output.sink(), file);
    return finish(output, arguments);
}

int check_file(const char* path) {
    ProgramFile file;
    if (Failure failure = read(path, file)) return fail(failure);
    int status = exit_success;
    for (const Finding& finding : check(file)) {
        tell(finding.is_mistake ? "error: " : "note: ", finding.what);
        if (finding.is_mistake) status = exit_failure;
    }
    return status;
}

int write_script(Shell shell, const char* path, const Arguments& arguments) {
    ProgramFile file;
    if (Failure failure = read(path, file)) return fail(failure);
    const Program* program = nullptr;
    if (Failure failure = choose_program(file, arguments.command, program)) return fail(failure);
    Output output;
    write_completion(output.sink(), shell, *program, arguments.command);
    return finish(output, arguments);
}

int run(const Parser& parser, const Arguments& arguments) {
    VerbChoice choice = choose_verb(VERB_TABLE, parser);
    const char* const* words = choice.arguments;
    // clang-format off
    switch (choice.id) {
    VERB_TYPED("completion", "SHELL FILE", OPTION_SHELL_VALUES ";file", 2, 2,
               "Make a script that completes words in bash, zsh or fish"):
        return write_script(static_cast<Shell>(choice.value(0).number), words[1], arguments);
    VERB_TYPED("check", "FILE", "file", 1, 1, "Look for mistakes that no compiler sees"):
        return check_file(words[0]);
    VERB_TYPED("list", "FILE", "file", 1, 1, "Show what a program declares"):
        return generate(words[0], arguments, write_list);
    VERB_TYPED("json", "FILE", "file", 1, 1, "Describe a program as its --introspect-cli does"):
        return generate_document(
            words[0], arguments,
            [&](Sink sink, const ProgramFile& file) { write_json(sink, file, arguments.layout); },
            ProgramFile::Purpose::document);
    VERB_TYPED("man", "FILE", "file", 1, 1, "Write sections of its manual page, for scdoc"):
        if (arguments.page) return check_page(words[0], arguments);
        return generate_document(words[0], arguments, write_man);
    VERB_TYPED("markdown", "FILE", "file", 1, 1, "Write a page about it in markdown"):
        return generate_document(words[0], arguments, [](Sink sink, const ProgramFile& file) {
            write_markdown(sink, file);
        });
    VERB_COMMON_HELP:
        return show_help(parser, follow_verbs(VERB_TABLE, choice.arguments_count, words), arguments);
    VERB_ERROR:
        return usage_error(choice);
    }
    // clang-format on
    return exit_failure;
}

} // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    Parser parser(OPTION_TABLE, argc, argv);
    ParseError wrong = parse_options(parser, arguments);
    if (wrong.kind != ErrorKind::none) return usage_error(wrong);
    if (arguments.ask == Ask::version) return show_version(arguments);
    if (arguments.ask == Ask::help) {
        VerbChoice verb =
            follow_verbs(VERB_TABLE, parser.positionals_count(), parser.positionals());
        if (verb.error != VerbError::none) verb = {};
        return show_help(parser, verb, arguments);
    }
    if (arguments.ask == Ask::introspection) return show_introspection(parser, arguments);
    if (arguments.shell) {
        Output script;
        write_completion(script.sink(), *arguments.shell,
                         {COMMAND_TABLE, VERB_TABLE, parser.scope()}, tool_name);
        return finish(script, arguments);
    }
    return run(parser, arguments);
}
