// SPDX-License-Identifier: MIT
//
// --introspect-cli in one call. Alone in its file: programs without that option do not link it.
#include "options/option.h"
#include "options/option_introspect.hpp"
#include "options/option_print.hpp"

#include <unistd.h>

namespace kindling::options {

int print_introspection(const Program& program, JsonLayout layout) {
    FileSink out(STDOUT_FILENO);
    write_introspection(out.sink(), program, layout);
    return finish(out);
}

int print_introspection(const Parser& parser, Table commands, Table verbs, const char* version,
                        JsonLayout layout) {
    Program program;
    program.commands = commands;
    program.verbs = verbs;
    program.options = parser.scope();
    program.versions = &version;
    program.versions_count = version ? 1 : 0;
    return print_introspection(program, layout);
}

} // namespace kindling::options

using namespace kindling::options;

int option_parser_print_introspection(const option_parser* parser, option_table commands,
                                      option_table verbs, const char* version, bool is_pretty) {
    return print_introspection(*reinterpret_cast<const Parser*>(parser->opaque),
                               {commands.first, commands.end}, {verbs.first, verbs.end}, version,
                               is_pretty ? JsonLayout::pretty : JsonLayout::brief);
}
