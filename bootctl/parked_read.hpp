// SPDX-License-Identifier: MIT
//
// Reading files so that other fibers run meanwhile.
#pragma once

#include "base/bytes.hpp"

namespace kindling {

/// Reads from `offset` until `into` is full or the file ends; the number of bytes read. On a fiber
/// others have their turn after each piece of `fiber::transfer_max`, also where the disk is fast;
/// off a fiber it blocks.
///
/// Errors: cancelled, timed_out; as errno says.
Result<std::size_t> parked_read(int fd, std::uint64_t offset, MutableBytes into);

} // namespace kindling
