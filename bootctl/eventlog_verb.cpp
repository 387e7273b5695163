// SPDX-License-Identifier: MIT
#include "bootctl/eventlog_verb.hpp"
