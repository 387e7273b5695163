// SPDX-License-Identifier: MIT
#include "bootctl/json.hpp"
