// SPDX-License-Identifier: MIT
#include "core/gpt.hpp"
