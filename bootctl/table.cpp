// SPDX-License-Identifier: MIT
#include "bootctl/table.hpp"
