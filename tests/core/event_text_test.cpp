// SPDX-License-Identifier: MIT
#include "core/event_text.hpp"

#include "tests/catch.hpp"
