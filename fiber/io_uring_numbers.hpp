// SPDX-License-Identifier: MIT
//
// Numbers of io_uring that are newer than liburing 2.3, so that neither the build depends on the
// headers of the machine it is done on, nor what is used on a version: the kernel is asked.
#pragma once

namespace kindling::fiber {

/// waitid(2) as an operation, since Linux 6.7. `fd` is the id, `len` what kind of id it is,
/// `file_index` the options, `addr2` the siginfo_t; the rest is 0.
/// Source: Linux, include/uapi/linux/io_uring.h, IORING_OP_WAITID; io_uring/waitid.c.
constexpr int io_uring_op_waitid = 50;

} // namespace kindling::fiber
