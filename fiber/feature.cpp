// SPDX-License-Identifier: MIT
#include "fiber/feature.hpp"

#include <cstdlib>

namespace kindling::fiber {

bool is_disabled(std::string_view feature) {
    const char* text = std::getenv("KINDLING_FIBER_DISABLE");
    std::string_view list = text ? text : "";
    while (!list.empty()) {
        std::size_t comma = list.find(',');
        if (list.substr(0, comma) == feature) return true;
        if (comma == std::string_view::npos) break;
        list.remove_prefix(comma + 1);
    }
    return false;
}

} // namespace kindling::fiber
