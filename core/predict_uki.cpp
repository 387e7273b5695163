// SPDX-License-Identifier: MIT
#include "core/predict_uki.hpp"
