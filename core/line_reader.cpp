// SPDX-License-Identifier: MIT
#include "core/line_reader.hpp"
