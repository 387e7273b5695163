// SPDX-License-Identifier: MIT
#include "host/fd.hpp"
#include "tests/catch.hpp"

#include <fcntl.h>

using namespace kindling;

namespace {

int open_null() {
    return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

bool is_open(int number) {
    return ::fcntl(number, F_GETFD) >= 0;
}

} // namespace

TEST_CASE("a moved descriptor is closed once", "[fd]") {
    host::Fd a(open_null());
    int number = a.get();
    host::Fd b(std::move(a));
    CHECK_FALSE(a);
    CHECK(b.get() == number);
    b = host::Fd();
    CHECK_FALSE(is_open(number));
}

TEST_CASE("a descriptor is closed at the end of its scope", "[fd]") {
    int number = open_null();
    {
        host::Fd fd(number);
        CHECK(fd);
        CHECK(is_open(number));
    }
    CHECK_FALSE(is_open(number));
}

TEST_CASE("a released descriptor stays open", "[fd]") {
    host::Fd fd(open_null());
    int number = fd.release();
    CHECK_FALSE(fd);
    CHECK(fd.get() == -1);
    fd = host::Fd();
    CHECK(is_open(number));
    ::close(number);
}

TEST_CASE("a descriptor survives being assigned to itself", "[fd]") {
    host::Fd fd(open_null());
    host::Fd& same = fd;
    fd = std::move(same);
    CHECK(fd);
    CHECK(is_open(fd.get()));
}

TEST_CASE("descriptor 0 is one", "[fd]") {
    host::Fd none;
    CHECK_FALSE(none);
    host::Fd zero(0);
    CHECK(zero);
    CHECK(zero.release() == 0);
}
