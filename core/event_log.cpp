// SPDX-License-Identifier: MIT
#include "core/event_log.hpp"
