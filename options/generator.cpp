// SPDX-License-Identifier: MIT
//
// kindling-options: makes from a program's file what its declarations say, without running it.
#include "options/generator_check.hpp"
#include "options/generator_list.hpp"
#include "options/option.hpp"
#include "options/option_complete.hpp"

#include <optional>
#include <unistd.h>

using namespace kindling::options;

COMMAND("kindling-options", nullptr,
        "Read the options that a program declares, without running it.", nullptr, nullptr,
        "FILE is a program or a shared library that uses the options library.");

namespace {

constexpr const char* tool_name = "kindling-options";
constexpr int exit_success = 0, exit_failure = 1;
constexpr int exit_pipe = 128 + 13; // as if SIGPIPE had not been ignored

enum class Ask : uint8_t { verb, help, version };

struct Arguments {
    Ask ask = Ask::verb;
    const char* output = nullptr;  ///< --output=
    const char* command = nullptr; ///< --command=
    std::optional<Shell> shell;    ///< --completion=
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
        OPTION_COMMON_COMPLETION:
            arguments.shell = parser.choice_as<Shell>();
            break;

        OPTION_GROUP_VERBS("Options of completion", "completion"):
        OPTION_LONG("command", "NAME", "Choose one, if the file has several commands"):
            arguments.command = parser.argument();
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

int usage_error(const std::string& what, const char* hint) {
    fail({what, hint});
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
    return finish(output, arguments);
}

/// Writes what is made of the tables of a file: most verbs are no more than that.
template <class Write>
int generate(const char* path, const Arguments& arguments, Write write) {
    ProgramFile file;
    if (Failure failure = file.read(path)) return fail(failure);
    Output output;
    write(output.sink(), file);
    return finish(output, arguments);
}

/// The tables of a file as those of a program that runs.
Program program_of(const ProgramFile& file) {
    Program program;
    program.commands = file.commands();
    program.verbs = file.verbs();
    program.options = main_scope(file.options());
    return program;
}

/// Why no command can be chosen, or nothing.
Failure check_command(const ProgramFile& file, const char* name) {
    Option first = find_command(file.commands(), nullptr);
    if (!first && name) return {};
    if (!first)
        return {"the file does not say what its command is called",
                "give its name with --command=NAME"};
    if (name && !find_command(file.commands(), name))
        return {std::string("the file has no command '") + name + "'",
                "see what it has with 'kindling-options list FILE'"};
    bool is_alone = true;
    for (const unsigned char* at = file.commands().first; at != file.commands().end;) {
        Option each(at);
        at += each.record_size_bytes();
        is_alone = is_alone && (each == first || !each.has(is_command));
    }
    if (!name && !is_alone)
        return {"the file has several commands", "choose one with --command=NAME"};
    return {};
}

int check_file(const char* path) {
    ProgramFile file;
    if (Failure failure = file.read(path)) return fail(failure);
    int status = exit_success;
    for (const Finding& finding : check(file)) {
        tell(finding.is_mistake ? "error: " : "note: ", finding.what);
        if (finding.is_mistake) status = exit_failure;
    }
    return status;
}

int write_script(const char* shell_name, const char* path, const Arguments& arguments) {
    Value value;
    Type shells = parse_type(OPTION_SHELL_VALUES);
    if (convert(shells, shell_name, false, value) != ValueError::none)
        return usage_error(std::string("unknown shell '") + shell_name + "'",
                           "use bash, zsh or fish");
    ProgramFile file;
    if (Failure failure = file.read(path)) return fail(failure);
    if (Failure failure = check_command(file, arguments.command)) return fail(failure);
    Output output;
    write_completion(output.sink(), static_cast<Shell>(value.number), program_of(file),
                     arguments.command);
    return finish(output, arguments);
}

int run(const Parser& parser, const Arguments& arguments) {
    VerbChoice choice = choose_verb(VERB_TABLE, parser);
    const char* const* words = choice.arguments;
    // clang-format off
    switch (choice.id) {
    VERB_TYPED("completion", "SHELL FILE", OPTION_SHELL_VALUES ";file", 2, 2,
               "Make a script that completes words in bash, zsh or fish"):
        return write_script(words[0], words[1], arguments);
    VERB_TYPED("check", "FILE", "file", 1, 1, "Look for mistakes that no compiler sees"):
        return check_file(words[0]);
    VERB_TYPED("list", "FILE", "file", 1, 1, "Show what a program declares"):
        return generate(words[0], arguments, write_list);
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
    if (arguments.shell) {
        Output script;
        write_completion(script.sink(), *arguments.shell,
                         {COMMAND_TABLE, VERB_TABLE, parser.scope()}, tool_name);
        return finish(script, arguments);
    }
    if (arguments.ask == Ask::help) {
        VerbChoice verb =
            follow_verbs(VERB_TABLE, parser.positionals_count(), parser.positionals());
        if (verb.error != VerbError::none) verb = {};
        return show_help(parser, verb, arguments);
    }
    return run(parser, arguments);
}
