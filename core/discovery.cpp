// SPDX-License-Identifier: MIT
#include "core/discovery.hpp"
