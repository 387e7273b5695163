// SPDX-License-Identifier: MIT
#include "core/entry_name.hpp"
