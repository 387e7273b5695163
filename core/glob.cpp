// SPDX-License-Identifier: MIT
#include "core/glob.hpp"
