// SPDX-License-Identifier: MIT
#include "core/entry.hpp"

namespace kindling::bls {

Entry::Entry() = default;

} // namespace kindling::bls
