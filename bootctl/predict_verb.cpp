// SPDX-License-Identifier: MIT
#include "bootctl/predict_verb.hpp"
