// SPDX-License-Identifier: MIT
//
// SHA-256 for the loader, where no library runs. The host hashes with libcrypto, which is faster.
#pragma once

#include "base/bytes.hpp"

#include <array>

namespace kindling {

using Sha256Digest = std::array<std::byte, 32>;

/// Hashes a message given in any number of pieces. At most 2^61 - 1 bytes.
/// Source: FIPS 180-4, sections 5 and 6.2.
class Sha256 {
public:
    void update(Bytes piece);

    /// The digest of everything given so far; the object cannot be used afterwards.
    Sha256Digest finish();

private:
    void compress(const std::byte* block);

    std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<std::byte, 64> buffer_{};
    std::uint64_t size_bytes_ = 0;
};

Sha256Digest sha256(Bytes message);

} // namespace kindling
