// SPDX-License-Identifier: MIT
#include "base/crc32.hpp"

#include <array>

namespace kindling {

namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; i++) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; bit++) value = value >> 1 ^ (value & 1 ? 0xedb88320 : 0);
        table[i] = value;
    }
    return table;
}

constexpr auto table = make_table();

} // namespace

std::uint32_t crc32(Bytes bytes, std::uint32_t so_far) {
    std::uint32_t crc = ~so_far;
    for (std::byte b : bytes) crc = crc >> 8 ^ table[(crc ^ std::to_integer<std::uint32_t>(b)) & 0xff];
    return ~crc;
}

} // namespace kindling
