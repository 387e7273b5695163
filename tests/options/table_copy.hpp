// SPDX-License-Identifier: MIT
//
// The records of a section once more, in a plain array: all that holds for one holds for the other.
#pragma once

#include "options/option_builder.hpp"

namespace kindling::options {

/// Everything in the namespaces named, in the order of the source; null is the unnamed one.
inline TableBuilder copy_of(Table table, std::initializer_list<const char*> name_spaces) {
    auto text = [](Text from) { return std::string(from.data(), from.size()); };
    TableBuilder copy;
    for (const char* name : name_spaces) {
        if (name) copy.add({.flags = namespace_marker, .name = name});
        Listing listing({table, name, {}});
        while (Option each = listing.next())
            copy.add({.flags = each.flags() & ~(takes_argument | has_long_name | is_hidden),
                      .short_name = each.short_name(),
                      .name = text(each.name()),
                      .takes_argument = each.has(takes_argument),
                      .metavar = text(each.metavar()),
                      .is_hidden = each.has(is_hidden),
                      .help = text(each.help()),
                      .type = text(each.type()),
                      .scope = text(each.scope()),
                      .details = text(each.details()),
                      .data = each.data(),
                      .count_min = each.count_min(),
                      .count_max = each.count_max()});
    }
    return copy;
}

} // namespace kindling::options
