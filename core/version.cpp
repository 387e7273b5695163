// SPDX-License-Identifier: MIT
#include "core/version.hpp"
