// SPDX-License-Identifier: MIT
#include "options/option_print.hpp"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

namespace kindling::options {

Text program_name(const Parser& parser) {
    const char* slash = strrchr(parser.program(), '/');
    return slash ? slash + 1 : parser.program();
}

namespace {

/// What help calls the program. A program of many names says by it which one it plays.
Text shown_name(const Parser& parser) {
    const char* name = getenv("OPTION_PROGRAM_NAME");
    return name && *name ? Text(name) : program_name(parser);
}

/// Both are of one type, and stand side by side.
void check_tables(Table commands, Table verbs) {
    bool are_swapped = commands.first != commands.end && !Option(commands.first).has(is_command);
    are_swapped |= verbs.first != verbs.end && Option(verbs.first).has(is_command);
    if (!are_swapped) return;
    FileSink error(STDERR_FILENO);
    error.write("option parser: COMMAND_TABLE and VERB_TABLE are not where they belong\n");
    error.flush();
    abort();
}

} // namespace

int finish(FileSink& out) {
    out.flush();
    if (!out.error()) return EXIT_SUCCESS;
    if (out.error() == EPIPE) return exit_pipe;
    FileSink error(STDERR_FILENO);
    error.write("error: cannot write: ");
    error.write(strerror(out.error()));
    error.write("\n");
    return EXIT_FAILURE;
}

int print_help(const Parser& parser, Table commands, Table verbs) {
    check_tables(commands, verbs);
    CommandTexts texts;
    read_command(commands, shown_name(parser), texts);
    FileSink out(STDOUT_FILENO);
    write_help(out.sink(), texts.command, parser, verbs, style_of(STDOUT_FILENO));
    return finish(out);
}

int print_verb_help(const VerbChoice& choice, Table commands) {
    const Parser& parser = *choice.parser;
    VerbChoice meant = follow_verbs(choice.table, choice.arguments_count, choice.arguments);
    meant.parser = choice.parser;
    if (meant.error == VerbError::none && meant.verb && meant.arguments_count) {
        meant.error = VerbError::unknown;
        meant.typed = meant.arguments[0];
    }
    if (meant.error != VerbError::none) return print_error(meant);
    CommandTexts texts;
    read_command(commands, shown_name(parser), texts);
    FileSink out(STDOUT_FILENO);
    HelpStyle style = style_of(STDOUT_FILENO);
    if (meant.verb)
        write_verb_help(out.sink(), texts.command, meant, parser.scope(), style);
    else
        write_help(out.sink(), texts.command, parser.scope(), choice.table, style);
    return finish(out);
}

int print_error(const Parser& parser) {
    FileSink error(STDERR_FILENO);
    write_error(error.sink(), parser.error(), program_name(parser));
    return exit_usage;
}

int print_error(const VerbChoice& choice) {
    FileSink error(STDERR_FILENO);
    write_error(error.sink(), choice, choice.parser ? program_name(*choice.parser) : Text());
    return choice.error == VerbError::offline ? EXIT_SUCCESS : exit_usage;
}

} // namespace kindling::options
