// SPDX-License-Identifier: MIT
#include "boot/run.hpp"

namespace kindling::boot {

Outcome run(Machine& machine, const Facts& facts) {
    machine.screen.print("kindling " KINDLING_VERSION " (" + facts.architecture + ")\n");
    return Outcome::fail;
}

} // namespace kindling::boot
