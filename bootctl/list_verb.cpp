// SPDX-License-Identifier: MIT
#include "bootctl/list_verb.hpp"
