// SPDX-License-Identifier: MIT
#include "host/error.hpp"

#include <cerrno>
#include <cstring>

namespace kindling::host {

namespace {

Errc code_of(int number) {
    switch (number) {
    case ENOENT:
        return Errc::not_found;
    case EEXIST:
        return Errc::exists;
    case EACCES:
    case EPERM:
    case EROFS:
        return Errc::denied;
    case ENOSPC:
    case EDQUOT:
        return Errc::no_space;
    case EFBIG:
        return Errc::too_large;
    case ENOMEM:
        return Errc::no_memory;
    case ENOTDIR:
    case EISDIR:
    case EINVAL:
    case ELOOP:
    case EXDEV:
    case ENAMETOOLONG:
        return Errc::invalid;
    case EOPNOTSUPP:
    case ENOSYS:
        return Errc::unsupported;
    case ECANCELED:
        return Errc::cancelled;
    default:
        return Errc::io;
    }
}

} // namespace

Error error_from(int number, const char* what) {
    return {code_of(number), what, 0, static_cast<std::uint64_t>(number)};
}

Error last_error(const char* what) {
    return error_from(errno, what);
}

const char* cause_text(const Error& error) {
    if (error.cause == 0) return "";
    return std::strerror(static_cast<int>(error.cause));
}

} // namespace kindling::host
