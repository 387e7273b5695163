// SPDX-License-Identifier: MIT
//
// A bridge to CLI11, so that a program can move one option at a time. Needs CLI11 2.1 or newer, the
// C++ library and exceptions; pkg-config kindling-options-cli11.
//
// First step: the app goes on parsing, and some options are ours. Name them with OPTION_NAMESPACE.
//
//     cli11::Replay replay(app, OPTION_TABLE, "fetch");
//     if (!replay.parse(argc, argv)) return replay.print_error();
//     Parser parser(OPTION_TABLE, replay.argc(), replay.argv(), "fetch");
//     FOREACH_OPTION(option, parser) { switch (option) { OPTION_NAMESPACE("fetch"): ... } }
//
// Last step: our parser reads the command line, and some options are still those of the app. It
// keeps its callbacks, defaults, environment variables, configuration files and requirements.
//
//     cli11::Served served(app, OPTION_TABLE, "fetch", COMMAND_TABLE);
//     Parser parser(served.table(), argc, argv, "fetch");
//     FOREACH_OPTION(option, parser) {
//         if (served.take(parser)) continue;
//         switch (option) { OPTION_NAMESPACE("fetch"): ... }
//     }
//     if (auto status = served.finish(parser)) return *status;
//
// What no bridge can hide. While CLI11 parses (Replay):
// - An optional argument is taken from the next word, too; "--name=" has none and so may take it.
// - A flag can be given as "--flag=true"; other values are refused as with us.
// - Long names, and the values of choices, cannot be abbreviated; there is no OPTION_ABBREVIATIONS.
// - An option that stops parsing comes behind the others of its bundle. In an app with
//   verbs or subcommands it does not stop: what follows and looks like an option is one.
// - Positionals come after all options, so that there is no return-positional mode; one in
//   brackets, "[a,b]", is split. With verbs, "--" ends a verb that takes no arguments.
// - Aliases of options and verbs are names of their own in the app, hidden.
// - A word that looks like a subcommand is one, also where we would see the argument of a verb.
// - Errors have no position inside of a word, and but one candidate.
//
// While our parser reads (Served):
// - An option takes as many words as its type needs and no more: vectors are not greedy, "--name a
//   b" is "--name a --name b". An optional argument is joined: "--name=a".
// - A flag takes no argument, not even "--flag=false". No Windows-style options.
// - Names are compared exactly: no ignore_case, no ignore_underscore. They are of ASCII letters for
//   short options; names of more than 48 bytes are left out.
// - A name that several subcommands have must take an argument in all of them or in none. An option
//   of a subcommand is an error with another subcommand wherever it stands; one of the app may
//   stand behind a subcommand also without fallthrough(). One subcommand can be given, not several.
// - A validator tells only a text: its values are neither suggested nor completed, and its errors
//   are told in the words of CLI11, after all options were read.
#pragma once

#include "options/option.hpp"
#include "options/option_cli11_replay.hpp"
#include "options/option_cli11_served.hpp"
