// SPDX-License-Identifier: MIT
#include "fiber/file_io.hpp"

#include "fiber/io.hpp"
#include "fiber/offload.hpp"
#include "host/error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kindling::fiber {

namespace {

using Kind = Operation::Kind;

/// The result of a system call that sets errno.
Result<long> checked(long result, const char* what) {
    if (result < 0) return host::last_error(what);
    return result;
}

/// Submits `operation`, or makes the same call where it may block.
template <class Blocking>
Result<long> carry_out(const Operation& wanted, const char* what, Blocking blocking) {
    auto call = [&] { return checked(blocking(), what); };
    Loop* loop = Loop::of_fiber();
    if (!loop) return call();
    TRY(check_interruption());
    while (loop->poller().can_do(wanted.kind)) {
        Operation operation = wanted;
        TRY(loop->perform(operation, what));
        if (operation.result >= 0) return operation.result;
        // A worker of the kernel was interrupted, or it does not know the operation for this file.
        if (operation.result == -EINVAL || operation.result == -EOPNOTSUPP) break;
        if (operation.result != -EINTR && operation.result != -EAGAIN)
            return host::error_from(-operation.result, what);
        TRY(check_interruption());
    }
    return offload(call);
}

Operation operation_on(Kind kind, int descriptor, const char* path) {
    Operation operation;
    operation.kind = kind;
    operation.descriptor = descriptor;
    operation.address = path;
    return operation;
}

} // namespace

Result<host::Fd> openat2(int directory, const char* path, const open_how& how) {
    Operation operation = operation_on(Kind::openat2, directory, path);
    operation.second = &how;
    operation.length = sizeof(how);
    long number = TRY(carry_out(operation, "cannot open a file", [&] {
        return ::syscall(SYS_openat2, directory, path, &how, sizeof(how));
    }));
    return host::Fd(static_cast<int>(number));
}

Result<host::Fd> open(int directory, const char* path, int flags, mode_t mode) {
    open_how how{};
    how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
    // Unlike its elders, this call wants no mode where no file is made.
    bool makes = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
    how.mode = makes ? mode : 0;
    return openat2(directory, path, how);
}

Result<void> fsync(int fd, bool data_only) {
    Operation operation = operation_on(Kind::fsync, fd, nullptr);
    operation.flags = data_only ? 1 : 0;
    TRY(carry_out(operation, "cannot write a file to the disk",
                  [&]() -> long { return data_only ? ::fdatasync(fd) : ::fsync(fd); }));
    return {};
}

Result<struct statx> statx(int directory, const char* path, int flags, unsigned mask) {
    struct statx status {};
    Operation operation = operation_on(Kind::statx, directory, path);
    operation.second = &status;
    operation.length = mask;
    operation.flags = static_cast<std::uint32_t>(flags);
    TRY(carry_out(operation, "cannot look at a file",
                  [&]() -> long { return ::statx(directory, path, flags, mask, &status); }));
    return status;
}

Result<void> renameat2(int from_directory, const char* from, int to_directory, const char* to,
                       unsigned flags) {
    Operation operation = operation_on(Kind::renameat2, from_directory, from);
    operation.second = to;
    operation.length = static_cast<std::uint32_t>(to_directory);
    operation.flags = flags;
    TRY(carry_out(operation, "cannot rename a file", [&]() -> long {
        return ::renameat2(from_directory, from, to_directory, to, flags);
    }));
    return {};
}

Result<void> unlinkat(int directory, const char* path, int flags) {
    Operation operation = operation_on(Kind::unlinkat, directory, path);
    operation.flags = static_cast<std::uint32_t>(flags);
    TRY(carry_out(operation, "cannot remove a file",
                  [&]() -> long { return ::unlinkat(directory, path, flags); }));
    return {};
}

Result<std::size_t> copy_file_range(int from, std::uint64_t from_offset, int to,
                                    std::uint64_t to_offset, std::size_t length) {
    TRY(check_interruption());
    auto in = static_cast<off64_t>(from_offset), out = static_cast<off64_t>(to_offset);
    long size = TRY(offload([&] {
        return checked(::copy_file_range(from, &in, to, &out, std::min(length, transfer_max), 0),
                       "cannot copy from file to file");
    }));
    return static_cast<std::size_t>(size);
}

} // namespace kindling::fiber
