// SPDX-License-Identifier: MIT
#include "core/type1.hpp"
