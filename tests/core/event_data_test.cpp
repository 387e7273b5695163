// SPDX-License-Identifier: MIT
#include "core/event_data.hpp"

#include "tests/catch.hpp"
