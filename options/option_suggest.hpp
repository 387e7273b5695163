// SPDX-License-Identifier: MIT
//
// "Did you mean": one name out of many, or none.
#pragma once

#include "options/option_text.hpp"

namespace kindling::options {

/// A capital letter as a small one, an underscore as a dash.
[[gnu::noinline]] char folded(char c);

/// The same but for case and underscores, which stand for dashes.
[[gnu::cold]] bool equal_when_folded(Text a, Text b);

/// Looks at names one by one and keeps the one that was probably meant. In this order: the same but
/// for case and underscores; a longer one that begins so; the fewest typing mistakes, up to
/// min(3, size / 3 + 1) of them. Never for names of one character.
class Nearest {
public:
    explicit Nearest(Text typed) : typed_(typed) {}

    /// True if `name` is the best so far.
    bool look_at(Text name);

    /// Empty if nothing was near.
    Text name() const { return name_; }

private:
    Text typed_;
    Text name_;
    unsigned distance_ = ~0u; ///< of the best so far
};

} // namespace kindling::options
