// SPDX-License-Identifier: MIT
//
// --completion in one call. Alone in its file: programs without that option do not link it.
#include "options/option.h"
#include "options/option_complete.hpp"
#include "options/option_print.hpp"

#include <unistd.h>

namespace kindling::options {

int print_completion(const Parser& parser, Table commands, Table verbs, Shell shell) {
    Program program;
    program.commands = commands;
    program.verbs = verbs;
    program.options = parser.scope();
    FileSink out(STDOUT_FILENO);
    bool has_command = commands.first != commands.end;
    write_completion(out.sink(), shell, program, has_command ? Text() : program_name(parser));
    return finish(out);
}

} // namespace kindling::options

using namespace kindling::options;

int option_parser_print_completion(const option_parser* parser, option_table commands,
                                   option_table verbs, int shell) {
    return print_completion(*reinterpret_cast<const Parser*>(parser->opaque),
                            {commands.first, commands.end}, {verbs.first, verbs.end},
                            static_cast<Shell>(shell));
}
