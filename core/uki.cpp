// SPDX-License-Identifier: MIT
#include "core/uki.hpp"
