// SPDX-License-Identifier: MIT
#include "core/loader_conf.hpp"
