// SPDX-License-Identifier: MIT
//
// Command lines: declare each option where it is handled, and get parsing, errors, suggestions and
// help from the one declaration.
#pragma once

#include "options/option_common.h"
#include "options/option_help.hpp"
#include "options/option_macros.h"
#include "options/option_parser.hpp"
#include "options/option_print.hpp"
#include "options/option_suggest.hpp"
#include "options/option_value.hpp"
#include "options/option_verb.hpp"
