// SPDX-License-Identifier: MIT
//
// Digests of every bank. The only file that uses libcrypto, which is several times faster than the
// code the loader must do with.
#pragma once

#include "core/pcr.hpp"

namespace kindling {

/// Hashes the pieces in order; a pcr::HashFunction.
pcr::Digest hash(pcr::Algorithm algorithm, std::span<const Bytes> pieces);

/// The same; on a fiber others have their turn after every 64 KiB. Adds to `done` the bytes that it
/// has hashed, as it goes. Errors: cancelled, timed_out.
Result<pcr::Digest> hash_in_turns(pcr::Algorithm algorithm, std::span<const Bytes> pieces,
                                  std::uint64_t& done);

/// Name and version of the library, for people.
std::string_view crypto_library();

} // namespace kindling
