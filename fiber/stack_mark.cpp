// SPDX-License-Identifier: MIT
#include "fiber/stack_mark.hpp"

#include "fiber/log.hpp"

namespace kindling::fiber {

void StackMarks::add(std::string_view name, std::size_t used_bytes, std::size_t size_bytes) {
    auto found = marks_.find(name);
    if (found == marks_.end()) {
        if (marks_.size() >= names_max) name = other_names;
        found = marks_.try_emplace(std::string(name)).first;
    }
    StackMark& mark = found->second;
    mark.looks++;
    bool was_full = is_nearly_full(mark.used_bytes, mark.size_bytes);
    // What counts is how near the end was, for a name may be used with stacks of several sizes.
    if (used_bytes * mark.size_bytes < mark.used_bytes * size_bytes) return;
    mark.used_bytes = used_bytes;
    mark.size_bytes = size_bytes;
    if (was_full || !is_nearly_full(used_bytes, size_bytes)) return;
    log_plain(on_one_line("fiber " + found->first + " used " + std::to_string(used_bytes) +
                          " of the " + std::to_string(size_bytes) + " bytes of its stack"));
}

const StackMark* StackMarks::find(std::string_view name) const {
    auto found = marks_.find(name);
    return found == marks_.end() ? nullptr : &found->second;
}

std::string StackMarks::text() const {
    std::string text;
    for (const auto& [name, mark] : marks_)
        text += on_one_line("stack of " + name + ": " + std::to_string(mark.used_bytes) + " of " +
                            std::to_string(mark.size_bytes) + " bytes used, looked at " +
                            std::to_string(mark.looks) + (mark.looks == 1 ? " time" : " times")) +
                "\n";
    return text;
}

} // namespace kindling::fiber
