// SPDX-License-Identifier: MIT
//
// --completion in one call, for C. Alone in its file: programs without that option do not link it.
#include "options/option.h"
#include "options/option_complete.hpp"
#include "options/option_print.hpp"

#include <unistd.h>

using namespace kindling::options;

int option_parser_print_completion(const option_parser* parser, option_table commands,
                                   option_table verbs, int shell) {
    const Parser& from = *reinterpret_cast<const Parser*>(parser->opaque);
    Program program;
    program.commands = {commands.first, commands.end};
    program.verbs = {verbs.first, verbs.end};
    program.options = from.scope();
    FileSink out(STDOUT_FILENO);
    bool has_command = commands.first != commands.end;
    write_completion(out.sink(), static_cast<Shell>(shell), program,
                     has_command ? Text() : program_name(from));
    return finish(out);
}
