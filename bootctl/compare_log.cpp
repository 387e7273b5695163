// SPDX-License-Identifier: MIT
#include "bootctl/compare_log.hpp"
