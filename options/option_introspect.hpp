// SPDX-License-Identifier: MIT
//
// A program's command line as JSON, for --introspect-cli. docs/cli-introspection.schema.json is its
// schema.
//
// Source: UAPI group, CLI introspection (a draft). Keys that it does not have, all of them
// additions:
//
// key                       | of                | says
// synopsis                  | command           | its arguments as the help shows them, an array
// sections                  | verb              | the heading it stands under
// minArguments maxArguments | verb              | counted with the verb itself; no limit without
// isDefault                 | verb              | runs when none is given
// isOnlineOnly              | verb              | does nothing in a chroot or offline
// isOptionRequired          | verb              | does nothing without an option
// verbs                     | option            | the verbs it is for; without, for all
// stopsParsing              | option            | what follows is positional
// isRepeatable              | option, argument  | may be given again, to say more
// aliasOf                   | option, verb      | the name that it is another one for
// valueType                 | option, argument  | how the value is read, see option_value.hpp; of
//                           |                   | values that are listed "choice"
// isList                    | option, argument  | takes several values with commas between
// details                   | option, verb      | text for the manual; if deprecated, what to do
//
// Options that only some verbs understand stand with the command, since they may stand before the
// verb, and have the key `verbs`. Options in a namespace of a verb's own stand with the verb.
#pragma once

#include "options/option_json.hpp"
#include "options/option_program.hpp"

namespace kindling::options {

constexpr const char* introspection_media_type = "application/vnd.uapi-group.cli-introspection-0";

/// A document of one or several programs. The commands of a program that has no COMMAND are not
/// described.
class Introspection {
public:
    Introspection(Sink sink, JsonLayout layout);

    /// All commands of a program, or the one of that name.
    void add(const Program& program, const char* only = nullptr);

    /// Ends the document.
    void finish();

private:
    JsonWriter json_;
};

/// A document of one program.
void write_introspection(Sink sink, const Program& program, JsonLayout layout,
                         const char* only = nullptr);

/// The same on standard output. Gives the exit status, see option_print.hpp.
int print_introspection(const Program& program, JsonLayout layout);

/// The same of what a program declares, for OPTION_COMMON_INTROSPECT_CLI. `version` may be null.
int print_introspection(const Parser& parser, Table commands, Table verbs, const char* version,
                        JsonLayout layout);

} // namespace kindling::options
