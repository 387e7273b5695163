// SPDX-License-Identifier: MIT
#include "host/error.hpp"
#include "tests/catch.hpp"

#include <cerrno>
#include <string>

using namespace kindling;

TEST_CASE("each errno has its code and is kept as the cause", "[error]") {
    auto [number, code] = GENERATE(table<int, Errc>({
        {ENOENT, Errc::not_found},
        {EEXIST, Errc::exists},
        {EACCES, Errc::denied},
        {EPERM, Errc::denied},
        {EROFS, Errc::denied},
        {ENOSPC, Errc::no_space},
        {EDQUOT, Errc::no_space},
        {EFBIG, Errc::too_large},
        {ENOMEM, Errc::no_memory},
        {ENOTDIR, Errc::invalid},
        {EISDIR, Errc::invalid},
        {EINVAL, Errc::invalid},
        {ELOOP, Errc::invalid},
        {ENAMETOOLONG, Errc::invalid},
        {EXDEV, Errc::invalid},
        {EOPNOTSUPP, Errc::unsupported},
        {ENOSYS, Errc::unsupported},
        {ECANCELED, Errc::cancelled},
        {EIO, Errc::io},
        {ENXIO, Errc::io},
        {9999, Errc::io},
    }));
    Error error = host::error_from(number, "cannot do it");
    CHECK(error.code == code);
    CHECK(error.cause == static_cast<std::uint64_t>(number));
    CHECK(error.where == 0);
    CHECK(std::string(error.what) == "cannot do it");
    errno = number;
    CHECK(host::last_error("x").code == code);
}

TEST_CASE("the system's words are there only for a cause", "[error]") {
    CHECK(std::string(host::cause_text(Error{Errc::io, "x"})).empty());
    CHECK(std::string(host::cause_text(host::error_from(EROFS, "x"))) == "Read-only file system");
}
