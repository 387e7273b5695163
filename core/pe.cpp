// SPDX-License-Identifier: MIT
#include "core/pe.hpp"
