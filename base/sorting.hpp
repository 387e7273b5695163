// SPDX-License-Identifier: MIT
//
// Sorting that costs the loader one copy of the algorithm, not one for each type.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace kindling {

/// The numbers 0 to `count` - 1 in the order of `is_before`; equal ones stay in their own order.
/// Takes n log n steps, and stays within its memory whatever `is_before` says.
///
/// items  handed to each call of `is_before`, with two of the numbers
std::vector<std::size_t> sorted_indices(std::size_t count, const void* items,
                                        bool (*is_before)(const void* items, std::size_t a,
                                                          std::size_t b));

/// The indices of `items` in the order of `is_before`; equal ones stay in their own order.
template <auto is_before, class T>
std::vector<std::size_t> sorted_indices(const std::vector<T>& items) {
    return sorted_indices(items.size(), items.data(),
                          [](const void* all, std::size_t a, std::size_t b) {
                              auto* first = static_cast<const T*>(all);
                              return is_before(first[a], first[b]);
                          });
}

/// Sorts `items` themselves.
template <auto is_before, class T>
void stable_sort(std::vector<T>& items) {
    std::vector<T> sorted;
    sorted.reserve(items.size());
    for (std::size_t i : sorted_indices<is_before>(items)) sorted.push_back(std::move(items[i]));
    items = std::move(sorted);
}

} // namespace kindling
