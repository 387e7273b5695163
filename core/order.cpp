// SPDX-License-Identifier: MIT
#include "core/order.hpp"
