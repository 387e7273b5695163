// SPDX-License-Identifier: MIT
//
// How much of their stacks fibers need, by name.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace kindling::fiber {

/// Of the fibers of one name that were looked at.
struct StackMark {
    std::size_t used_bytes = 0; ///< by the one that needed most; in pages, but in the exact mode
    std::size_t size_bytes = 0; ///< of the stack of that one, without the guard
    std::size_t looks = 0;
};

/// The marks of one thread.
class StackMarks {
public:
    /// Fibers of further names count as those of `other_names`.
    static constexpr std::size_t names_max = 256;
    static constexpr std::string_view other_names = "(other names)";

    /// True of a stack that should have been larger: more than 75 % was used.
    static bool is_nearly_full(std::size_t used_bytes, std::size_t size_bytes) {
        return used_bytes / 3 > size_bytes / 4;
    }

    /// One that has ended. The first of a name whose stack was nearly full is logged.
    void add(std::string_view name, std::size_t used_bytes, std::size_t size_bytes);

    /// Null if none of that name was looked at.
    const StackMark* find(std::string_view name) const;

    /// A line for each name, in order; empty if there is none.
    std::string text() const;

private:
    std::map<std::string, StackMark, std::less<>> marks_;
};

} // namespace kindling::fiber
