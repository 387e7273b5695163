// SPDX-License-Identifier: MIT
//
// Command lines: declare each option where it is handled, and get parsing, errors, suggestions and
// help from the one declaration.
#pragma once

#include "options/option_common.hpp"
#include "options/option_help.hpp"
#include "options/option_macros.hpp"
#include "options/option_parser.hpp"
#include "options/option_verb.hpp"
