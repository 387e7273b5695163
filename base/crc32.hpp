// SPDX-License-Identifier: MIT
//
// The CRC-32 of GPT headers, the same as in gzip.
#pragma once

#include "base/bytes.hpp"

namespace kindling {

/// The CRC of `bytes`, or of a longer message when `so_far` is the CRC of what came before.
/// Source: UEFI 2.10, section 4.2, "CalculateCrc32"; ISO 3309.
std::uint32_t crc32(Bytes bytes, std::uint32_t so_far = 0);

} // namespace kindling
