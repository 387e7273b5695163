// SPDX-License-Identifier: MIT
#include "bootctl/prediction.hpp"
