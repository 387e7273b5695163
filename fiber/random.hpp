// SPDX-License-Identifier: MIT
//
// Numbers to spread things with, and to try things at random; nothing that must not be guessed.
#pragma once

#include <cstdint>

namespace kindling::fiber {

/// The same seed gives the same numbers.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", SplitMix64.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

    /// One from 0 to `limit` - 1; `limit` is at least 1.
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }

private:
    std::uint64_t state_;
};

} // namespace kindling::fiber
