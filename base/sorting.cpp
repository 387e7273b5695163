// SPDX-License-Identifier: MIT
#include "base/sorting.hpp"

#include <algorithm>

namespace kindling {

std::vector<std::size_t> sorted_indices(std::size_t count, const void* items,
                                        bool (*is_before)(const void* items, std::size_t a,
                                                          std::size_t b)) {
    std::vector<std::size_t> indices(count);
    for (std::size_t i = 0; i < count; i++) indices[i] = i;
    // A heap needs no memory beyond the indices. The index as last word makes it stable.
    auto before = [&](std::size_t a, std::size_t b) {
        return is_before(items, a, b) || (a < b && !is_before(items, b, a));
    };
    std::make_heap(indices.begin(), indices.end(), before);
    std::sort_heap(indices.begin(), indices.end(), before);
    return indices;
}

} // namespace kindling
